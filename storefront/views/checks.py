"""The page between a form and what it asks for: is it a person who asks?

It carries the form along, hidden, so that a right answer goes on with it where it would have gone.
"""

from unicodedata import normalize

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.callers import caller_ip
from core.errors import TooManyTries
from orders.types import Contact
from risk.states import SENT, Proof
from storefront import checking, device, proving
from storefront.checking import Question, Thing
from storefront.device import Browser
from storefront.forms import read_text
from storefront.proving import Wanted

_OURS = frozenset({"csrfmiddlewaretoken", "check", "check_way", "answer", "instead"})
_DRAWN = frozenset({Proof.SLIDER.value, Proof.WORDS.value})
_AGAIN = "again"  # another code is sent, by the way on which this one was


def first(request: HttpRequest, thing: Thing) -> HttpResponse | None:
    """None: it may go on. Else the next question, for a wrong answer or for who wants another."""
    ref, instead = _posted(request, "check", 32), _posted(request, "instead", 8)
    if not ref or instead == _AGAIN:
        return None
    if instead in _DRAWN:
        return ask(request, thing, way=instead)
    way = _posted(request, "check_way", 8)
    answer = normalize("NFKC", _posted(request, "answer", 16)).replace(" ", "")
    if way in SENT:
        wanted = Wanted(thing=thing, browser=thing.browser(request), way=way)
        return _hear_code(request, wanted, ref=ref, answer=answer)
    if checking.is_person(request, thing, ref=ref, answer=answer, now=timezone.now()):
        return None
    error = _("That was not right. Here is another one.")
    return ask(request, thing, way=way if way in _DRAWN else Proof.SLIDER, error=error)


def ask(
    request: HttpRequest, thing: Thing, *, way: str = Proof.SLIDER, error: str = ""
) -> HttpResponse:
    """Raises TooManyTries."""
    browser, address = thing.browser(request), caller_ip(request)
    question = checking.ask(thing, browser, address=address, way=way, now=timezone.now())
    return _drawn(request, browser, question, error)


def ask_by_code(request: HttpRequest, thing: Thing, *, way: str, contact: Contact) -> HttpResponse:
    """In no transaction: a message leaves. Raises NotReached, NobodyAsked."""
    wanted = Wanted(thing=thing, browser=thing.browser(request), way=way)
    is_again = _posted(request, "instead", 8) == _AGAIN
    sent = proving.ask(request, wanted, contact=contact, is_again=is_again, now=timezone.now())
    return _drawn(request, wanted.browser, sent.question, sent.error, why=sent.why)


def _hear_code(
    request: HttpRequest, wanted: Wanted, *, ref: str, answer: str
) -> HttpResponse | None:
    now = timezone.now()
    try:
        wrong = proving.hear(request, wanted, ref=ref, answer=answer, now=now)
    except TooManyTries as why:
        question, _left = proving.find(wanted, ref=ref, now=now)
        return _drawn(request, wanted.browser, question, why=why)
    return _drawn(request, wanted.browser, *wrong) if wrong else None


def _drawn(
    request: HttpRequest,
    browser: Browser,
    question: Question,
    error: str = "",
    *,
    why: TooManyTries | None = None,
) -> HttpResponse:
    kept = [(name, text) for name, text in request.POST.items() if name not in _OURS]
    context = {
        "question": question, "kept": kept, "most": checking.MOST,
        "error": error or (str(why.message) if why else ""),
        "to": request.get_full_path(), "crumb": _("One more step"),
    }  # fmt: skip
    status = why.status if why else 403
    response = render(request, "storefront/check.html", context, status=status)
    for header, value in (why.headers if why else {}).items():
        response[header] = value
    device.keep_for_now(request, response, browser)
    response["Cache-Control"] = "no-store, private"
    return response


def _posted(request: HttpRequest, name: str, longest: int) -> str:
    return read_text(request.POST, name, longest=longest)
