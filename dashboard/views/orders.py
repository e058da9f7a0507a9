"""One order on one page: what happened, what happens next, and what a person may do."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.money import Money
from dashboard.access import actor_of, allows, shop_of
from dashboard.addresses import address_of
from dashboard.casework import MOST_LOOKS, said_of
from dashboard.frame import Deed, deed, draw, page
from dashboard.reading import ids_in
from dashboard.tones import tone_of
from dashboard.typed import context_of
from dashboard.words import channel_words, given_words, money_words, provider_words, who
from fulfillment import errors as fulfillment_errors
from fulfillment import services as fulfillment
from fulfillment.selectors import (
    can_be_replaced,
    can_be_revealed,
    find_held_words,
    units_of,
    units_with_supplier,
)
from fulfillment.states import CAN_BE_REFUNDED, UnitState
from inventory.services import masks_of
from orders.models import Order
from orders.selectors import (
    cases_of,
    contact_of,
    find_closed,
    items_of,
    standing,
    timeline,
)
from payments.selectors import money_of, payments_of, refunds_of
from payments.types import MoneyState
from risk.selectors import assessments_of, score_of
from tenants import audit


@page("orders.view")
def order(request: HttpRequest, order_id: int) -> HttpResponse:
    found = get_object_or_404(Order, pk=order_id)
    money = money_of(payable_id=found.pk)
    held = units_with_supplier(units=units_of(order_id=found.pk))
    return draw(
        request,
        "dashboard/order.html",
        title=found.number,
        order=found,
        tone=tone_of(found.state),
        total=Money(found.total_e4, found.currency),
        discount=Money(found.discount_e4, found.currency) if found.discount_e4 else None,
        paid=Money(money.paid_e4, found.currency),
        refunded=Money(money.refunded_e4, found.currency) if money.refunded_e4 else None,
        money_state=money_words(money.state),
        standing=standing(order_id=found.pk),
        contact=contact_of(order=found),
        channel=channel_words(found.channel),
        items=_items(found),
        units=_units(found, ticked=set(context_of(request)["typed"].getlist("unit"))),
        timeline=[(row, tone_of(row.state), who(row.by)) for row in timeline(order_id=found.pk)],
        cases=[(case, tone_of(case.state)) for case in cases_of(order_id=found.pk)],
        payments=[
            {**one, "provider": provider_words(one["row"].provider)}
            for one in _amounts(payments_of(payable_id=found.pk), found.currency)
        ],
        refunds=_amounts(refunds_of(payable_id=found.pk), found.currency),
        **_risk(found),
        may=_rights(request),
        opening=find_closed(order_id=found.pk),
        left=_left(money, found.currency),
        held=find_held_words(order_id=found.pk) if held else "",
        may_be_risked=any(unit.state == UnitState.REVIEW for unit in held),
    )


@page("orders.view")
def paper(request: HttpRequest, order_id: int) -> HttpResponse:
    """An order on a sheet of paper: what was bought and paid. Codes and people stay masked."""
    found = get_object_or_404(Order, pk=order_id)
    money = money_of(payable_id=found.pk)
    shop, language = shop_of(request), get_language() or ""
    return draw(
        request,
        "dashboard/order_paper.html",
        title=found.number,
        order=found,
        seller=shop.name_in(language),
        company=shop.text_in(language, "legal_name"),
        items=_items(found),
        total=Money(found.total_e4, found.currency),
        discount=Money(found.discount_e4, found.currency) if found.discount_e4 else None,
        paid=Money(money.paid_e4, found.currency),
        refunded=Money(money.refunded_e4, found.currency) if money.refunded_e4 else None,
        contact=contact_of(order=found),
        channel=channel_words(found.channel),
        units=_units(found, ticked=set()),
        payments=[
            {**one, "provider": provider_words(one["row"].provider)}
            for one in _amounts(payments_of(payable_id=found.pk), found.currency)
        ],
        printed_at=timezone.now(),
        by=who(actor_of(request).label),
    )


def _risk(found: Order) -> dict[str, Any]:
    looks = list(assessments_of(subject=found.number)[:MOST_LOOKS])
    return {
        "looks": looks,
        "score": score_of(subject=found.number) if looks else 0,
        "said": said_of(looks, order=found),
    }


def _left(money: MoneyState, currency: str) -> Money | None:
    left = money.paid_e4 - money.refunded_e4
    return Money(left, currency) if left > 0 else None


def _rights(request: HttpRequest) -> dict[str, bool]:
    rights = {
        "refund": "orders.refund",
        "deliver": "orders.deliver",
        "review": "orders.review",
        "resend": "orders.resend",
        "replace": "codes.replace",
        "reveal": "codes.reveal",
    }
    return {name: allows(request, right) for name, right in rights.items()}


def _items(found: Order) -> list[dict[str, Any]]:
    return [
        {
            "name": item.shown_name,
            "quantity": item.quantity,
            "price": Money(item.unit_price_e4, found.currency),
            "given": given_words(item.sku, item.buyer_fields_shown),
        }
        for item in items_of(order_id=found.pk).select_related("sku__buyer_template")
    ]


def _units(found: Order, *, ticked: set[str]) -> list[dict[str, Any]]:
    units = list(units_of(order_id=found.pk).select_related("item", "code"))
    masks = masks_of(codes=[unit.code for unit in units if unit.code])
    return [
        {
            "unit": unit,
            "tone": tone_of(unit.state),
            "mask": masks.get(unit.code_id or 0, ""),
            "paid": Money(unit.paid_e4, found.currency),
            "waits_for_hand": unit.state in {UnitState.BY_HAND, UnitState.REVIEW},
            "can_be_replaced": can_be_replaced(unit),
            "can_be_revealed": can_be_revealed(unit),
            "can_be_refunded": unit.state in CAN_BE_REFUNDED,
            "is_ticked": str(unit.pk) in ticked,
        }
        for unit in units
    ]


def _amounts(rows: Any, currency: str) -> list[dict[str, Any]]:
    return [
        {"row": row, "amount": Money(row.amount_e4, currency), "tone": tone_of(row.state)}
        for row in rows
    ]


@deed("codes.replace", back="office_order", of="order_id")
def replace(request: HttpRequest, order_id: int, unit_id: int) -> Deed:
    unit = get_object_or_404(units_of(order_id=order_id), pk=unit_id)
    reason = _reason(request) or "replaced"
    return Deed(
        partial(fulfillment.replace_unit, unit_id=unit.pk, reason=reason),
        done=_("Replaced. The old code is void, the new one is on the order page."),
        asks_password=True,
    )


@deed("orders.refund", back="office_order", of="order_id")
def refund(request: HttpRequest, order_id: int) -> Deed:
    """Chosen units, or all that is left when none is chosen by name; what a supplier has, and is
    left out, is told."""
    found, reason = get_object_or_404(Order, pk=order_id), _reason(request) or "by_shop"
    chosen = ids_in(request.POST.getlist("unit")) if request.POST.get("what") == "some" else None

    def give_back(**who_and_when: Any) -> None:
        is_own_risk = request.POST.get("own_risk") == "on"
        fulfillment.refund_units(
            order_id=found.pk,
            unit_ids=chosen,
            reason=reason,
            is_own_risk=is_own_risk,
            **who_and_when,
        )
        if held := find_held_words(order_id=found.pk, unit_ids=chosen):
            messages.warning(request, held)

    return Deed(
        _nothing_chosen if chosen == [] else give_back,
        done=_("The refund is on its way. The timeline says when it arrived."),
        asks_password=True,
    )


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").strip()[:60]


def _nothing_chosen(**_who_and_when: Any) -> None:
    raise fulfillment_errors.NothingToRefund(_("Choose at least one thing to refund."))


@page("orders.resend")
@require_POST
def resend(request: HttpRequest, order_id: int) -> HttpResponse:
    """The link is shown for staff to send: it opens after the phone, mail or password only."""
    found = get_object_or_404(Order, pk=order_id)
    audit.record(
        by=actor_of(request), action="order.link_shown", target=found.number, now=timezone.now()
    )
    link = address_of(request, f"/o/{found.token}/")
    return draw(request, "dashboard/resend.html", title=_("Send the link"), order=found, link=link)
