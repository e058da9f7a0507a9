"""What an endpoint of a partner's was sent: one delivery, once more, a time once more, a sample."""

from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from channels import services as channels
from channels.models import WebhookDelivery, WebhookEndpoint
from channels.selectors import get_delivery, get_endpoint, get_partner
from channels.states import DeliveryState, EndpointState, EventKind
from channels.types import Replayed
from core.actors import Actor
from core.errors import InvalidInput
from core.scope import tenant_atomic
from dashboard.access import actor_of, allows
from dashboard.frame import Deed, attempt, deed, draw, page, saved
from dashboard.hooking import ReplayForm, body_shown, delivery_row, endpoint_row, tries_words
from dashboard.places import back_here, place_of

ENDPOINT, ONE = "office_webhook", "office_delivery"


@page("partners.view")
def delivery(request: HttpRequest, ref: str, delivery: str) -> HttpResponse:
    found = get_partner(ref=ref)
    one = get_delivery(partner_id=found.pk, ref=delivery)
    is_on = one.endpoint.state == EndpointState.ACTIVE
    return draw(
        request,
        "dashboard/delivery.html",
        title=_("Delivery %(ref)s") % {"ref": one.ref},
        partner=found,
        row=delivery_row(one),
        hook=endpoint_row(one.endpoint),
        tries=tries_words(one),
        body=body_shown(one),
        is_on=is_on,
        may_send=allows(request, "partners.edit") and is_on and one.state != DeliveryState.PENDING,
    )


@deed("partners.edit", back=ONE, of="ref delivery")
def again(request: HttpRequest, ref: str, delivery: str) -> Deed:
    one = get_delivery(partner_id=get_partner(ref=ref).pk, ref=delivery)
    return Deed(
        partial(channels.retry_delivery, delivery_id=one.pk), done=_("It is being sent again.")
    )


@page("partners.edit", own_scope=True)
@require_POST
def sample(request: HttpRequest, ref: str, hook: str) -> HttpResponse:
    """A made-up event, sent while the person waits: in no transaction."""
    one = _endpoint(ref, hook)
    made: list[WebhookDelivery] = []
    if attempt(request, lambda: made.append(_made(request, one)), done="") is not None:
        return back_here(request, ENDPOINT, ref, hook)
    channels.send_now(delivery_id=made[0].pk, endpoint_id=one.pk, now=timezone.now())
    return back_here(request, ONE, ref, made[0].ref)


def _made(request: HttpRequest, one: WebhookEndpoint) -> WebhookDelivery:
    kind = request.POST.get("kind", "")
    if kind not in EventKind.values:
        raise InvalidInput(_("There is no event of this type."), param="kind")
    return channels.make_sample(endpoint=one, kind=kind, by=actor_of(request), now=timezone.now())


@page("partners.edit")
def replay(request: HttpRequest, ref: str, hook: str) -> HttpResponse:
    """Everything of a time once more."""
    one = _endpoint(ref, hook)
    form = ReplayForm(request.POST or None, initial={"since": request.GET.get("since", "")})
    sent: list[Replayed] = []

    def send(*, by: Actor, now: datetime) -> None:
        since, until = form.span(now=now)
        again = channels.replay_events(endpoint=one, since=since, until=until, by=by, now=now)
        sent.append(again)

    if saved(request, form, send, done=""):
        return _told_of(request, sent[0], ref, hook)
    return draw(
        request,
        "dashboard/supply_form.html",
        is_refused=request.method == "POST",
        title=_("Send a time again"),
        about=urlsplit(one.url).hostname,
        hint=_(
            "Everything of that time that it wants to hear goes out again, the oldest first, also "
            "what had arrived. Each event keeps its id, so that the partner's program can tell."
        ),
        form=form,
        verb=_("Send again"),
        back=place_of(request, ENDPOINT, ref, hook),
    )


def _told_of(request: HttpRequest, sent: Replayed, ref: str, hook: str) -> HttpResponseRedirect:
    """What goes out; of what did not fit, the form for the rest."""
    words = ngettext(
        "%(count)s event goes out again.", "%(count)s events go out again.", sent.count
    )
    messages.success(request, words % {"count": sent.count})
    if sent.next_since is None:
        return back_here(request, ENDPOINT, ref, hook)
    messages.warning(request, _("So many go at once. Send again from here on for the rest."))
    since = timezone.localtime(sent.next_since).replace(tzinfo=None)
    again = place_of(request, "office_replay", ref, hook)
    return HttpResponseRedirect(f"{again}?since={since.isoformat(timespec='milliseconds')}")


@tenant_atomic
def _endpoint(ref: str, hook: str) -> WebhookEndpoint:
    """In the request's transaction, or in one of its own where that has none."""
    return get_endpoint(partner_id=get_partner(ref=ref).pk, ref=hook)
