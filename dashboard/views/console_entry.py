"""The way into a partner's console: an invitation's link, the password, and out again."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from channels import services as channels
from channels.errors import LinkEnded, WrongPassword
from channels.models import Person
from channels.selectors import find_person, find_person_by_link
from core.actors import Actor
from core.callers import caller_ip
from core.errors import AppError, NotFound, TooManyTries
from core.guards import Asker, Attempt, By, Guard, attempt
from core.scope import require_tenant
from core.secrets import Secret
from dashboard.access import shop_of
from dashboard.accounts import LOGIN
from dashboard.frame import CONSOLE_FRAME, REFUSED
from dashboard.guests import (
    LONGEST_TOKEN,
    ROOT,
    begin,
    end,
    find_guest,
    find_own_session,
    to_sign_in,
)
from dashboard.sites import has_nul
from tenants import audit

SIGN_IN = Guard(name="console", budgets=LOGIN.budgets, floor=LOGIN.floor)
LINK = Guard(name="console.link", budgets={By.ADDRESS: LOGIN.budgets[By.ADDRESS]})


class _Password(forms.CharField):
    def __init__(self, kind: str, **options: Any) -> None:
        shown = forms.PasswordInput(attrs={"autocomplete": kind})
        label = gettext_lazy("Password")
        super().__init__(label=label, max_length=200, strip=False, widget=shown, **options)


class SignIn(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Mail address"),
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = _Password("current-password")


class Again(forms.Form):
    password = _Password("current-password")


class Joining(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = _Password(
        "new-password",
        help_text=gettext_lazy("At least ten characters, and not one that many people use."),
    )

    def __init__(self, given: Any, *, person: Person) -> None:
        super().__init__(given, initial={"name": person.name})
        self._person = person

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self._person)  # type: ignore[arg-type]  # -- its mail is read
        return password


def home(request: HttpRequest) -> HttpResponse:
    """To the overview, or to the sign-in."""
    _check_place(request)
    guest = find_guest(request)
    if guest is None:
        return HttpResponseRedirect(reverse("console:sign_in"))
    return HttpResponseRedirect(reverse("console:live:partner", args=[guest.ref]))


def sign_in(request: HttpRequest) -> HttpResponse:
    _check_place(request)
    if find_guest(request) is not None:
        return HttpResponseRedirect(reverse("console:home"))
    form = SignIn(request.POST or None)
    refusal: AppError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            token = _entered(request, **form.cleaned_data)
        except AppError as why:
            refusal = why
        else:
            response = HttpResponseRedirect(_next_in(request))
            begin(response, token)
            return response
    return _drawn(request, "sign_in", form, refusal, title=_("Sign in to the console"))


def _entered(request: HttpRequest, *, email: str, password: str) -> Secret:
    """The text of a new session. Raises TooManyTries, WrongPassword."""
    email, person = email.lower(), find_person(email=email)
    tried = _counted(request, email)
    is_right = channels.is_persons_password(person=person, password=password)
    if person is None or not is_right:
        _remember(request, "person.refused", email)
        raise WrongPassword(_("The mail address or the password is not right."))
    tried.was_right()
    return channels.open_session(person_id=person.pk, ip=caller_ip(request), now=timezone.now())


def _counted(request: HttpRequest, email: str) -> Attempt:
    """As often as at the office's sign-in. Raises TooManyTries."""
    shop = str(require_tenant())
    asker = Asker(address=caller_ip(request), shop=shop, target=f"{shop}|{email}")
    try:
        return attempt(guard=SIGN_IN, asker=asker, now=timezone.now())
    except TooManyTries:
        _remember(request, "person.blocked", email)
        raise


def _remember(request: HttpRequest, action: str, email: str) -> None:
    by = Actor(f"login {email}"[:80], ip=caller_ip(request))
    audit.record(by=by, action=action, target=email, now=timezone.now())


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    session = find_own_session(request)
    if session is not None:
        channels.close_session(session_id=session.pk)
    response = HttpResponseRedirect(reverse("console:sign_in"))
    end(response)
    return response


def password(request: HttpRequest) -> HttpResponse:
    """Once more, before a secret is shown."""
    session = find_own_session(request)
    if session is None:
        return to_sign_in(request)
    form = Again(request.POST or None)
    refusal: AppError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            _typed_again(request, session.person, form.cleaned_data["password"])
        except AppError as why:
            refusal = why
        else:
            channels.note_password(session_id=session.pk, now=timezone.now())
            return HttpResponseRedirect(_next_in(request))
    return _drawn(request, "password", form, refusal, title=_("Your password once more"))


def _typed_again(request: HttpRequest, person: Person, typed: str) -> None:
    """Raises TooManyTries, WrongPassword."""
    tried = _counted(request, person.email)
    if not channels.is_persons_password(person=person, password=typed):
        _remember(request, "person.refused", person.email)
        raise WrongPassword(_("The password is not right."))
    tried.was_right()


def join(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation's link: looked at it is not used, a name and a password use it up."""
    _check_place(request)
    asker = Asker(address=caller_ip(request), shop=str(require_tenant()))
    tried = attempt(guard=LINK, asker=asker, now=timezone.now())
    person = _person_of(token)
    tried.was_right()
    form = Joining(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        session = channels.accept_link(
            token=token, ip=caller_ip(request), now=timezone.now(), **form.cleaned_data
        )
        response = HttpResponseRedirect(reverse("console:live:partner", args=[person.partner.ref]))
        begin(response, session)
        return response
    title = _("Your way into the console")
    return _drawn(request, "join", form, None, title=title, person=person)


def _person_of(token: str) -> Person:
    """Raises LinkEnded."""
    is_one = len(token) <= LONGEST_TOKEN
    found = find_person_by_link(token=token, now=timezone.now()) if is_one else None
    if found is None:
        raise LinkEnded(_("This link has been used, or is too old. Ask the shop for a new one."))
    return found


def _check_place(request: HttpRequest) -> None:
    """A sandbox has no console of its own, and no text has a NUL."""
    if shop_of(request).sandbox_of_id is not None:
        raise NotFound(
            _("The console is at the shop's own address; this sandbox is its test mode.")
        )
    if has_nul(request):
        raise NotFound


def _next_in(request: HttpRequest) -> str:
    """Where who signs in was going, which is a page of the console; else the first one."""
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours and wanted.startswith(ROOT) else reverse("console:home")


def _drawn(
    request: HttpRequest, name: str, form: forms.Form, refusal: AppError | None, **context: Any
) -> HttpResponse:
    is_refused = request.method == "POST"
    told = {"frame": CONSOLE_FRAME, "form": form, "refusal": refusal, **context}
    status = (refusal.status if refusal else REFUSED) if is_refused else 200
    response = render(request, f"developers/console_{name}.html", told, status=status)
    response["Cache-Control"] = "private, no-store"
    for header, value in (refusal.headers if refusal else {}).items():
        response[header] = value
    return response
