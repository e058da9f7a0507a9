"""From the form to the money: buying, the pay page, the sandbox's bank, and providers' notices."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalog.errors import NotForSale
from channels.selectors import find_payment_in
from core import pages
from core.errors import AppError, TooManyTries
from core.failpoints import reach
from core.middleware import opens_own_scope
from core.scope import tenant_atomic
from fulfillment.types import AccountFound
from orders.errors import PersonWanted
from orders.selectors import get_order
from payments import services as payments
from payments.errors import NoticeRefused
from payments.types import Misbehaviour
from risk.states import SENT
from storefront import accounts, device, services
from storefront.checking import Thing
from storefront.errors import NobodyAsked, NotReached, PriceChanged
from storefront.forms import BuyForm, read_buy, read_text, refused, with_new_price
from storefront.selectors.codes import qr_svg
from storefront.selectors.orders import order_page
from storefront.selectors.words import price_of
from storefront.types import ProductPage
from storefront.views import checks
from storefront.views.finding import order_of_this_device
from storefront.views.shelf import get_product, look_at, show_product
from suppliers.abilities import Verdict

if TYPE_CHECKING:
    from payments.models import Payment

LONGEST_NOTICE = 64 * 1024


@require_http_methods(["GET", "HEAD", "POST"])
@opens_own_scope
def product(request: HttpRequest, ref: str) -> HttpResponse:
    """The product page; its form comes back here, so that a wrong one is shown again as typed."""
    if request.method != "POST":
        answer = look_at(request, ref)
    else:
        answer = _posted(request, ref)
        reach("storefront.bought")
    device.greet(request, answer)
    return answer


def _posted(request: HttpRequest, ref: str) -> HttpResponse:
    """Ordered in one transaction; one whose account is to be verified first, in a second one."""
    again = checks.first(request, _asked(read_text(request.POST, "request_key")))
    if again is not None:
        return again
    found, can_be_asked = None, True
    while True:
        with tenant_atomic():
            answer = _order(request, ref, found=found, can_be_asked=can_be_asked)
        if isinstance(answer, HttpResponse):
            return answer
        if isinstance(answer, BuyForm):
            found = _found(request, ref, answer)
            continue
        try:
            return _ask_by_code(request, ref, answer)
        except NobodyAsked:
            can_be_asked = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _CodeWanted:
    """A rule wants a code to be sent to the buyer of this form."""

    form: BuyForm
    way: str


def _ask_by_code(request: HttpRequest, ref: str, wanted: _CodeWanted) -> HttpResponse:
    """Raises NobodyAsked, TooManyTries."""
    given = wanted.form.given
    thing, contact = _asked(given.request_key), services.contact_in(given)
    try:
        return checks.ask_by_code(request, thing, way=wanted.way, contact=contact)
    except NotReached as why:
        with tenant_atomic():
            page = get_product(request, ref)
            return _show_again(request, page, form=refused(wanted.form, why), status=why.status)


def _asked(request_key: str) -> Thing:
    return Thing(kind="order", key=request_key)


def _found(request: HttpRequest, ref: str, form: BuyForm) -> AccountFound:
    try:
        return accounts.look(
            product_ref=ref,
            sku_ref=form.given.sku_ref,
            given=form.given.fields,
            device=device.of_request(request),
            now=timezone.now(),
        )
    except NotForSale:  # since the page was read: ordering says so at its place
        return accounts.NOTHING


def _order(
    request: HttpRequest, ref: str, *, found: AccountFound | None, can_be_asked: bool
) -> HttpResponse | BuyForm | _CodeWanted:
    """The order's pay page, the form again, or what is to be done first without a transaction: to
    look at the form's account, to send a code."""
    page = get_product(request, ref)
    form = read_buy(request.POST, page=page)
    if not payments.ways_to_pay():
        form = replace(form, errors={**form.errors, "form": _no_way_to_pay()})
    if found is None and not form.errors and form.is_verified_on(page):
        return form
    if found is not None and found.verdict is Verdict.NO:
        form = replace(form, errors={**form.errors, found.key: found.text})
    if form.errors:
        return _show_again(request, page, form=form, status=422)
    asked = _asked(form.given.request_key)
    browser = asked.browser(request)
    who = replace(device.of_request(request, browser), can_be_asked=can_be_asked)
    given = replace(form.given, request_key=who.form_key(form.given.request_key))
    try:
        order = services.buy(given=given, device=who, now=timezone.now())
    except PriceChanged as why:
        page = get_product(request, ref)  # it may have changed since this one was read
        return show_product(request, page, form=refused(form, why), status=why.status)
    except PersonWanted as why:
        services.keep_refusal(why)
        return _CodeWanted(form=form, way=why.way) if why.way in SENT else _ask(request, asked)
    except AppError as why:
        services.keep_refusal(why)
        return _show_again(request, page, form=refused(form, why), status=why.status)
    response = HttpResponseRedirect(reverse("storefront:pay", args=[order.token]))
    device.remember(response, browser)
    return response


def _ask(request: HttpRequest, asked: Thing) -> HttpResponse:
    """Answered here where he has asked too often: a refusal that is raised takes its look along."""
    try:
        return checks.ask(request, asked)
    except TooManyTries as why:
        return pages.refused(request, why)


def _show_again(
    request: HttpRequest, page: ProductPage, *, form: BuyForm, status: int
) -> HttpResponse:
    form = with_new_price(form, page=page, currency=device.shop_of(request).currency)
    return show_product(request, page, form=form, status=status)


def _no_way_to_pay() -> str:
    return _("This shop cannot take a payment at the moment. Please come back later.")


@require_GET
@never_cache
def pay(request: HttpRequest, token: str) -> HttpResponse:
    order = order_of_this_device(request, token)
    payment = services.find_payment(order=order, way=way_asked(request), now=timezone.now())
    if payment is None or not payment.pay_url:
        return HttpResponseRedirect(reverse("storefront:order", args=[token]))
    context = {
        "order": order_page(order=order, shop=device.shop_of(request)),
        **how_to_pay(request, payment),
        "crumb": _("Pay"),
        "back": reverse("storefront:order", args=[token]),
    }
    return render(request, "storefront/pay.html", context)


def way_asked(request: HttpRequest) -> str:
    """The way to pay that the address names, if there is one of this name."""
    asked = read_text(request.GET, "way", longest=40)
    return asked if asked in {one.name for one in payments.ways_to_pay()} else ""


def how_to_pay(request: HttpRequest, payment: "Payment") -> dict[str, Any]:
    """What a page shows to have a payment paid: its code, its way, and the other ways."""
    ways = payments.ways_to_pay()
    return {
        "due": price_of(payment.amount_e4, payment.currency),
        "qr": qr_svg(request.build_absolute_uri(payment.pay_url)),
        "pay_url": payment.pay_url,
        "way": next((one for one in ways if one.name == payment.provider), None),
        "other_ways": [one for one in ways if one.name != payment.provider],
        "is_sandbox": payment.provider == "sandbox",
    }


@require_http_methods(["GET", "POST"])
@never_cache
def bank(request: HttpRequest, token: str) -> HttpResponse:
    """The sandbox's bank: anybody with the payment's address may pay it, as with a real QR code."""
    if request.method == "POST":
        how = read_text(request.POST, "how", longest=20) or Misbehaviour.NONE
        payer = read_text(request.POST, "payer", longest=64)
        payments.sandbox_pay(token=token, misbehaviour=how, payer=payer, now=timezone.now())
        return HttpResponseRedirect(request.path)
    trade = payments.sandbox_trade(token=token)
    shown = {
        "price": price_of(trade.amount_e4, trade.currency),
        "title": trade.title,
        "number": trade.payable_ref,
        "is_paid": trade.paid_at is not None,
        "is_closed": trade.paid_at is None and trade.expires_at < timezone.now(),
    }
    context = {"trade": shown, "knobs": _knobs(), "back_to": _page_of(trade.payable_id)}
    return render(request, "storefront/sandbox.html", context)


def _page_of(payable_id: int) -> str:
    asked = find_payment_in(payable_id=payable_id)
    if asked is not None:
        return reverse("storefront:balance", args=[asked.token])
    return reverse("storefront:order", args=[get_order(order_id=payable_id).token])


def _knobs() -> list[tuple[str, str]]:
    return [
        (Misbehaviour.REPEAT, _("Pay, and tell the shop five times")),
        (Misbehaviour.DELAY, _("Pay, and tell the shop half a minute later")),
        (Misbehaviour.SILENT, _("Pay, and never tell the shop")),
        (Misbehaviour.LATE, _("Pay, and tell the shop after the order has closed")),
        (Misbehaviour.WRONG_AMOUNT, _("Pay, and tell the shop another amount")),
        (Misbehaviour.FORGED, _("Tell the shop with a forged signature")),
    ]


@csrf_exempt
@require_POST
@opens_own_scope
def notice(request: HttpRequest, provider: str) -> HttpResponseBase:
    """A payment provider's word, on the raw body; it hears its own word for success, or "fail"."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_NOTICE:
        return HttpResponse(b"fail", status=413, content_type="text/plain")
    try:
        word = services.hear_notice(
            provider=provider,
            body=request.body,
            headers=dict(request.headers),
            now=timezone.now(),
        )
    except NoticeRefused as why:
        return HttpResponse(b"fail", status=why.status, content_type="text/plain")
    return HttpResponse(word, content_type="text/plain")
