"""The way into a partner's console: an invitation's link, the password, and out again."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from channels import services as channels
from channels.errors import LinkEnded, WrongPassword
from channels.models import Person
from channels.selectors import find_factor, find_person, find_person_by_link
from channels.services.people import NewLink
from core.callers import caller_ip
from core.errors import AppError
from core.guards import Asker, By, Guard, attempt
from core.scope import require_tenant
from core.secrets import Secret
from dashboard.access import shop_of
from dashboard.accounts import LOGIN
from dashboard.addresses import address_of
from dashboard.asked_codes import CodeForm, check_code
from dashboard.entering import (
    LOST,
    MailField,
    check_place,
    counted,
    drawn,
    half_in,
    let_in,
    next_in,
    remember,
    send_letter,
    stranger,
)
from dashboard.guests import (
    LONGEST_TOKEN,
    end,
    find_guest,
    find_own_session,
    to_sign_in,
)

LINK = Guard(name="console.link", budgets={By.ADDRESS: LOGIN.budgets[By.ADDRESS]})


class _Password(forms.CharField):
    def __init__(self, kind: str, **options: Any) -> None:
        shown = forms.PasswordInput(attrs={"autocomplete": kind})
        label = gettext_lazy("Password")
        super().__init__(label=label, max_length=200, strip=False, widget=shown, **options)


class SignIn(forms.Form):
    email = MailField()
    password = _Password("current-password")


class Lost(forms.Form):
    email = MailField()


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
    check_place(request)
    guest = find_guest(request)
    if guest is None:
        return HttpResponseRedirect(reverse("console:sign_in"))
    return HttpResponseRedirect(reverse("console:live:partner", args=[guest.ref]))


def sign_in(request: HttpRequest) -> HttpResponse:
    check_place(request)
    if find_guest(request) is not None:
        return HttpResponseRedirect(reverse("console:home"))
    form = SignIn(request.POST or None)
    refusal: AppError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            person = _entered(request, **form.cleaned_data)
        except AppError as why:
            refusal = why
        else:
            return _let_in(request, person, next_in(request))
    return drawn(request, "sign_in", form, refusal, title=_("Sign in to the console"))


def _let_in(
    request: HttpRequest, person: Person, then: str, token: Secret | None = None
) -> HttpResponse:
    """With the session of this text, or a new one; or to the code of a second factor first."""
    if find_factor(person_id=person.pk) is not None:
        response = HttpResponseRedirect(f"{reverse('console:code')}?{urlencode({'next': then})}")
        half_in(response, person)
        return response
    return let_in(request, person, then, token)


def _entered(request: HttpRequest, *, email: str, password: str) -> Person:
    """Whose password was right. Raises TooManyTries, WrongPassword."""
    email, person = email.lower(), find_person(email=email)
    tried = counted(request, email)
    is_right = channels.is_persons_password(person=person, password=password)
    if person is None or not is_right:
        remember(request, "person.refused", email)
        raise WrongPassword(_("The mail address or the password is not right."))
    tried.was_right()
    return person


def lost(request: HttpRequest) -> HttpResponse:
    """A link by mail for who has lost the password: one answer, whoever it is."""
    check_place(request)
    form = Lost(request.POST or None)
    title = _("Set a new password")
    if request.method != "POST" or not form.is_valid():
        return drawn(request, "lost", form, title=title)
    email = form.cleaned_data["email"].lower()
    try:
        counted(request, email, guard=LOST)
    except AppError as refusal:
        return drawn(request, "lost", form, refusal, title=title)
    by = stranger(request, email)
    made = channels.link_for_lost_password(email=email, by=by, now=timezone.now())
    response = drawn(request, "lost", None, title=_("Look into your mailbox"))
    if made is not None:
        # Once the answer has gone: how long it takes does not tell who is known. By then no shop is
        # bound, and what fails is nobody's answer any more.
        send = partial(send_letter, _letter(request, made))
        response._resource_closers.append(send)  # type: ignore[attr-defined]  # noqa: SLF001 -- Django's, for files
    return response


def _letter(request: HttpRequest, made: NewLink) -> EmailMessage:
    address = address_of(request, reverse("console:join", args=[made.token.reveal()]))
    shop_name = shop_of(request).name_in(get_language() or "")
    told = {"shop_name": shop_name, "address": address}
    return EmailMessage(
        subject=_("A new password for the console"),
        body=render_to_string("developers/console_lost_letter.txt", told),
        to=[made.email],
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    session = find_own_session(request)
    if session is not None:
        channels.close_session(session_id=session.pk)
    response = HttpResponseRedirect(reverse("console:sign_in"))
    end(response)
    return response


def password(request: HttpRequest) -> HttpResponse:
    """Once more, before a secret is shown; of who has a second factor, its code."""
    session = find_own_session(request)
    if session is None:
        return to_sign_in(request)
    has_factor = find_factor(person_id=session.person_id) is not None
    form = (CodeForm if has_factor else Again)(request.POST or None)
    check = check_code if has_factor else _typed_again
    refusal: AppError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            check(request, session.person, *form.cleaned_data.values())
        except AppError as why:
            refusal = why
        else:
            channels.note_password(session_id=session.pk, now=timezone.now())
            return HttpResponseRedirect(next_in(request))
    title = _("Your second factor once more") if has_factor else _("Your password once more")
    return drawn(request, "password", form, refusal, title=title)


def _typed_again(request: HttpRequest, person: Person, typed: str) -> None:
    """Raises TooManyTries, WrongPassword."""
    tried = counted(request, person.email)
    if not channels.is_persons_password(person=person, password=typed):
        remember(request, "person.refused", person.email)
        raise WrongPassword(_("The password is not right."))
    tried.was_right()


def join(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation's link: looked at it is not used, a name and a password use it up."""
    check_place(request)
    asker = Asker(address=caller_ip(request), shop=str(require_tenant()))
    tried = attempt(guard=LINK, asker=asker, now=timezone.now())
    person = _person_of(token)
    tried.was_right()
    form = Joining(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        session = channels.accept_link(
            token=token, ip=caller_ip(request), now=timezone.now(), **form.cleaned_data
        )
        person.refresh_from_db(fields=["password"])
        home = reverse("console:live:partner", args=[person.partner.ref])
        return _let_in(request, person, home, session)
    title = _("Set a new password") if person.password else _("Your way into the console")
    return drawn(request, "join", form, None, title=title, person=person)


def _person_of(token: str) -> Person:
    """Raises LinkEnded."""
    is_one = len(token) <= LONGEST_TOKEN
    found = find_person_by_link(token=token, now=timezone.now()) if is_one else None
    if found is None:
        raise LinkEnded(_("This link has been used, or is too old. Ask the shop for a new one."))
    return found
