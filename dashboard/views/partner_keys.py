"""A partner's API keys: made, rolled, revoked. A key's text is on the page of its making and
nowhere else."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from channels import services as channels
from channels.models import ApiKey, Partner
from channels.selectors import get_partner
from channels.types import NewKey
from dashboard.frame import Deed, deed, draw, page, password_if_sent, saved
from dashboard.partnering import KeyForm, RollForm
from dashboard.places import place_of

HOME = "office_keys"


@page("partners.edit")
def new(request: HttpRequest, ref: str) -> HttpResponse:
    found = get_partner(ref=ref)
    form = KeyForm(request.POST or None)
    to_password = password_if_sent(request)
    if to_password:
        return to_password
    made: list[NewKey] = []

    def issue(**who_and_when: Any) -> None:
        made.append(channels.issue_key(partner_id=found.pk, terms=form.terms(), **who_and_when))

    if saved(request, form, issue, done=_("The key is made.")):
        return _shown_once(request, found, made[0])
    title = _("New key of %(name)s") % {"name": found.name}
    return _form(request, form, found, title=title)


@page("partners.edit")
def roll(request: HttpRequest, ref: str, key_id: int) -> HttpResponse:
    """A new key with the old one's rights, while the old one is good for some time yet."""
    found, key = _key(ref, key_id)
    form = RollForm(request.POST or None)
    to_password = password_if_sent(request)
    if to_password:
        return to_password
    made: list[NewKey] = []

    def replace(**who_and_when: Any) -> None:
        made.append(channels.roll_key(key_id=key.pk, overlap=form.overlap(), **who_and_when))

    if saved(request, form, replace, done=_("A new key takes its place.")):
        return _shown_once(request, found, made[0], overlap=form.overlap())
    title = _("Roll the key %(key)s") % {"key": key.public}
    hint = _("The new key may what the old one may, from the same addresses.")
    return _form(request, form, found, title=title, hint=hint)


@deed("partners.edit", back=HOME, of="ref")
def revoke(request: HttpRequest, ref: str, key_id: int) -> Deed:
    _found, key = _key(ref, key_id)
    return Deed(
        partial(channels.revoke_key, key_id=key.pk), done=_("Revoked: it is refused from now on.")
    )


def _key(ref: str, key_id: int) -> tuple[Partner, ApiKey]:
    found = get_partner(ref=ref)
    return found, get_object_or_404(ApiKey, pk=key_id, partner=found)


def _shown_once(
    request: HttpRequest, found: Partner, made: NewKey, *, overlap: timedelta | None = None
) -> HttpResponse:
    response = draw(
        request,
        "dashboard/partner_key.html",
        title=_("Key of %(name)s") % {"name": found.name},
        partner=found,
        text=made.text.reveal(),
        is_rolled=bool(overlap),
    )
    response["Cache-Control"] = "no-store"
    return response


def _form(request: HttpRequest, form: Form, found: Partner, **context: Any) -> HttpResponse:
    return draw(
        request,
        "dashboard/supply_form.html",
        is_refused=request.method == "POST",
        form=form,
        back=place_of(request, HOME, found.ref),
        **context,
    )
