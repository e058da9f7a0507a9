"""Endpoints: made, changed, given new secrets, disabled. `_move` alone writes their state.

A secret is in the answer of its making and nowhere else.
"""

import base64
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from channels.errors import TooManyEndpoints
from channels.events import EndpointDisabled
from channels.models import (
    ENDPOINT_OLD_SECRET,
    ENDPOINT_SECRET,
    EndpointMove,
    Partner,
    PartnerShelf,
    WebhookEndpoint,
)
from channels.selectors.webhooks import endpoints_of
from channels.states import ENDPOINT_MOVES, EndpointState, EventKind, OffReason
from channels.types import EndpointTerms, NewEndpoint
from core.actors import Actor
from core.addresses import checked_url
from core.crypto import seal, unseal
from core.errors import InvalidInput, NotFound
from core.outbox import emit
from core.refs import new_ref
from core.scope import tenant_atomic
from core.secrets import Secret
from core.states import check_move
from tenants import audit

MOST_ENDPOINTS = 16
OVERLAP = timedelta(hours=24)
SECRET_BYTES = 32


@tenant_atomic
def make_endpoint(
    *, partner_id: int, terms: EndpointTerms, by: Actor, now: datetime
) -> NewEndpoint:
    """An endpoint that is told from now on; its secret is given this once.

    Raises InvalidInput and TooManyEndpoints.
    """
    url, kinds = checked_url(terms.url or ""), _kinds(terms.kinds or ())
    partner = Partner.objects.select_for_update(of=("self",), no_key=True).get(pk=partner_id)
    if endpoints_of(partner_id=partner_id).count() >= MOST_ENDPOINTS:
        raise TooManyEndpoints(
            _("You have %(most)s endpoints already. Remove one first.") % {"most": MOST_ENDPOINTS}
        )
    endpoint = WebhookEndpoint(
        partner=partner, ref=f"we_{new_ref(16)}", url=url, kinds=kinds, made_at=now
    )
    secret = _new_secret()
    endpoint.secret = seal(secret.reveal(), place=ENDPOINT_SECRET, uid=endpoint.uid)
    endpoint.save()
    PartnerShelf.objects.get_or_create(partner=partner, defaults={"next_at": now})
    audit.record(by=by, action="webhook.made", target=endpoint.ref, now=now)
    return NewEndpoint(endpoint_id=endpoint.pk, ref=endpoint.ref, secret=secret)


@tenant_atomic
def change_endpoint(
    *, endpoint_id: int, terms: EndpointTerms, by: Actor, now: datetime
) -> WebhookEndpoint:
    """Told elsewhere, of something else, or not any more; what waits goes to the new address."""
    endpoint = _locked(endpoint_id)
    if terms.url is not None:
        endpoint.url = checked_url(terms.url)
    if terms.kinds is not None:
        endpoint.kinds = _kinds(terms.kinds)
    endpoint.save(update_fields=["url", "kinds"])
    wanted = EndpointState.DISABLED if terms.is_active is False else EndpointState.ACTIVE
    if terms.is_active is not None and endpoint.state != wanted:
        _move(endpoint, wanted, reason=_asked_by(by), by=by, now=now)
    audit.record(by=by, action="webhook.changed", target=endpoint.ref, now=now)
    return endpoint


@tenant_atomic
def remove_endpoint(*, endpoint_id: int, by: Actor, now: datetime) -> None:
    """It is told nothing any more, and is not listed; its history stays."""
    endpoint = _locked(endpoint_id)
    _move(endpoint, EndpointState.REMOVED, reason=_asked_by(by), by=by, now=now)
    audit.record(by=by, action="webhook.removed", target=endpoint.ref, now=now)


@tenant_atomic
def rotate_secret(*, endpoint_id: int, by: Actor, now: datetime) -> NewEndpoint:
    """A new secret; the one before signs beside it for a day, one before that no more."""
    endpoint, secret = _locked(endpoint_id), _new_secret()
    before = unseal(bytes(endpoint.secret), place=ENDPOINT_SECRET, uid=endpoint.uid)
    endpoint.old_secret = seal(before, place=ENDPOINT_OLD_SECRET, uid=endpoint.uid)
    endpoint.old_secret_until = now + OVERLAP
    endpoint.secret = seal(secret.reveal(), place=ENDPOINT_SECRET, uid=endpoint.uid)
    endpoint.save(update_fields=["old_secret", "old_secret_until", "secret"])
    audit.record(by=by, action="webhook.rotated", target=endpoint.ref, now=now)
    return NewEndpoint(endpoint_id=endpoint.pk, ref=endpoint.ref, secret=secret)


def disable(endpoint: WebhookEndpoint, *, reason: OffReason, by: Actor, now: datetime) -> None:
    """A locked endpoint is told nothing any more; what waits for it stays, and goes out when it is
    active again."""
    _move(endpoint, EndpointState.DISABLED, reason=reason, by=by, now=now)
    audit.record(by=by, action="webhook.disabled", target=endpoint.ref, reason=reason, now=now)
    emit(EndpointDisabled(endpoint_id=endpoint.pk))


def _move(
    endpoint: WebhookEndpoint, new: EndpointState, *, reason: str, by: Actor, now: datetime
) -> None:
    """Move a locked endpoint, or raise MoveRefused; the history row goes with it."""
    old = EndpointState(endpoint.state)
    check_move(ENDPOINT_MOVES, old, new)
    endpoint.state, endpoint.failing_since = new, None
    endpoint.reason = "" if new == EndpointState.ACTIVE else reason
    endpoint.save(update_fields=["state", "reason", "failing_since"])
    EndpointMove.objects.create(
        endpoint=endpoint, old=old, new=new, by=by.label[:80], reason=reason, at=now
    )


def _asked_by(by: Actor) -> OffReason:
    """Staff has a user; a partner comes with a key."""
    return OffReason.BY_PARTNER if by.user_id is None else OffReason.BY_SHOP


def _locked(endpoint_id: int) -> WebhookEndpoint:
    """Raises NotFound for one that was removed in the meantime."""
    found = WebhookEndpoint.objects.select_for_update(of=("self",), no_key=True)
    endpoint = found.filter(pk=endpoint_id).exclude(state=EndpointState.REMOVED).first()
    if endpoint is None:
        raise NotFound
    return endpoint


def _new_secret() -> Secret:
    return Secret(f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}")


def _kinds(given: Iterable[str]) -> list[str]:
    wanted = sorted(set(given))
    if not set(wanted) <= set(EventKind.values):
        raise InvalidInput(_("There is no event of this type."), param="events")
    return wanted
