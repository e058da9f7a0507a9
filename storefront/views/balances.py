"""Where a partner's bookkeeper pays into the partner's balance: whoever has the address may."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from channels.selectors import is_to_be_paid, payment_in_by_token
from channels.states import PaymentInState
from storefront import guessing, services
from storefront.selectors.words import price_of
from storefront.views.checkout import how_to_pay, way_asked
from storefront.views.finding import private

if TYPE_CHECKING:
    from channels.models import PaymentIn
    from payments.models import Payment


@require_safe
@never_cache
def balance(request: HttpRequest, token: str) -> HttpResponse:
    """Who pays whom how much, and how; or what has become of it."""
    asked, now = _asked_at(request, token), timezone.now()
    payment = services.find_payment_in(asked=asked, way=way_asked(request), now=now)
    context = {
        "asked": asked,
        "price": price_of(asked.amount_e4, asked.currency),
        "crumb": _("Pay into a balance"),
        "back": reverse("storefront:home"),
        "return_host": urlsplit(asked.return_url).hostname,
        **_how(request, asked, payment),
    }
    return private(render(request, "storefront/balance.html", context))


def _asked_at(request: HttpRequest, token: str) -> "PaymentIn":
    with guessing.token_asked(request):
        return payment_in_by_token(token=token)


def _how(request: HttpRequest, asked: "PaymentIn", payment: "Payment | None") -> dict[str, Any]:
    if payment is not None:
        return how_to_pay(request, payment)
    state = asked.state_at(timezone.now())
    return {"is_paid": state == PaymentInState.PAID, "is_expired": state == PaymentInState.EXPIRED}


@require_safe
@never_cache
def balance_live(request: HttpRequest, token: str) -> HttpResponse:
    """What the page asks while it waits."""
    asked = _asked_at(request, token)
    is_payable = is_to_be_paid(asked=asked, now=timezone.now())
    return private(JsonResponse({"is_final": not is_payable, "is_payable": is_payable}))
