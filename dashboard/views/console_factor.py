"""A second factor at the console: a code on the way in, and the page where it is set up."""

from functools import partial
from typing import Any

from django import forms
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from channels import services as channels
from channels.models import Partner, Person
from channels.selectors import find_factor, get_partner, people_with_factor
from core.callers import caller_ip
from core.errors import AppError, NotFound
from core.secrets import Secret
from dashboard.access import Guest, actor_of, allows, guest_of, has_typed_lately, shop_of
from dashboard.asked_codes import CodeForm, NewCode, check_code, picture_of, wanted_secret
from dashboard.entering import check_place, drawn, half_of, let_in, next_in, no_half, send_letter
from dashboard.frame import Deed, deed, draw, password_first
from dashboard.guests import console_page, find_guest
from dashboard.places import back_here

HOME = "office_security"  # the console's own: the office has another


def code(request: HttpRequest) -> HttpResponse:
    """After the password, of who has a second factor: nobody is signed in before it is right."""
    check_place(request)
    if find_guest(request) is not None:
        return HttpResponseRedirect(reverse("console:home"))
    person = half_of(request)
    if person is None:
        return HttpResponseRedirect(reverse("console:sign_in"))
    form = CodeForm(request.POST or None)
    refusal: AppError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            check_code(request, person, form.cleaned_data["code"])
        except AppError as why:
            refusal = why
        else:
            response = let_in(request, person, next_in(request))
            no_half(response)
            return response
    return drawn(request, "code", form, refusal, title=_("Your second factor"))


@console_page("partners.view")
def security(request: HttpRequest, ref: str) -> HttpResponse:
    guest = _guest(request)
    factor = find_factor(person_id=guest.person.pk)
    found = get_partner(ref=ref)
    return draw(
        request,
        "developers/console_security.html",
        title=_("Security"),
        factor=factor,
        left=len(factor.spare) if factor else 0,
        partner=found,
        with_one=len(people_with_factor(partner_id=found.pk)),
        may_edit=allows(request, "partners.edit"),
    )


@console_page("partners.view")
def new(request: HttpRequest, ref: str) -> HttpResponse:
    """Set it up, with the password typed just now: a lost session shall not make one its own."""
    guest, then = _guest(request), next_in(request)
    if find_factor(person_id=guest.person.pk) is not None:
        return back_here(request, HOME, ref)
    if not has_typed_lately(guest.session):
        return HttpResponseRedirect(f"{reverse('console:password')}?next={request.path}")
    secret = wanted_secret(request, guest.person)
    form = NewCode(request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes = _switched_on(request, guest, secret, form)
        if codes:
            _write(request, guest.person, "on")
            return _codes_shown(request, codes, then)
    made, picture = picture_of(secret, guest.person, shop_of(request).name_in("en"))
    return draw(
        request,
        "developers/console_factor.html",
        is_refused=request.method == "POST",
        title=_("Set up a second factor"),
        form=form,
        secret=made,
        picture=picture,
        back=reverse("console:live:security", args=[ref]),
    )


def _switched_on(
    request: HttpRequest, guest: Guest, secret: Secret | None, form: NewCode
) -> tuple[Secret, ...]:
    """Its recovery codes, or none and a word at the form."""
    if secret is None:
        form.add_error("code", _("This page was too old. Scan the key that it shows now."))
        return ()
    try:
        return channels.switch_on_factor(
            session_id=guest.session.pk,
            secret=secret,
            code=form.cleaned_data["code"],
            ip=caller_ip(request),
            now=timezone.now(),
        )
    except AppError as refusal:
        form.add_error("code", str(refusal.message))
        return ()


def _codes_shown(request: HttpRequest, codes: tuple[Secret, ...], then: str) -> HttpResponse:
    response = draw(
        request,
        "developers/console_codes.html",
        title=_("Recovery codes"),
        codes=[code.reveal() for code in codes],
        then=then,
    )
    response["Cache-Control"] = "no-store"
    return response


@console_page("partners.view")
def recovery(request: HttpRequest, ref: str) -> HttpResponse:
    """New recovery codes, which end the old."""
    guest, home = _guest(request), reverse("console:live:security", args=[ref])
    elsewhere = _elsewhere_first(request, guest.person, home)
    if elsewhere:
        return elsewhere
    if request.method == "POST":
        codes = channels.make_recovery_codes(
            person_id=guest.person.pk, by=actor_of(request), now=timezone.now()
        )
        return _codes_shown(request, codes, home)
    hint = _("They are shown once, and the old ones end.")
    title, verb = _("New recovery codes"), _("Make new ones")
    return _asked(request, title=title, hint=hint, verb=verb, back=home)


@console_page("partners.view")
def off(request: HttpRequest, ref: str) -> HttpResponse:
    guest, home = _guest(request), reverse("console:live:security", args=[ref])
    elsewhere = _elsewhere_first(request, guest.person, home)
    if elsewhere:
        return elsewhere
    if request.method == "POST":
        channels.switch_off_factor(
            person_id=guest.person.pk, by=actor_of(request), now=timezone.now()
        )
        _write(request, guest.person, "off")
        return HttpResponseRedirect(home)
    hint = _(
        "Where your platform asks for it, you make no live keys and see no secrets until you set "
        "it up again. Your recovery codes end with it."
    )
    title, verb = _("Remove the second factor"), _("Remove it")
    return _asked(request, title=title, hint=hint, verb=verb, back=home)


def _elsewhere_first(
    request: HttpRequest, person: Person, home: str
) -> HttpResponseRedirect | None:
    """Back, who has no second factor to change; to its code, who has typed none lately."""
    if find_factor(person_id=person.pk) is None:
        return HttpResponseRedirect(home)
    return password_first(request, then=request.path)


def _asked(request: HttpRequest, **told: Any) -> HttpResponse:
    return draw(request, "dashboard/supply_form.html", form=forms.Form(), **told)


@deed("partners.edit", back=HOME, of="ref")
def demand(request: HttpRequest, ref: str, verb: str) -> Deed:
    """For all of the partner's people; who has no second factor himself does not end it."""
    return demanded(get_partner(ref=ref), verb)


def demanded(partner: Partner, verb: str) -> Deed:
    """The office's button too. Raises NotFound."""
    done = {
        "on": _("Asked for from now on, before live keys and secrets."),
        "off": _("Not asked for any more."),
    }
    if verb not in done:
        raise NotFound
    do = partial(channels.demand_factor, partner_id=partner.pk, is_demanded=verb == "on")
    return Deed(do, done=done[verb], asks_password=verb == "off")


def _guest(request: HttpRequest) -> Guest:
    guest = guest_of(request)
    if guest is None:
        raise NotFound
    return guest


def _write(request: HttpRequest, person: Person, what: str) -> None:
    """To the person's own mail, when it is done: who did not do it is to know."""
    told = {
        "is_on": what == "on",
        "shop_name": shop_of(request).name_in(get_language() or ""),
        "email": person.email,
        "at": timezone.localtime(),
        "address": caller_ip(request),
    }
    subject = _("A second factor was set up") if what == "on" else _("A second factor was removed")
    body = render_to_string("developers/console_factor_letter.txt", told)
    letter = EmailMessage(subject=subject, body=body, to=[person.email])
    transaction.on_commit(partial(send_letter, letter), robust=True)
