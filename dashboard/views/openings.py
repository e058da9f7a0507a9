"""Codes that risk keeps closed: opened, or closed for good and paid back."""

from functools import partial

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from core.errors import NotFound
from dashboard.frame import Deed, deed
from fulfillment import services as fulfillment
from orders.models import Order


@deed("orders.review", back="office_order", of="order_id")
def decide(request: HttpRequest, order_id: int, verb: str) -> Deed:
    """`allow` or `refuse`."""
    found = get_object_or_404(Order, pk=order_id)
    if verb == "allow":
        return Deed(
            partial(fulfillment.allow_opening, order_id=found.pk),
            done=_("The buyer can open the codes now."),
        )
    if verb == "refuse":
        reason = request.POST.get("reason", "").strip()[:60] or "refused"
        return Deed(
            partial(fulfillment.refuse_opening, order_id=found.pk, reason=reason),
            done=_("The codes stay closed. What nobody has seen of them is paid back."),
            asks_password=True,
        )
    raise NotFound
