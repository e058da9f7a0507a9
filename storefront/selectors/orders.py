"""The order page and the lists of orders: what happened so far, in the shopper's words."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, gettext

from core.kept import Kept
from orders.selectors import (
    cases_of,
    contact_of,
    find_closed,
    messages_of,
    orders_of_device,
)
from orders.states import ENDED, UNPAID, OpeningState, OrderState
from payments.selectors import money_of, paid_back_of
from storefront.selectors.goods import Thing, lines_of, things_of
from storefront.selectors.story import opening_words, steps_of, story_of
from storefront.selectors.words import all_names, price_of
from storefront.types import CaseCard, OrderPage, OrderRow, Receipt, Said

if TYPE_CHECKING:
    from orders.models import Order
    from payments.types import MoneyState
    from tenants.types import Shop

LISTED = 50
TONES = {
    "placed": "warn",
    "paid": "plain",
    "held": "warn",
    "fulfilling": "plain",
    "completed": "good",
    "closed": "none",
    "canceled": "bad",
}


_unpaid: Kept[str] = Kept(most=10_000, at_least=60.0)


def order_page(*, order: "Order", shop: "Shop", is_shown: bool = False) -> OrderPage:
    """Everything the order page shows; `is_shown` puts the codes on it in the clear."""
    things = things_of(order)
    money = money_of(payable_id=order.pk)
    tone, headline, sentence = story_of(order, things, money, shop)
    contact = contact_of(order=order)
    cases = tuple(_cases(order, things))
    opening = None if order.state in UNPAID else find_closed(order_id=order.pk)
    page = OrderPage(
        number=order.number,
        token=order.token,
        state=order.state,
        tone=tone,
        headline=headline,
        sentence=sentence,
        steps=tuple(steps_of(order, things, money)),
        lines=lines_of(order, things, shop=shop, is_shown=is_shown),
        cases=cases,
        receipt=_receipt(order, money),
        placed_at=order.placed_at,
        paid_at=order.paid_at,
        pay_until=order.pay_until,
        contact=contact.phone_shown or contact.mail_shown,
        version="",
        is_payable=order.state == "placed",
        is_final=order.state in ENDED
        and not money.pending_e4
        and not any(case.is_open for case in cases)
        and not (opening and opening.state == OpeningState.HELD),
        can_complain=order.state not in UNPAID,
        closed=opening_words(opening, shop) if opening else "",
    )
    return replace(page, version=_version(page))


def is_shown_unpaid(*, order: "Order", shop: "Shop", version: str) -> bool:
    """Whether the order is unpaid, and the page of this version says so: there is no news then.

    Its page stays the same until it is paid or closed, and in a rush all who wait for their payment
    ask every second or two. So the version is kept, and compared with one read of the order.
    """
    if not version or order.state != OrderState.PLACED:
        return False
    key = (order.pk, get_language())
    return version == _unpaid.get(key, lambda: order_page(order=order, shop=shop).version)


def _receipt(order: "Order", money: "MoneyState") -> Receipt:
    if not money.refunded_e4:
        return Receipt(total=price_of(order.total_e4, order.currency))
    left_e4, done_e4 = money.paid_e4 - money.refunded_e4, money.refunded_e4 - money.pending_e4
    return Receipt(
        total=price_of(left_e4, order.currency),
        paid=price_of(money.paid_e4, order.currency),
        back=price_of(done_e4, order.currency) if done_e4 else None,
        on_its_way=price_of(money.pending_e4, order.currency) if money.pending_e4 else None,
    )


def order_rows(*, buyer_key: str) -> list[OrderRow]:
    """The orders of one device, the newest first."""
    found = list(orders_of_device(buyer_key=buyer_key).prefetch_related("items")[:LISTED])
    money = paid_back_of(payable_ids=[order.pk for order in found])
    return [_row(order, money.get(order.pk)) for order in found]


def _row(order: "Order", money: "MoneyState | None") -> OrderRow:
    """An order in the list; `money` if something of it was paid back."""
    state, tone, cost_e4 = str(order.get_state_display()), TONES[order.state], order.total_e4
    if money is not None:
        cost_e4 = money.paid_e4 - money.refunded_e4
    if money is not None and order.state == "completed" and cost_e4 < order.total_e4:
        state = gettext("Partly refunded") if cost_e4 else gettext("Paid back")
        tone = "warn" if cost_e4 else "bad"
    return OrderRow(
        token=order.token,
        number=order.number,
        title=all_names(order.items.all()),
        state=state,
        tone=tone,
        total=price_of(cost_e4, order.currency),
        placed_at=order.placed_at,
    )


def _cases(order: "Order", things: list[Thing]) -> Iterable[CaseCard]:
    names = {thing.unit.pk: thing.unit.item.shown_name for thing in things}
    for case in cases_of(order_id=order.pk):
        yield CaseCard(
            ref=case.ref,
            title=str(case.get_kind_display()),
            about=names.get(case.unit_id or 0, "") if len(names) > 1 else "",
            state=str(case.get_state_display()),
            is_open=case.is_live,
            due_at=case.due_at if case.is_live else None,
            said=tuple(
                Said(is_mine=one.is_from_shopper, text=one.text.reveal(), at=one.at)
                for one in messages_of(case_id=case.pk)
            ),
        )


def _version(page: OrderPage) -> str:
    """Changes when something on the live part of the page does."""
    units = [
        [unit.id, unit.state, unit.secret, unit.waiting]
        for line in page.lines
        for unit in line.units
    ]
    cases = [[case.ref, case.state, len(case.said)] for case in page.cases]
    seen = [page.state, page.headline, page.sentence, units, str(page.receipt), cases, page.closed]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:16]


def things_to_complain_about(page: OrderPage, *, is_shown: bool) -> list[dict[str, Any]]:
    """What was delivered: numbered, named where the order has several goods, and with what the
    buyer knows it by, unless that is in the clear just now."""
    has_several = len(page.lines) > 1
    there = [(line, unit) for line in page.lines for unit in line.units if unit.is_delivered]
    found = []
    for number, (line, unit) in enumerate(there, start=1):
        known_by = "" if is_shown else unit.secret or unit.done
        words = (str(number), line.name if has_several else "", known_by)
        found.append({"id": unit.id, "label": " · ".join(filter(None, words))})
    return found
