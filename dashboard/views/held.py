"""Orders that wait for a decision: let go on, or paid back."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from core.errors import NotFound
from core.money import Money
from dashboard.access import allows
from dashboard.frame import Deed, deed, draw, page
from dashboard.words import channel_words
from fulfillment import services as fulfillment
from orders.models import Order
from orders.selectors import held_orders, why_held

MOST = 200


@page("orders.view")
def held(request: HttpRequest) -> HttpResponse:
    return draw(
        request,
        "dashboard/held.html",
        title=_("Held orders"),
        rows=[_row(order) for order in held_orders()[:MOST]],
        more=max(0, held_orders().count() - MOST),
        may_decide=allows(request, "orders.review"),
    )


def _row(order: Any) -> dict[str, Any]:
    return {
        "order": order,
        "goods": [(item.shown_name, item.quantity) for item in order.items.all()],
        "total": Money(order.total_e4, order.currency),
        "channel": channel_words(order.channel),
        "why": why_held(reason=order.held_for),
    }


@deed("orders.review", back="office_order", of="order_id")
def decide(request: HttpRequest, order_id: int, verb: str) -> Deed:
    """`release` or `refuse`."""
    found = get_object_or_404(Order, pk=order_id)
    if verb == "release":
        return Deed(
            partial(fulfillment.release_held, order_id=found.pk),
            done=_("It goes on. What is in stock is delivered now."),
            asks_password=found.may_lose,
        )
    if verb == "refuse":
        reason = request.POST.get("reason", "").strip()[:60] or "refused"
        return Deed(
            partial(fulfillment.refuse_held, order_id=found.pk, reason=reason),
            done=_("The refund is on its way. The timeline says when it arrived."),
            asks_password=True,
        )
    raise NotFound
