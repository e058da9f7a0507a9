"""What the pages before a partner's console share: how tries are counted, and how they look.

Who has typed the password and has a second factor is half in: a signed cookie says so for some
minutes. It opens the page that asks for the code, and nothing else.
"""

from typing import Any

import structlog
from django import forms
from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels import services as channels
from channels.models import Person
from channels.selectors import find_person
from core.actors import Actor
from core.callers import caller_ip
from core.errors import AppError, NotFound, TooManyTries
from core.guards import Asker, Attempt, Guard, attempt
from core.scope import require_tenant
from core.secrets import Secret
from dashboard import known
from dashboard.access import shop_of
from dashboard.accounts import LOGIN, RESET
from dashboard.frame import CONSOLE_FRAME, REFUSED
from dashboard.guests import ROOT, begin
from dashboard.sites import has_nul
from tenants import audit

log = structlog.get_logger(__name__)
HALF, HALF_GOOD = "qy_console_half", 300  # seconds
SIGN_IN = Guard(name="console", budgets=LOGIN.budgets, fair=LOGIN.fair, floor=LOGIN.floor)
LOST = Guard(name="console.lost", budgets=RESET.budgets, fair=RESET.fair, floor=RESET.floor)


class MailField(forms.EmailField):
    def __init__(self) -> None:
        shown = forms.EmailInput(attrs={"autocomplete": "username"})
        super().__init__(label=gettext_lazy("Mail address"), max_length=200, widget=shown)


def counted(request: HttpRequest, email: str, *, guard: Guard = SIGN_IN) -> Attempt:
    """As often as at the office. Raises TooManyTries."""
    target = target_of(email)
    asker = Asker(address=caller_ip(request), shop=str(require_tenant()), target=target)

    def is_no_stranger() -> bool:
        return known.is_known(request, target)

    now = timezone.now()
    try:
        return attempt(guard=guard, asker=asker, now=now, has_evidence=is_no_stranger)
    except TooManyTries:
        remember(request, "person.blocked", email)
        raise


def target_of(email: str) -> str:
    """A person of one shop is nobody's at another."""
    return f"{require_tenant()}|{email}"


def stranger(request: HttpRequest, email: str) -> Actor:
    """Who says that this is his address, and has not signed in."""
    return Actor(f"login {email}"[:80], ip=caller_ip(request))


def remember(request: HttpRequest, action: str, email: str) -> None:
    by = stranger(request, email)
    audit.record(by=by, action=action, target=email, now=timezone.now())


def check_place(request: HttpRequest) -> None:
    """A sandbox has no console of its own, and no text has a NUL."""
    if shop_of(request).sandbox_of_id is not None:
        raise NotFound(
            _("The console is at the shop's own address; this sandbox is its test mode.")
        )
    if has_nul(request):
        raise NotFound


def next_in(request: HttpRequest) -> str:
    """Where who signs in was going, which is a page of the console; else the first one."""
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours and wanted.startswith(ROOT) else reverse("console:home")


def let_in(
    request: HttpRequest, person: Person, then: str, token: Secret | None = None
) -> HttpResponse:
    """On the way there, with the session of this text, or a new one."""
    if token is None:
        now = timezone.now()
        token = channels.open_session(person_id=person.pk, ip=caller_ip(request), now=now)
    response = HttpResponseRedirect(then)
    begin(response, token)
    known.know(request, response, target_of(person.email))
    return response


def half_in(response: HttpResponse, person: Person) -> None:
    response.set_cookie(
        HALF,
        signing.dumps(_half_of(person), salt=HALF),
        max_age=HALF_GOOD,
        path=ROOT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _half_of(person: Person) -> dict[str, str | int]:
    """Another password ends it."""
    proof = salted_hmac(HALF, person.password).hexdigest()
    return {"tenant": person.tenant_id, "email": person.email, "password": proof}


def half_of(request: HttpRequest) -> Person | None:
    try:
        told = signing.loads(request.COOKIES.get(HALF, ""), salt=HALF, max_age=HALF_GOOD)
    except signing.BadSignature:
        return None
    person = find_person(email=told["email"])
    return person if person is not None and _half_of(person) == told else None


def no_half(response: HttpResponse) -> None:
    response.delete_cookie(HALF, path=ROOT, samesite="Lax")


def send_letter(letter: EmailMessage) -> None:
    try:
        letter.send()
    except OSError as why:
        log.warning("letter_not_sent", why=type(why).__name__)


def drawn(
    request: HttpRequest,
    name: str,
    form: forms.Form | None,
    refusal: AppError | None = None,
    **context: Any,
) -> HttpResponse:
    is_refused = request.method == "POST" and form is not None
    told = {"frame": CONSOLE_FRAME, "form": form, "refusal": refusal, **context}
    status = (refusal.status if refusal else REFUSED) if is_refused else 200
    response = render(request, f"developers/console_{name}.html", told, status=status)
    response["Cache-Control"] = "private, no-store"
    for header, value in (refusal.headers if refusal else {}).items():
        response[header] = value
    return response
