"""Whose an order is, and the two ways to it from another device: by its number, and at its address.

A try is counted first, then judged by the shop's rules, which know nothing of the order; only then
is it compared. Refused by a rule it is told what one is told who has tried too often.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.errors import NotAllowed, NotFound
from core.guards import Crowded, attempt, refused
from core.middleware import opens_own_scope
from core.scope import tenant_atomic
from core.secrets import Secret
from orders.selectors import fits_contact, lookup, order_by_token
from risk.states import Action
from storefront import device, guessing, services
from storefront.checking import Thing
from storefront.forms import read_text
from storefront.views import checks

if TYPE_CHECKING:
    from orders.models import Order

REFUSED_FOR = timedelta(minutes=2)  # as long as a whole address waits at most


def order_of_this_device(request: HttpRequest, token: str) -> "Order":
    """The order, if this browser placed it or its owner opened it here; else it is refused."""
    order = order_at(request, token)
    if not is_mine(request, order):
        raise NotAllowed(_("This order was placed on another device. Open it first."))
    return order


def order_at(request: HttpRequest, token: str) -> "Order":
    with guessing.token_asked(request):
        return order_by_token(token=token)


def is_mine(request: HttpRequest, order: "Order") -> bool:
    browser = device.find_browser(request)
    if browser is not None and order.buyer_key and browser.buyer_key == order.buyer_key:
        return True
    return device.is_open_here(request, order_id=order.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@opens_own_scope
def find(request: HttpRequest) -> HttpResponse:
    """Look an order up. Wrong and missing are told alike, and guessing is counted."""
    if request.method != "POST":
        return _form(request)
    number = read_text(request.POST, "number", longest=40).upper()
    thing = Thing(kind="look_up", key=number)
    if (again := checks.first(request, thing)) is not None:
        return again
    try:
        with tenant_atomic():
            found = _looked_up(request, number)
    except Crowded:
        return _heard_later(request, number)
    if isinstance(found, Action):
        return _stopped(request, thing, found)
    if isinstance(found, NotFound):
        return _form(request, number=number, error=str(found.message))
    return _opened(found)


def _looked_up(request: HttpRequest, number: str) -> "Order | Action | NotFound":
    """What was found, that nothing fits, or what a rule wants instead: none of them is raised, for
    what the rules wrote down stays."""
    proof, ticket = _proof(request), read_text(request.POST, "ticket", longest=200)
    asker = guessing.asker_of(request, number=number)
    tried = guessing.look_up(asker=asker, ticket=ticket, now=timezone.now())
    said = _judged(request, number, proof, is_by_link=False)
    if said is not Action.PASS:
        return said
    try:
        found = lookup(number=number, contact_or_password=proof)
    except NotFound as why:
        return why
    tried.was_right()
    return found


def unlock(request: HttpRequest, token: str) -> HttpResponse | None:
    """The order's page is asked for with a proof; None: it is this device's own."""
    thing = Thing(kind="unlock", key=token)
    if (again := checks.first(request, thing)) is not None:
        return again
    with tenant_atomic():
        found = order_at(request, token)
        if is_mine(request, found):
            return None
        proof = _proof(request)
        if not proof:  # nothing was guessed
            return _ask_whose(request)
        said = _compared(request, found, proof)
    if said is None:
        return _ask_whose(request)
    return _opened(found) if said is Action.PASS else _stopped(request, thing, said)


def _compared(request: HttpRequest, found: "Order", proof: str) -> Action | None:
    """PASS: it is his; None: it is not; else what a rule wants instead."""
    asker = guessing.asker_of(request, number=found.number)
    tried = attempt(guard=guessing.UNLOCK, asker=asker, now=timezone.now())
    said = _judged(request, found.number, proof, is_by_link=True)
    if said is not Action.PASS:
        return said
    if not fits_contact(order=found, contact_or_password=proof):
        return None
    tried.was_right()
    return Action.PASS


def _stopped(request: HttpRequest, thing: Thing, said: Action) -> HttpResponse:
    """A question to who has to prove that he is a person. Raises TooManyTries."""
    if said is Action.VERIFY:
        return checks.ask(request, thing)
    raise refused(wait=REFUSED_FOR)


def _judged(request: HttpRequest, number: str, proof: str, *, is_by_link: bool) -> Action:
    return services.judge_look_up(
        device=device.of_request(request),
        number=number,
        proof=Secret(proof),
        is_by_link=is_by_link,
        now=timezone.now(),
    )


def _proof(request: HttpRequest) -> str:
    return read_text(request.POST, "proof", longest=120)


def _ask_whose(request: HttpRequest) -> HttpResponse:
    error = _("That does not fit this order. Check it and try again.")
    context = {"error": error, "crumb": _("Order")}
    return render(request, "storefront/unlock.html", context, status=403)


def _form(
    request: HttpRequest, *, number: str = "", error: str = "", status: int = 0, **more: Any
) -> HttpResponse:
    values = {"number": number, "proof": ""}
    told = {"crumb": _("Find an order"), "values": values, "error": error} | more
    status = status or (NotFound.status if error else 200)
    return render(request, "storefront/lookup.html", told, status=status)


def _heard_later(request: HttpRequest, number: str) -> HttpResponse:
    """The form again, with a ticket: sent once more after the wait, it is heard."""
    given = read_text(request.POST, "ticket", longest=200)
    asker = guessing.asker_of(request, number=number)
    ticket, wait = guessing.ticket_for(asker, given=given, now=timezone.now())
    error = ngettext(
        "Too many wrong tries came from your network lately. Wait %(number)s second, then send "
        "this form again: it will be heard.",
        "Too many wrong tries came from your network lately. Wait %(number)s seconds, then send "
        "this form again: it will be heard.",
        wait,
    ) % {"number": wait}
    response = _form(request, number=number, error=error, status=Crowded.status, ticket=ticket)
    response["Retry-After"] = str(wait)
    return private(response)


def _opened(found: "Order") -> HttpResponse:
    """To the order's page, with the cookie that opens it on this device for a while."""
    response = back_to(found)
    path = reverse("storefront:order", args=[found.token])
    device.open_here(response, order_id=found.pk, path=path)
    return response


def back_to(found: "Order", anchor: str = "") -> HttpResponse:
    path = reverse("storefront:order", args=[found.token])
    return private(HttpResponseRedirect(path + anchor))


def private(response: HttpResponse) -> HttpResponse:
    """Nothing of an order is kept by a cache, nor told to the next site.

    Not "no-referrer": with it a browser sends `Origin: null`, and every form here would be refused.
    """
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "same-origin"
    return response
