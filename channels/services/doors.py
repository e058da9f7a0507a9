"""Opening a door for a platform, its secrets, and what is refused at it."""

import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.models import DOOR_SECRETS, Door, Partner, PartnerShelf
from channels.services.addresses import read_networks
from channels.services.keys import USED_EVERY
from channels.states import DoorKind, DoorRefusalKind
from channels.types import DoorSeat, DoorTerms, NewDoor
from core.actors import Actor
from core.addresses import PORT
from core.crypto import seal, unseal
from core.errors import InvalidInput, NotFound
from core.scope import require_tenant, tenant_atomic
from core.secrets import Secret
from core.statements import run
from tenants import audit

SECRET_BYTES = 24
AES_KEY = 32  # characters of Agiso's app secret, which cards are enciphered with
MOST_HOSTS = 20
LONGEST_URL = 500
CARDS = ("aes", "plain")
# Doors of before name goods by their rows, and go on so: their buyers have the numbers in use.
OWN_NUMBERS: Mapping[str, Mapping[str, str]] = {DoorKind.KASUSHOU: {"numbers": "own"}}
# All that lies below a name has that name's own two parts: `*.com` would be everybody's.
_HOST = re.compile(
    r"(?:https?://)?(?:\*\.(?=[^.:]+\.))?[a-z0-9](?:[a-z0-9.-]{0,200}[a-z0-9])?"
    rf"(?::{PORT})?"
)
_NETLOC = re.compile(r"[a-z0-9.-]+(?::[0-9]{1,5})?")  # no name before an @, and no backslash
_REFUSE = """
    INSERT INTO channels_doorrefusal
           (tenant_id, door_id, path, why, times, first_at, last_at, last_from)
    VALUES (%(tenant)s, %(door)s, %(path)s, %(why)s, 1, %(now)s, %(now)s, %(address)s)
        ON CONFLICT (tenant_id, door_id, path, why)
        DO UPDATE SET times = channels_doorrefusal.times + 1,
                      last_at = excluded.last_at, last_from = excluded.last_from
"""


@tenant_atomic
def open_door(*, partner_id: int, terms: DoorTerms, by: Actor, now: datetime) -> NewDoor:
    """A door for a platform, with a merchant number and secret of ours; raises InvalidInput."""
    _check(terms)
    partner = Partner.objects.get(pk=partner_id)
    own = _new_secret()
    door = Door(
        uid=uuid4(),
        partner=partner,
        kind=terms.kind,
        app_id=terms.app_id,
        merchant_id=str(10**9 + secrets.randbelow(9 * 10**9)),
        hosts=[host.lower() for host in terms.hosts],
        networks=read_networks(terms.networks),
        options=dict(terms.options) | dict(OWN_NUMBERS.get(terms.kind, {})),
        made_at=now,
    )
    door.secrets = _sealed(door, [(terms.app_secret.reveal(), own)])
    door.save()
    if door.kind == DoorKind.KASUSHOU:  # it may ask what cost what before
        keep_prices(partner_id=partner.pk, now=now)
    _record("door.opened", door, by=by, now=now)
    return _new(door, own)


@tenant_atomic
def keep_prices(*, partner_id: int, now: datetime) -> None:
    """From now on it is noted when a price changes for the partner; twice is once."""
    PartnerShelf.objects.get_or_create(partner_id=partner_id, defaults={"next_at": now})


@tenant_atomic
def change_door(
    *, door_id: int, hosts: tuple[str, ...], networks: tuple[str, ...], by: Actor, now: datetime
) -> None:
    """Where it is called back, and from where it is called, from now on; raises InvalidInput."""
    door = _open(door_id)
    _check_ways(DoorTerms(kind=door.kind, hosts=hosts, options=door.options))
    door.hosts = [host.lower() for host in hosts]
    door.networks = read_networks(networks)
    door.save(update_fields=["hosts", "networks"])
    _record("door.changed", door, by=by, now=now)


@tenant_atomic
def roll_door(
    *, door_id: int, overlap: timedelta, app_secret: Secret | None = None, by: Actor, now: datetime
) -> NewDoor:
    """New secrets; calls signed with the old ones are good until `overlap` is over.

    We sign with the new ones at once. Without an `app_secret` the platform's own stays.
    """
    door = _open(door_id)
    (app, before), *_older = json.loads(
        unseal(bytes(door.secrets), place=DOOR_SECRETS, uid=door.uid)
    )
    wanted = app if app_secret is None else app_secret.reveal()
    _check_secret(door.kind, Secret(wanted), door.options)
    own = _new_secret()
    door.secrets = _sealed(door, [(wanted, own), (app, before)])
    door.old_until = now + overlap
    door.save(update_fields=["secrets", "old_until"])
    _record("door.rolled", door, by=by, now=now)
    return _new(door, own)


@tenant_atomic
def close_door(*, door_id: int, by: Actor, now: datetime) -> None:
    """Nobody comes in by it or is told anything any more; what was bought stays the partner's."""
    door = _locked(door_id)
    if door.closed_at is None:
        door.closed_at = now
        door.save(update_fields=["closed_at"])
        _record("door.closed", door, by=by, now=now)


@tenant_atomic
def mark_door_used(*, door: DoorSeat, address: str, now: datetime) -> None:
    """Remember when and from where, about once a minute, as of a key."""
    last = door.seat.last_used_at
    if last is not None and last > now - USED_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USED_EVERY)
    Door.objects.filter(stale, pk=door.door_id).update(
        last_used_at=now, last_used_from=address or None
    )


@tenant_atomic
def note_refused(
    *, door: DoorSeat, path: str, why: DoorRefusalKind, address: str, now: datetime
) -> None:
    """Count a call that was not the platform's. Of the call nothing else is kept."""
    given = {
        "tenant": require_tenant(),
        "door": door.door_id,
        "path": path[:60],
        "why": why,
        "now": now,
        "address": address or None,
    }
    run(_REFUSE, given)


def check_callback(*, door: DoorSeat, url: str, param: str) -> str:
    """The address, if it lies on one of the door's hosts; raises InvalidInput."""
    if url and not (len(url) <= LONGEST_URL and any(_is_at(url, host) for host in door.hosts)):
        raise InvalidInput(
            _("This door calls back at its listed hosts only. Have the shop list this one."),
            param=param,
        )
    return url


def _is_at(url: str, host: str) -> bool:
    """`*.example.com` is whatever lies below it; plain http is for a host that says so."""
    scheme, separator, name = host.rpartition("://")
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    at = parts.netloc.lower()
    is_fit = url.isascii() and url.isprintable() and _NETLOC.fullmatch(at)
    if not is_fit or parts.scheme != (scheme if separator else "https"):
        return False
    return at.endswith(name[1:]) and len(at) >= len(name) if name.startswith("*.") else at == name


def _check(terms: DoorTerms) -> None:
    if terms.kind not in DoorKind.values:
        raise InvalidInput(_("Choose one of the listed protocols."), param="kind")
    has_app = terms.kind != DoorKind.KASUSHOU
    if has_app and not re.fullmatch(r"[0-9]{1,18}", terms.app_id):
        raise InvalidInput(_("The platform's app number is up to 18 digits."), param="app_id")
    _check_secret(terms.kind, terms.app_secret, terms.options)
    _check_options(terms.options)
    _check_ways(terms)


def _check_secret(kind: str, secret: Secret, options: Mapping[str, str]) -> None:
    text = secret.reveal()
    if kind != DoorKind.KASUSHOU and not (8 <= len(text) <= 100 and text.isascii()):
        raise InvalidInput(_("Copy the app secret as the platform shows it."), param="app_secret")
    if kind == DoorKind.AGISO and _cards(options) == "aes" and len(text) != AES_KEY:
        raise InvalidInput(
            _("Cards are enciphered with an app secret of %(length)s characters.")
            % {"length": AES_KEY},
            param="app_secret",
        )


def _check_ways(terms: DoorTerms) -> None:
    """Where it is called back, and where prices are told."""
    _check_hosts(terms.hosts)
    _check_clear(terms)
    url = terms.options.get("price_url", "")
    if url and not any(_is_at(url, host) for host in terms.hosts):
        raise InvalidInput(_("Name its host among those that are called back."), param="price_url")


def _check_hosts(hosts: tuple[str, ...]) -> None:
    if len(hosts) > MOST_HOSTS:
        raise InvalidInput(_("At most %(most)s hosts.") % {"most": MOST_HOSTS}, param="hosts")
    wrong = next((host for host in hosts if not _HOST.fullmatch(host.lower())), None)
    if wrong is not None:
        raise InvalidInput(
            _(
                "“%(host)s” is no host: write one such as open.example.com or *.example.com, "
                "without a path or a name before an “@”, its port at most 65535."
            )
            % {"host": wrong[:60]},
            param="hosts",
        )
    if not _may_be_local() and any(host.rpartition(":")[2].isdigit() for host in hosts):
        raise InvalidInput(_("A host is called at its usual port."), param="hosts")


def _check_clear(terms: DoorTerms) -> None:
    """Cards are called back by two of the protocols, by one of them enciphered."""
    is_sealed = terms.kind == DoorKind.AGISO and _cards(terms.options) == "aes"
    has_plain = any(host.lower().startswith("http://") for host in terms.hosts)
    if has_plain and not (is_sealed or terms.kind == DoorKind.KASUSHOU or _may_be_local()):
        raise InvalidInput(_("Cards in the clear are not sent without TLS."), param="hosts")


def _may_be_local() -> bool:
    return bool(settings.SUPPLIERS_MAY_BE_LOCAL)


def _check_options(options: Mapping[str, str]) -> None:
    unknown = sorted(set(options) - {"cards", "price_url"})
    if unknown or _cards(options) not in CARDS:
        raise InvalidInput(_("A door has no such option."), param="options")


def _cards(options: Mapping[str, str]) -> str:
    return options.get("cards", "aes")


def _new_secret() -> str:
    return secrets.token_hex(SECRET_BYTES)


def _sealed(door: Door, pairs: list[tuple[str, str]]) -> bytes:
    return seal(json.dumps(pairs), place=DOOR_SECRETS, uid=door.uid)


def _new(door: Door, own: str) -> NewDoor:
    return NewDoor(
        door_id=door.pk,
        uid=door.uid,
        merchant_id=door.merchant_id,
        merchant_secret=Secret(own),
    )


def _open(door_id: int) -> Door:
    door = _locked(door_id)
    if door.closed_at is not None:
        raise InvalidInput(_("This door is closed. Open a new one."))
    return door


def _locked(door_id: int) -> Door:
    found = Door.objects.select_for_update(of=("self",), no_key=True).filter(pk=door_id)
    door = found.select_related("partner").first()
    if door is None:
        raise NotFound
    return door


def _record(action: str, door: Door, *, by: Actor, now: datetime) -> None:
    told: dict[str, str | int | None] = {"kind": door.kind, "merchant": door.merchant_id}
    audit.record(by=by, action=action, target=door.partner.ref, now=now, data=told)
