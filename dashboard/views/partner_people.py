"""A partner's own people, as the shop lets them into the console and out of it."""

from functools import partial
from typing import Any

from django import forms
from django.core.mail import send_mail
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels import services as channels
from channels.models import Partner
from channels.selectors import get_partner, get_person
from channels.services.people import NewLink
from dashboard.access import actor_of, shop_of
from dashboard.addresses import address_of
from dashboard.frame import Deed, deed, draw, draw_form, page, password_if_sent, saved
from dashboard.views.console_factor import demanded

HOME = "office_partner"


class PersonForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("Mail address"), max_length=200)
    may_edit = forms.ChoiceField(
        label=gettext_lazy("May"),
        choices=[
            ("", gettext_lazy("look, and change nothing")),
            ("yes", gettext_lazy("make and revoke keys, and change webhooks")),
        ],
        required=False,
    )


@page("partners.edit")
def new(request: HttpRequest, ref: str) -> HttpResponse:
    found = get_partner(ref=ref)
    form = PersonForm(request.POST or None)
    to_password = password_if_sent(request)
    if to_password:
        return to_password
    made: list[NewLink] = []

    def invite(**who_and_when: Any) -> None:
        told = form.cleaned_data
        made.append(
            channels.invite_person(
                partner_id=found.pk,
                email=told["email"],
                may_edit=bool(told["may_edit"]),
                **who_and_when,
            )
        )

    if saved(request, form, invite, done=_("Invited.")):
        return _shown_once(request, found, made[0])
    title = _("Invite to the console of %(name)s") % {"name": found.name}
    hint = _("By a link that works once, for three days, the person sets a password.")
    back = reverse(HOME, args=[ref])
    return draw_form(request, form, title=title, hint=hint, back=back, verb=_("Invite"))


@page("partners.edit")
def link(request: HttpRequest, ref: str, person_id: int) -> HttpResponse:
    """Another link, for who lost the first, or the password."""
    found = get_partner(ref=ref)
    person = get_person(partner_id=found.pk, person_id=person_id)
    to_password = password_if_sent(request)
    if to_password:
        return to_password
    if request.method == "POST":
        made = channels.link_anew(person_id=person.pk, by=actor_of(request), now=timezone.now())
        return _shown_once(request, found, made)
    title = _("New link for %(person)s") % {"person": person}
    hint = _("The link before works no more. The password does, until the new link is used.")
    back = reverse(HOME, args=[ref])
    return draw_form(
        request, forms.Form(), title=title, hint=hint, back=back, verb=_("Make a new link")
    )


@deed("partners.edit", back=HOME, of="ref")
def remove(request: HttpRequest, ref: str, person_id: int) -> Deed:
    person = get_person(partner_id=get_partner(ref=ref).pk, person_id=person_id)
    return Deed(
        partial(channels.remove_person, person_id=person.pk),
        done=_("Removed, and signed out everywhere."),
    )


@deed("partners.edit", back=HOME, of="ref")
def demand(request: HttpRequest, ref: str, verb: str) -> Deed:
    return demanded(get_partner(ref=ref), verb)


@deed("partners.edit", back=HOME, of="ref")
def factor_off(request: HttpRequest, ref: str, person_id: int) -> Deed:
    """For who has lost the phone and the recovery codes, and is known to be who asks."""
    person = get_person(partner_id=get_partner(ref=ref).pk, person_id=person_id)
    return Deed(
        partial(channels.switch_off_factor, person_id=person.pk),
        done=_("The second factor is removed."),
        asks_password=True,
    )


def _shown_once(request: HttpRequest, found: Partner, made: NewLink) -> HttpResponse:
    address = address_of(request, reverse("console:join", args=[made.token.reveal()]))
    transaction.on_commit(partial(_mail, request, found, made.email, address), robust=True)
    response = draw(
        request,
        "dashboard/person_link.html",
        title=_("Link to the console"),
        partner=found,
        link=made,
        text=address,
    )
    response["Cache-Control"] = "no-store"
    return response


def _mail(request: HttpRequest, found: Partner, email: str, address: str) -> None:
    """After commit, in the shop's own language."""
    shop = shop_of(request)
    with translation.override(shop.language):
        told = {"shop_name": shop.name_in(shop.language), "partner": found, "address": address}
        send_mail(
            subject=_("Your way into the console"),
            message=render_to_string("developers/console_letter.txt", told),
            from_email=None,
            recipient_list=[email],
        )
