"""What answers look like: the same order, product and partner throughout."""

from collections.abc import Mapping
from typing import Any

from rest_framework.serializers import Serializer

from api import schemas
from api.described.hooks import HOOK_ANSWERS, HOOK_BODIES

AT = "2026-11-28T08:00:00.000Z"
REF = "20261128-7KQ4MXW2PD"
UNIT = {
    "position": 1,
    "state": "delivered",
    "held": None,
    "kind": "code",
    "card_no": None,
    "code": "YK7F-2Q9M-XW4P",
    "expires_on": "2027-11-28",
    "delivered_at": AT,
}
IN_LIST = {
    "object": "order",
    "livemode": True,
    "ref": REF,
    "partner_order_no": "P-1001",
    "state": "completed",
    "held": None,
    "sku": "YOUKU-MONTH",
    "quantity": 1,
    "unit_price": "9.8750",
    "total": "9.8750",
    "currency": "CNY",
    "created_at": AT,
    "ended_at": AT,
}
PRODUCT = {
    "object": "product",
    "livemode": True,
    "sku": "YOUKU-MONTH",
    "name": "优酷会员",
    "name_en": "Youku VIP",
    "variant": "月卡",
    "variant_en": "One month",
    "brand": "优酷",
    "kind": "stock_code",
    "delivery": "instant",
    "price": "9.8750",
    "list_price": "15.0000",
    "currency": "CNY",
    "max_quantity": 10,
    "available": True,
    "will_be_held": False,
    "stock": 182,
    "buyer_fields": [],
}
ENTRY = {
    "object": "entry",
    "livemode": True,
    "ref": "capture:20261128081500123",
    "kind": "capture",
    "amount": "-9.8750",
    "currency": "CNY",
    "order": REF,
    "payment": None,
    "at": AT,
}
PAYMENT = {
    "object": "payment",
    "livemode": True,
    "ref": "BP7KQ4MXW2PD",
    "state": "open",
    "amount": "1000.0000",
    "currency": "CNY",
    "reference": "TOPUP-2026-11",
    "return_url": "https://shop.example.com/paid",
    "pay_url": "https://shop.example.com/balance/Jx0rT1dZb3mQ8vK2nW5yAg/",
    "created_at": AT,
    "expires_at": "2026-11-29T08:00:00.000Z",
    "paid_at": None,
    "entry": None,
}
ORDER = IN_LIST | {"units": [UNIT]}


def _page(thing: dict[str, Any]) -> dict[str, Any]:
    return {
        "object": "list",
        "data": [thing],
        "has_more": True,
        "next": "c3f0a91d27be845c60d1f7e2298ab5c44",
    }


ANSWERS: Mapping[type[Serializer], dict[str, Any]] = {
    schemas.Product: PRODUCT,
    schemas.ProductPage: _page(PRODUCT),
    schemas.AccountCheck: {
        "object": "account_check",
        "livemode": True,
        "verdict": "yes",
        "field": None,
        "message": None,
    },
    schemas.Order: ORDER,
    schemas.OrderPage: _page(IN_LIST),
    schemas.Batch: {"object": "batch", "results": [{"status": 201, "body": ORDER}]},
    schemas.RefundRequest: {
        "object": "refund_request",
        "livemode": True,
        "ref": "k3v9q2m7",
        "order": REF,
        "position": 1,
        "kind": "code_fails",
        "state": "open",
        "opened_at": AT,
        "due_at": "2026-11-29T08:00:00.000Z",
        "ended_at": None,
    },
    schemas.Balance: {
        "object": "balance",
        "livemode": True,
        "balance": "990.1250",
        "credit_limit": "0.0000",
        "available": "990.1250",
        "currency": "CNY",
    },
    schemas.Entry: ENTRY,
    schemas.EntryPage: _page(ENTRY),
    schemas.Payment: PAYMENT,
    schemas.PaymentPage: _page(PAYMENT),
    **HOOK_ANSWERS,
}
BODIES: Mapping[str, dict[str, Any]] = {
    "placeOrder": {"sku": "YOUKU-MONTH", "partner_order_no": "P-1001", "max_amount": "10.0000"},
    "placeOrders": {
        "orders": [
            {"sku": "YOUKU-MONTH", "partner_order_no": "P-1001"},
            {"sku": "YOUKU-MONTH", "partner_order_no": "P-1002", "quantity": 2},
        ]
    },
    "checkAccount": {"sku": "PHONE-50", "buyer": {"phone": "13800138000"}},
    "cancelOrder": {},
    "askPayment": {"amount": "1000.0000", "reference": "TOPUP-2026-11"},
    "requestRefund": {"position": 1, "kind": "code_fails", "text": "The code was used before."},
    **HOOK_BODIES,
}
