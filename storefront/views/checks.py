"""The page between a form and what it asks for: is it a person who asks?

It carries the form along, hidden, so that a right answer goes on with it where it would have gone.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.callers import caller_ip
from risk.states import Proof
from storefront import checking, device
from storefront.checking import Thing
from storefront.forms import read_text

_OURS = frozenset({"csrfmiddlewaretoken", "check", "check_way", "answer", "instead"})
_WAYS = frozenset(Proof.values)


def first(request: HttpRequest, thing: Thing) -> HttpResponse | None:
    """None: it may go on. Else the next question, for a wrong answer or for who wants another."""
    ref = read_text(request.POST, "check", longest=32)
    if not ref:
        return None
    instead = read_text(request.POST, "instead", longest=8)
    if instead in _WAYS:
        return ask(request, thing, way=instead)
    answer = read_text(request.POST, "answer", longest=8)
    if checking.is_person(request, thing, ref=ref, answer=answer, now=timezone.now()):
        return None
    way = read_text(request.POST, "check_way", longest=8)
    error = _("That was not right. Here is another one.")
    return ask(request, thing, way=way if way in _WAYS else Proof.SLIDER, error=error)


def ask(
    request: HttpRequest, thing: Thing, *, way: str = Proof.SLIDER, error: str = ""
) -> HttpResponse:
    """Raises TooManyTries."""
    browser, address = thing.browser(request), caller_ip(request)
    question = checking.ask(thing, browser, address=address, way=way, now=timezone.now())
    kept = [(name, text) for name, text in request.POST.items() if name not in _OURS]
    context = {
        "question": question, "kept": kept, "error": error, "most": checking.MOST,
        "to": request.get_full_path(), "crumb": _("One more step"),
    }  # fmt: skip
    response = render(request, "storefront/check.html", context, status=403)
    device.keep_for_now(request, response, browser)
    response["Cache-Control"] = "no-store, private"
    return response
