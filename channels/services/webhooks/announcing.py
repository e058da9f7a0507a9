"""A fact becomes an event, and a delivery for each endpoint that wants it.

What a partner's own call brings about is on the sheet of that call. The rest is heard of by the
outbox, and read from what is true then: whoever hears twice, or late, tells the same.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from catalog.states import Channel
from channels.models import Partner, WebhookDelivery, WebhookEndpoint, WebhookEvent
from channels.selectors.sales import find_sale_of_order, hold_reasons
from channels.selectors.webhooks import hooks_of, known_events
from channels.services.webhooks.news import (
    balance_credited,
    completed_at_once,
    held,
    news_of_order,
    refund_done,
    released,
)
from channels.states import EventKind
from channels.types import Hook, News, Seat
from core.crypto import digest
from core.money import write_e4
from core.nudge import nudge
from core.refs import new_ref
from core.rows import draft
from core.scope import require_tenant, tenant_atomic
from core.sheets import Sheet
from fulfillment.selectors import units_of
from orders.states import OrderState
from payments.selectors import entry_of, floored_balance, get_refund
from payments.states import AccountKind
from tenants.selectors import get_shop

if TYPE_CHECKING:
    from orders.models import Order

SEND = "channels.send_webhooks"
OUR_OWN = frozenset({Channel.WEB, Channel.MINI})


def announce(
    *, seat: Seat, order: "Order", partner_order_no: str, now: datetime, sheet: Sheet
) -> None:
    """What a new order has come to, on its sheet. A partner without endpoints costs nothing."""
    hooks = hooks_of(partner_id=seat.partner_id) if seat.hooks is None else seat.hooks
    if not hooks:
        return
    for news in completed_at_once(order, partner_order_no, now=now):
        _put(sheet, news, partner_id=seat.partner_id, hooks=hooks, now=now)


def is_partners(event: Any) -> bool:
    """Whether the fact is of an order that came in by somebody else's shop."""
    return event.channel not in OUR_OWN


@tenant_atomic
def tell_of_order(*, order_id: int, now: datetime, **_also: object) -> None:
    """Whatever of a partner's order is true now and was not told yet.

    Hears OrderCompleted, OrderCanceled, OrderDelivered, UnitReplaced and UnitsRefunded.
    """
    sale = find_sale_of_order(order_id=order_id)
    if sale is not None:
        news = news_of_order(sale, list(units_of(order_id=order_id)))
        tell(partner_id=sale.partner_id, news=news, now=now)


@tenant_atomic
def tell_of_hold(*, order_id: int, now: datetime, **_also: object) -> None:
    """Hears OrderHeld; by now somebody may have decided, and that is told for itself."""
    sale = find_sale_of_order(order_id=order_id)
    if sale is None or sale.order.state != OrderState.HELD:
        return
    reason = hold_reasons(orders=[sale.order])[order_id]
    tell(partner_id=sale.partner_id, news=[held(sale, reason)], now=now)


@tenant_atomic
def tell_of_release(*, order_id: int, now: datetime, **_also: object) -> None:
    """Hears OrderReleased."""
    sale = find_sale_of_order(order_id=order_id)
    if sale is not None:
        tell(partner_id=sale.partner_id, news=[released(sale)], now=now)


def is_of_a_balance(event: Any) -> bool:
    """Whether the money went back to a partner's balance."""
    return bool(event.into == AccountKind.PARTNER)


@tenant_atomic
def tell_of_refund(*, refund_id: int, now: datetime, **_also: object) -> None:
    """Hears RefundDone: the money is back on the partner's balance, for whatever reason."""
    refund = get_refund(refund_id=refund_id)
    sale = find_sale_of_order(order_id=refund.payment.payable_id)
    if sale is not None:
        tell(partner_id=sale.partner_id, news=[refund_done(sale, refund)], now=now)


@tenant_atomic
def tell_of_balance(*, partner_id: int, now: datetime) -> None:
    """Hears BalanceLow; by now the balance may be above its mark again."""
    partner = Partner.objects.get(pk=partner_id)
    if partner.low_at is None:
        return
    fact = f"{EventKind.BALANCE_LOW}:{partner.low_at.isoformat()}"
    balance_e4, _floor_e4 = floored_balance(account_id=partner.account_id)
    threshold = write_e4(partner.low_balance_e4)
    data = {
        "object": "balance",
        "balance": write_e4(balance_e4),
        "threshold": threshold,
        "below": threshold,  # as it was called before
        "currency": get_shop().currency,
    }
    news = News(kind=EventKind.BALANCE_LOW, fact=fact, data=data)
    tell(partner_id=partner_id, news=[news], now=now)


@tenant_atomic
def tell_of_credit(*, partner_id: int, entry_ref: str, now: datetime) -> None:
    """Hears BalanceCredited."""
    partner = Partner.objects.get(pk=partner_id)
    entry = entry_of(account_id=partner.account_id, ref=entry_ref)
    tell(partner_id=partner_id, news=[balance_credited(entry)], now=now)


def tell_disabled(*, endpoint: WebhookEndpoint, now: datetime) -> None:
    """The partner's other endpoints hear that this one hears nothing any more."""
    kind = EventKind.ENDPOINT_DISABLED
    data = {"object": "webhook_endpoint", "ref": endpoint.ref, "reason": endpoint.reason}
    news = News(kind=kind, fact=f"{kind}:{endpoint.ref}:{now.isoformat()}", data=data)
    tell(partner_id=endpoint.partner_id, news=[news], now=now)


def tell(*, partner_id: int, news: Iterable[News], now: datetime, is_kept: bool = False) -> None:
    """Record what is new of it; in the caller's transaction. `is_kept`: also where no endpoint
    is to hear it."""
    hooks = hooks_of(partner_id=partner_id)
    if not hooks and not is_kept:
        return
    by_ref = {event_ref(partner_id=partner_id, fact=one.fact): one for one in news}
    known = known_events(refs=by_ref)
    for ref, one in by_ref.items():
        if ref not in known:
            sheet = Sheet()
            _put(sheet, one, partner_id=partner_id, hooks=hooks, now=now, is_new=False)
            sheet.write()


def event_ref(*, partner_id: int, fact: str) -> str:
    """The same fact is the same event, whoever tells of it and how often."""
    return f"evt_{digest(f'{require_tenant()}|{partner_id}|{fact}').hex()[:20]}"


def _put(
    sheet: Sheet,
    news: News,
    *,
    partner_id: int,
    hooks: Iterable[Hook],
    now: datetime,
    is_new: bool = True,
) -> None:
    """On the sheet: the event, and its way to each endpoint that wants it.

    One that is perhaps not new leaves out what is there already.
    """
    event = draft(
        WebhookEvent,
        partner_id=partner_id,
        ref=event_ref(partner_id=partner_id, fact=news.fact),
        kind=news.kind,
        data=news.data,
        is_test=news.is_test,
        at=now,
    )
    sheet.insert(event, unless_there="" if is_new else "webhook_event_once")
    wanted = [hook.endpoint_id for hook in hooks if hook.wants(news.kind)]
    for endpoint_id in wanted:
        sheet.note(
            WebhookDelivery,
            event=event,
            endpoint_id=endpoint_id,
            ref=f"dlv_{new_ref(16)}",
            next_at=now,
            lease_until=now,
        )
    nudge_after_commit(wanted)


def nudge_after_commit(endpoint_ids: Iterable[int]) -> None:
    """A worker looks at these endpoints as soon as what is for them is there to be found."""
    tenant_id, wanted = require_tenant(), sorted(set(endpoint_ids))

    def nudge_them() -> None:
        for endpoint_id in wanted:
            nudge(SEND, tenant_id=tenant_id, endpoint_id=endpoint_id)

    transaction.on_commit(nudge_them, robust=True)
