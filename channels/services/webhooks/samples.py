"""Made-up events: what each kind looks like, to try an endpoint with and to read in the docs."""

from typing import Any

from channels.states import EventKind

_ORDER = {"order": "20260101-SAMPLE2346", "partner_order_no": "SAMPLE-1"}
_UNIT = {"object": "unit", **_ORDER, "position": 1}
_SAMPLES: dict[str, dict[str, Any]] = {
    EventKind.ORDER_COMPLETED: {
        "object": "order", **_ORDER, "state": "completed", "total": "9.8750", "currency": "CNY",
    },
    EventKind.ORDER_CANCELED: {
        "object": "order", **_ORDER, "state": "canceled", "total": "9.8750", "currency": "CNY",
    },
    EventKind.ORDER_HELD: {
        "object": "order", **_ORDER, "state": "held", "total": "9.8750", "currency": "CNY",
        "held": {"reason": "review", "until": "2026-01-01T01:00:00.000Z", "then": "release"},
    },
    EventKind.ORDER_RELEASED: {
        "object": "order", **_ORDER, "state": "processing", "total": "9.8750", "currency": "CNY",
    },
    EventKind.UNIT_DELIVERED: {
        **_UNIT, "is_replacement": False, "delivered_at": "2026-01-01T00:00:00.000Z",
    },
    EventKind.UNIT_REFUNDED: {**_UNIT, "amount": "9.8750", "currency": "CNY"},
    EventKind.REFUND_DONE: {
        "object": "refund", "ref": "20260101-SAMPLE2346-R1", **_ORDER, "amount": "9.8750",
        "currency": "CNY", "done_at": "2026-01-01T00:00:00.000Z",
    },
    EventKind.PRICE_CHANGED: {
        "object": "product", "sku": "SAMPLE", "price": "9.8750", "old_price": "9.9000",
        "currency": "CNY", "available": True,
    },
    EventKind.STOCK_CHANGED: {
        "object": "product", "sku": "SAMPLE", "price": "9.8750", "currency": "CNY",
        "available": False,
    },
    EventKind.BALANCE_CREDITED: {
        "object": "balance", "entry": "capture:P260101SAMPLE2346789A", "kind": "payment_in",
        "amount": "1000.0000", "currency": "CNY", "payment": "BPSAMPLE2346",
        "reference": "SAMPLE-1", "booked_at": "2026-01-01T00:00:00.000Z",
    },
    EventKind.BALANCE_LOW: {
        "object": "balance", "balance": "987.6500", "threshold": "1000.0000",
        "below": "1000.0000", "currency": "CNY",
    },
    EventKind.ENDPOINT_DISABLED: {
        "object": "webhook_endpoint", "ref": "we_SAMPLE", "reason": "failing",
    },
}  # fmt: skip


def sample_of(kind: str) -> dict[str, Any]:
    """The `data` of a made-up event of this kind."""
    return dict(_SAMPLES[kind])
