"""A partner's webhooks: its endpoints, made, changed, switched off and on. A secret is on the page
of its making and nowhere else."""

from functools import partial
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from channels import services as channels
from channels.models import EndpointMove, Partner, WebhookEndpoint
from channels.selectors import (
    count_waiting,
    deliveries_of,
    endpoints_of,
    get_endpoint,
    get_partner,
    traffic_of,
)
from channels.states import GAVE_UP, DeliveryState, EndpointState, EventKind, OffReason
from channels.types import EndpointTerms, NewEndpoint
from core.errors import NotFound
from dashboard.access import actor_of, allows, known_as
from dashboard.frame import Deed, deed, draw, draw_form, page, password_if_sent, saved
from dashboard.hooking import (
    KINDS,
    STATES,
    EndpointForm,
    delivery_row,
    endpoint_row,
    typed_of,
)
from dashboard.paging import latest
from dashboard.places import back_here, place_of

LIST, ONE = "office_webhooks", "office_webhook"


@page("partners.view")
def webhooks(request: HttpRequest, ref: str) -> HttpResponse:
    found = get_partner(ref=ref)
    traffic = traffic_of(partner_id=found.pk, now=timezone.now())
    return draw(
        request,
        "dashboard/webhooks.html",
        title=_("Webhooks of %(name)s") % {"name": found.name},
        partner=found,
        rows=[endpoint_row(one, traffic.get(one.pk)) for one in endpoints_of(partner_id=found.pk)],
        may_edit=allows(request, "partners.edit"),
    )


@page("partners.edit")
def new(request: HttpRequest, ref: str) -> HttpResponse:
    found = get_partner(ref=ref)
    form = EndpointForm(request.POST or None)
    to_password = password_if_sent(request)
    if to_password:
        return to_password
    made: list[NewEndpoint] = []

    def make(**who_and_when: Any) -> None:
        given = form.terms()
        made.append(channels.make_endpoint(partner_id=found.pk, terms=given, **who_and_when))

    if saved(request, form, make, done=_("It is told from now on.")):
        return _shown_once(request, found, made[0])
    title = _("New endpoint of %(name)s") % {"name": found.name}
    return draw_form(request, form, title=title, back=place_of(request, LIST, ref))


@page("partners.view")
def webhook(request: HttpRequest, ref: str, hook: str) -> HttpResponse:
    found, one = _endpoint(ref, hook)
    now = timezone.now()
    moves = list(one.moves.order_by("-at", "-pk"))
    return draw(
        request,
        "dashboard/webhook.html",
        title=_("Endpoint of %(name)s") % {"name": found.name},
        partner=found,
        row=endpoint_row(one, traffic_of(partner_id=found.pk, now=now).get(one.pk)),
        missed_since=next((move.at for move in moves if move.new != EndpointState.ACTIVE), None),
        waiting=count_waiting(endpoint_id=one.pk),
        has_old=one.old_secret_until is not None and one.old_secret_until > now,
        moves=[_move(move, known_as(request, move.by)) for move in moves],
        sample_kind=EventKind.ORDER_COMPLETED.value,
        may_edit=allows(request, "partners.edit"),
        **_deliveries(request, found, one),
    )


def _move(move: EndpointMove, by: str) -> tuple[EndpointMove, str, str, str]:
    """With what it was, by whom, and a tone."""
    if move.new == EndpointState.ACTIVE:
        return move, _("switched on"), by, "good"
    why = OffReason(move.reason)
    tone = "bad" if why in GAVE_UP else ""
    return move, _("switched off"), f"{why.label} · {by}", tone


def _deliveries(request: HttpRequest, found: Partner, one: WebhookEndpoint) -> dict[str, Any]:
    """The log, narrowed as the address says."""
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    rows = deliveries_of(partner_id=found.pk).filter(endpoint=one)
    if state in DeliveryState.values:
        rows = rows.filter(state=state)
    if kind in EventKind.values:
        rows = rows.filter(event__kind=kind)
    paging = latest(rows, given=request.GET)
    return {
        "rows": [delivery_row(row) for row in paging.rows],
        "paging": paging,
        "states": [(value, capfirst(words)) for value, words in STATES.items()],
        "kinds": KINDS,
        "state": state,
        "kind": kind,
    }


@page("partners.edit")
def edit(request: HttpRequest, ref: str, hook: str) -> HttpResponse:
    """What a shop tells its partner goes to another address: as with a new one, the password is
    asked for first."""
    found, one = _endpoint(ref, hook)
    form = EndpointForm(request.POST or None, initial=typed_of(one))
    to_password = password_if_sent(request)
    if to_password:
        return to_password

    def change(**who_and_when: Any) -> None:
        channels.change_endpoint(endpoint_id=one.pk, terms=form.terms(), **who_and_when)

    if saved(request, form, change, done=_("Saved. What is sent from now on follows it.")):
        return back_here(request, ONE, ref, hook)
    title = _("Endpoint of %(name)s") % {"name": found.name}
    return draw_form(request, form, title=title, back=place_of(request, ONE, ref, hook))


@page("partners.edit")
def rotate(request: HttpRequest, ref: str, hook: str) -> HttpResponse:
    """A new secret; the one before signs beside it for a day."""
    found, one = _endpoint(ref, hook)
    to_password = password_if_sent(request)
    if to_password:
        return to_password
    if request.method == "POST":
        made = channels.rotate_secret(endpoint_id=one.pk, by=actor_of(request), now=timezone.now())
        return _shown_once(request, found, made, is_rolled=True)
    title = _("New secret")
    hint = _(
        "For one day what is sent is signed with both, so that the partner's program can be "
        "changed at leisure. A secret from before the last one signs no more."
    )
    back = place_of(request, ONE, ref, hook)
    return draw_form(
        request, Form(), title=title, hint=hint, back=back, verb=_("Make a new secret")
    )


@deed("partners.edit", back=ONE, of="ref hook")
def webhook_do(request: HttpRequest, ref: str, hook: str, verb: str) -> Deed:
    _found, one = _endpoint(ref, hook)
    deeds = {
        "on": (
            True,
            _("It is told again, and what waited goes out. Send a time again for what it missed."),
        ),
        "off": (False, _("It is told nothing until it is switched on again.")),
    }
    if verb not in deeds:
        raise NotFound
    is_active, done = deeds[verb]
    terms = EndpointTerms(is_active=is_active)
    return Deed(partial(channels.change_endpoint, endpoint_id=one.pk, terms=terms), done=done)


@deed("partners.edit", back=LIST, of="ref")
def remove(request: HttpRequest, ref: str, hook: str) -> Deed:
    _found, one = _endpoint(ref, hook)
    return Deed(
        partial(channels.remove_endpoint, endpoint_id=one.pk),
        done=_("Removed: nothing is sent there any more."),
    )


def _endpoint(ref: str, hook: str) -> tuple[Partner, WebhookEndpoint]:
    found = get_partner(ref=ref)
    return found, get_endpoint(partner_id=found.pk, ref=hook)


def _shown_once(
    request: HttpRequest, found: Partner, made: NewEndpoint, *, is_rolled: bool = False
) -> HttpResponse:
    response = draw(
        request,
        "dashboard/webhook_secret.html",
        title=_("Webhook secret"),
        partner=found,
        hook=made.ref,
        text=made.secret.reveal(),
        is_rolled=is_rolled,
    )
    response["Cache-Control"] = "no-store"
    return response
