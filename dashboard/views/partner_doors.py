"""A partner's doors: opened, given new secrets, changed, closed. What a platform is to be told is
on the page of a door's opening, its secret nowhere else."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from channels import services as channels
from channels.models import Door, Partner
from channels.selectors import door_address, get_partner, refusals_at
from channels.states import DoorKind
from channels.types import NewDoor
from core.errors import NotFound
from dashboard.access import allows
from dashboard.dooring import DOORS, DoorForm, RollDoorForm, WaysForm, door_row
from dashboard.frame import Deed, back_to, deed, draw, draw_form, page, password_if_sent, saved

LATEST = 20


@page("partners.edit")
def kinds(request: HttpRequest, ref: str) -> HttpResponse:
    """The protocol is chosen first: the form asks for what that one wants."""
    found = get_partner(ref=ref)
    return draw(
        request,
        "dashboard/door_new.html",
        title=_("New door of %(name)s") % {"name": found.name},
        partner=found,
        kinds=[(kind, DOORS[kind]) for kind in DoorKind],
    )


@page("partners.edit")
def new(request: HttpRequest, ref: str, kind: str) -> HttpResponse:
    found = get_partner(ref=ref)
    if kind not in DoorKind.values:
        raise NotFound
    words = DOORS[DoorKind(kind)]
    form = DoorForm(_sent(request), kind=DoorKind(kind))
    to_password = password_if_sent(request)
    if to_password:
        return to_password
    made: list[NewDoor] = []

    def opened(**who_and_when: Any) -> None:
        made.append(channels.open_door(partner_id=found.pk, terms=form.terms(), **who_and_when))

    if saved(request, form, opened, done=_("The door is open.")):
        return _shown_once(request, found, made[0])
    return draw_form(
        request,
        form,
        title=_("New door of %(name)s") % {"name": found.name},
        about=capfirst(str(DoorKind(kind).label)),
        hint=words.before,
        back=reverse("office_partner", args=[ref]),
    )


@page("partners.view")
def door(request: HttpRequest, ref: str, door_id: int) -> HttpResponse:
    found, one = _door(ref, door_id)
    return draw(
        request,
        "dashboard/door.html",
        title=_("Door: %(kind)s") % {"kind": DoorKind(one.kind).label},
        partner=found,
        row=door_row(one),
        words=DOORS[DoorKind(one.kind)],
        address=door_address(uid=one.uid, kind=one.kind),
        has_old=one.old_until is not None and one.old_until > timezone.now(),
        refusals=refusals_at(door_id=one.pk)[:LATEST],
        may_edit=allows(request, "partners.edit") and one.closed_at is None,
    )


@page("partners.edit")
def change(request: HttpRequest, ref: str, door_id: int) -> HttpResponse:
    _found, one = _door(ref, door_id)
    form = WaysForm(_sent(request), door=one)
    to_password = password_if_sent(request)
    if to_password:
        return to_password

    def keep(**who_and_when: Any) -> None:
        hosts, networks = form.ways()
        channels.change_door(door_id=one.pk, hosts=hosts, networks=networks, **who_and_when)

    if saved(request, form, keep, done=_("Saved. Calls from now on follow it.")):
        return back_to("office_door", ref, one.pk)
    title = _("Addresses of the door %(number)s") % {"number": one.merchant_id}
    return draw_form(request, form, title=title, back=_page(ref, one))


@page("partners.edit")
def roll(request: HttpRequest, ref: str, door_id: int) -> HttpResponse:
    """New secrets, while the old ones are good for some time yet."""
    found, one = _door(ref, door_id)
    form = RollDoorForm(_sent(request), kind=DoorKind(one.kind))
    to_password = password_if_sent(request)
    if to_password:
        return to_password
    made: list[NewDoor] = []

    def replace(**who_and_when: Any) -> None:
        overlap, app_secret = form.overlap(), form.app_secret()
        door = channels.roll_door(
            door_id=one.pk, overlap=overlap, app_secret=app_secret, **who_and_when
        )
        made.append(door)

    if saved(request, form, replace, done=_("The door has new secrets.")):
        return _shown_once(request, found, made[0], is_rolled=bool(form.overlap()))
    title = _("New secrets of the door %(number)s") % {"number": one.merchant_id}
    hint = _("What we send is signed with the new ones at once.")
    return draw_form(request, form, title=title, hint=hint, back=_page(ref, one))


@deed("partners.edit", back="office_partner", of="ref")
def close(request: HttpRequest, ref: str, door_id: int) -> Deed:
    _found, one = _door(ref, door_id)
    return Deed(
        partial(channels.close_door, door_id=one.pk),
        done=_("Closed: nobody comes in by it any more."),
    )


def _door(ref: str, door_id: int) -> tuple[Partner, Door]:
    found = get_partner(ref=ref)
    return found, get_object_or_404(Door, pk=door_id, partner=found)


def _shown_once(
    request: HttpRequest, found: Partner, made: NewDoor, *, is_rolled: bool = False
) -> HttpResponse:
    one = Door.objects.get(pk=made.door_id)
    response = draw(
        request,
        "dashboard/door_secret.html",
        title=_("Door: %(kind)s") % {"kind": DoorKind(one.kind).label},
        partner=found,
        door=one,
        words=DOORS[DoorKind(one.kind)],
        address=door_address(uid=one.uid, kind=one.kind),
        secret=made.merchant_secret.reveal(),
        is_rolled=is_rolled,
    )
    response["Cache-Control"] = "no-store"
    return response


def _sent(request: HttpRequest) -> Any:
    """All fields may be left empty: nothing but its method tells that a form was sent."""
    return request.POST if request.method == "POST" else None


def _page(ref: str, one: Door) -> str:
    return reverse("office_door", args=[ref, one.pk])
