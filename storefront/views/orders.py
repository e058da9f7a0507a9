"""An order's own page, and the ways to find it again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import AppError, InvalidInput
from core.middleware import opens_own_scope
from core.pages import wants_json
from core.scope import one_moment, tenant_atomic
from orders.errors import CaseClosed, PersonWanted
from orders.selectors import contact_of, order_by_token
from orders.states import ENDED, CaseKind, OrderState
from risk.states import SENT
from storefront import device, services
from storefront.checking import Thing
from storefront.errors import NobodyAsked, NotReached
from storefront.forms import read_text
from storefront.selectors.codes import codes_as_text, secrets_of
from storefront.selectors.orders import (
    is_shown_unpaid,
    order_page,
    order_rows,
    things_to_complain_about,
)
from storefront.selectors.story import opening_words
from storefront.types import OrderPage
from storefront.views import checks
from storefront.views.finding import (
    back_to,
    is_mine,
    order_at,
    order_of_this_device,
    private,
    unlock,
)

if TYPE_CHECKING:
    from orders.models import Order

LONGEST_TEXT = 2001  # one more than is taken: what is too long is refused, and not cut
# Who got no code has none that fails; of a top-up it is mostly this.
_WITHOUT_CARDS = [
    (kind.value, kind.label)
    for kind in (CaseKind.NOT_ARRIVED, CaseKind.WRONG_GOODS, CaseKind.OTHER)
]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@opens_own_scope
def order(request: HttpRequest, token: str) -> HttpResponse:
    """The order's page; on a strange device a form that asks whose it is comes first."""
    if request.method == "POST" and (answer := unlock(request, token)) is not None:
        return answer
    with one_moment():
        found = order_at(request, token)
        if is_mine(request, found):
            return _show(request, found)
        return render(request, "storefront/unlock.html", {"crumb": _("Order")}, status=403)


def _show(
    request: HttpRequest, found: "Order", *, status: int = 200, is_shown: bool = False, **more: Any
) -> HttpResponse:
    page = order_page(order=found, shop=device.shop_of(request), is_shown=is_shown)
    context = _context(page, is_shown=is_shown) | more
    return private(render(request, "storefront/order.html", context, status=status))


def _context(page: OrderPage, *, is_shown: bool = False) -> dict[str, Any]:
    return {
        "order": page,
        "is_shown": is_shown,
        "case_kinds": CaseKind.choices if page.has_cards else _WITHOUT_CARDS,
        "complain_units": things_to_complain_about(page, is_shown=is_shown),
        "crumb": _("Order"),
        "back": reverse("storefront:mine"),
        # Where a change of language leads: the page may be the answer to a form.
        "here": reverse("storefront:order", args=[page.token]),
        "values": {},
        "errors": {},
    }


@require_POST
@never_cache
def give_up(request: HttpRequest, token: str) -> HttpResponse:
    """The buyer cancels an order that is not paid; a paid one stays as it is, its page says so."""
    found = order_of_this_device(request, token)
    services.give_up(order=found, now=timezone.now())
    return back_to(found)


@require_safe
@never_cache
@opens_own_scope
@one_moment()
def live(request: HttpRequest, token: str) -> HttpResponse:
    """What the page asks while it waits: only what changed since the version it shows."""
    found, shop = order_of_this_device(request, token), device.shop_of(request)
    if is_shown_unpaid(order=found, shop=shop, version=request.GET.get("v", "")):
        return private(JsonResponse({"is_final": False, "is_payable": True}))
    page = order_page(order=found, shop=shop)
    news: dict[str, Any] = {"is_final": page.is_final, "is_payable": page.is_payable}
    if request.GET.get("v") != page.version:
        news["version"] = page.version
        context = _context(page)
        news["html"] = render_to_string("storefront/order_live.html", context, request)
        news["side"] = render_to_string("storefront/order_side.html", context, request)
    return private(JsonResponse(news))


def to_a_person(
    view: Callable[..., HttpResponse],
) -> Callable[[HttpRequest, str], HttpResponse]:
    """What a view that opens codes puts to who asks, when a risk rule wants it proven. Where no
    code can be sent, the view is told so, and a person of the shop looks at it."""

    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        if (again := checks.first(request, _opening(token))) is not None:
            return again
        try:
            return view(request, token, can_be_asked=True)
        except PersonWanted as why:
            try:
                return _prove(request, token, why)
            except (NobodyAsked, NotReached):
                return view(request, token, can_be_asked=False)

    return answer


@require_POST
@never_cache
@opens_own_scope
@to_a_person
def codes(request: HttpRequest, token: str, *, can_be_asked: bool) -> HttpResponse:
    """The codes in the clear: for the script as JSON, without script as the page itself."""
    now = timezone.now()
    with tenant_atomic():
        found = order_of_this_device(request, token)
        closed = _why_closed(request, found, can_be_asked=can_be_asked, now=now)
        units = {} if closed else secrets_of(order=found, now=now)
    if wants_json(request):
        told = {"error": closed} if closed else {"units": units}
        return private(JsonResponse(told, status=403 if closed else 200))
    with one_moment():
        found = order_by_token(token=token)
        return _show(request, found, status=403 if closed else 200, is_shown=not closed)


def _opening(token: str) -> Thing:
    return Thing(kind="open", key=token)


def _prove(request: HttpRequest, token: str, why: PersonWanted) -> HttpResponse:
    """A question to who asks for the codes; a script sends its form as a page instead.

    Raises NobodyAsked, NotReached.
    """
    services.keep_refusal(why)
    if wants_json(request):
        told = {"error": str(why.message), "is_person_wanted": True}
        return private(JsonResponse(told, status=why.status))
    thing = _opening(token)
    if why.way not in SENT:
        return checks.ask(request, thing)
    with tenant_atomic():
        contact = contact_of(order=order_by_token(token=token))
    return checks.ask_by_code(request, thing, way=why.way, contact=contact)


def _why_closed(request: HttpRequest, found: "Order", *, can_be_asked: bool, now: datetime) -> str:
    """Has risk look at this opening of codes; why they stay closed, else nothing."""
    who = replace(device.of_request(request), can_be_asked=can_be_asked)
    closed = services.ask_to_open(order=found, device=who, now=now)
    return opening_words(closed, device.shop_of(request)) if closed else ""


@require_POST
@never_cache
@opens_own_scope
@to_a_person
def codes_file(request: HttpRequest, token: str, *, can_be_asked: bool) -> HttpResponse:
    """The codes as a file; without one the order's page says why and what to do."""
    now = timezone.now()
    with tenant_atomic():
        found = order_of_this_device(request, token)
        closed = _why_closed(request, found, can_be_asked=can_be_asked, now=now)
        shop = device.shop_of(request)
        text = "" if closed else codes_as_text(order=found, shop=shop, now=now)
    if not text:
        with one_moment():
            found = order_by_token(token=token)
            if closed:
                return _show(request, found, status=403)
            return _show(request, found, status=409, refusal=_no_codes(found))
    response = HttpResponse(text.encode("utf-8-sig"), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.txt"'
    return private(response)


def _no_codes(found: "Order") -> str:
    if found.state == OrderState.PLACED:
        return _("There is no code to save yet: this order is not paid. Pay it first.")
    if found.state in ENDED:
        return _("There is no code to save: nothing of this order was delivered as a code.")
    return _("There is no code to save yet. It appears here as soon as it is delivered.")


def form_of_order(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A form on the order's page. Refused it stays open at its own address; that address opened
    again is the page."""

    @wraps(view)
    def answer(request: HttpRequest, token: str, **rest: str) -> HttpResponse:
        if request.method == "POST":
            return view(request, token, **rest)
        with tenant_atomic():
            return back_to(order_of_this_device(request, token))

    return require_http_methods(["GET", "HEAD", "POST"])(answer)


@form_of_order
@never_cache
@opens_own_scope
def complain(request: HttpRequest, token: str) -> HttpResponse:
    """Open a case; what is wrong with the form is told at its place on the order's page."""
    text = read_text(request.POST, "text", longest=LONGEST_TEXT)
    unit = read_text(request.POST, "unit", longest=19)
    with tenant_atomic():
        found = order_of_this_device(request, token)
    try:
        case = services.complain(
            order=found,
            kind=read_text(request.POST, "kind", longest=12),
            text=text,
            unit_id=int(unit) if unit.isascii() and unit.isdigit() else None,
            now=timezone.now(),
        )
    except AppError as why:
        place = "text" if isinstance(why, InvalidInput) and why.param == "text" else "form"
        told: dict[str, Any] = {"errors": {place: why.message}, "values": {"text": text}}
        with one_moment():
            return _show(request, order_by_token(token=token), status=why.status, **told)
    return back_to(found, f"#case-{case.ref}")


@form_of_order
@never_cache
@opens_own_scope
def say(request: HttpRequest, token: str, ref: str) -> HttpResponse:
    """What is refused stands at its case, with its text; of a closed one, in the form for a new."""
    text = read_text(request.POST, "text", longest=LONGEST_TEXT)
    with tenant_atomic():
        found = order_of_this_device(request, token)
    refused: AppError
    told: dict[str, Any]
    try:
        services.say(order=found, case_ref=ref, text=text, now=timezone.now())
        return back_to(found, f"#case-{ref}")
    except CaseClosed as why:
        refused, told = why, {"errors": {"form": why.message}, "values": {"text": text}}
    except InvalidInput as why:
        refused, told = why, {"refused": {"ref": ref, "text": text, "message": why.message}}
    with one_moment():
        return _show(request, order_by_token(token=token), status=refused.status, **told)


@require_safe
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    browser = device.find_browser(request)
    rows = order_rows(buyer_key=browser.buyer_key) if browser else []
    context = {"orders": rows, "crumb": _("My orders")}
    return private(render(request, "storefront/mine.html", context))


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """A shared computer: this browser no longer knows what was bought with it."""
    response = HttpResponseRedirect(reverse("storefront:mine"))
    device.forget(response)
    return response
