"""One thing of an order: delivered by a person, or shown to one who has a reason."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import AppError
from core.secrets import Secret
from dashboard.access import actor_of
from dashboard.frame import Deed, deed, draw, page, password_first
from dashboard.typed import page_again
from dashboard.views.stock import text_of
from dashboard.words import given_words
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from fulfillment.selectors import can_be_revealed, units_of
from fulfillment.states import LONGEST_HAND_TEXT, UnitState
from orders.selectors import buyer_fields_of
from tenants import audit


@deed("orders.deliver", back="office_order", of="order_id", form="office_deliver_form")
def deliver(request: HttpRequest, order_id: int, unit_id: int) -> Deed:
    unit = get_object_or_404(units_of(order_id=order_id), pk=unit_id)
    text = Secret(request.POST.get("text", ""))
    return Deed(
        partial(fulfillment.deliver_by_hand, unit_id=unit.pk, text=text),
        done=_("Delivered. The buyer sees it on the order page now."),
    )


@page("orders.deliver")
def deliver_form(request: HttpRequest, order_id: int, unit_id: int) -> HttpResponse:
    """What the buyer gave, in the clear, for the person who tops the account up."""
    unit = get_object_or_404(units_of(order_id=order_id), pk=unit_id)
    given = {key: text.reveal() for key, text in buyer_fields_of(item=unit.item).items()}
    if given:
        audit.record(
            by=actor_of(request),
            action="order.buyer_fields_seen",
            target=unit.order.number,
            now=timezone.now(),
        )
    return draw(
        request,
        "dashboard/deliver.html",
        title=_("Deliver by hand"),
        order=unit.order,
        unit=unit,
        given=given_words(unit.item.sku, given),
        longest=LONGEST_HAND_TEXT,
        can_deliver=unit.state in {UnitState.BY_HAND, UnitState.REVIEW},
    )


@page("codes.reveal")
def goods(request: HttpRequest, order_id: int, unit_id: int) -> HttpResponse:
    """Asks why; what it shows is `reveal`'s."""
    return _drawn(request, _readable(order_id, unit_id))


@page("codes.reveal")
@require_POST
def reveal(request: HttpRequest, order_id: int, unit_id: int) -> HttpResponseBase:
    """What was delivered to the letter, as a code is shown: password first, with a reason."""
    unit, home = _readable(order_id, unit_id), reverse("office_goods", args=[order_id, unit_id])
    to_password = password_first(request, then=home)
    if to_password:
        return to_password
    reason = request.POST.get("reason", "")
    try:
        text = fulfillment.reveal_goods(
            unit_id=unit.pk, by=actor_of(request), reason=reason, now=timezone.now()
        )
    except AppError as refusal:
        return page_again(request, home, refusal)
    response = _drawn(request, unit, text=text_of(text))
    response["Cache-Control"] = "no-store"
    return response


def _readable(order_id: int, unit_id: int) -> Unit:
    unit = get_object_or_404(units_of(order_id=order_id).select_related("order"), pk=unit_id)
    if not can_be_revealed(unit):
        raise Http404
    return unit


def _drawn(request: HttpRequest, unit: Unit, *, text: dict[str, str] | None = None) -> HttpResponse:
    title = _("What was delivered")
    return draw(request, "dashboard/delivered.html", title=title, unit=unit, text=text)
