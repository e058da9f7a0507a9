"""Who is told: added, changed, removed."""

from base64 import b64decode
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.addresses import checked_url, is_local
from core.contacts import clean_mail
from core.crypto import seal
from core.errors import InvalidInput
from core.refs import new_ref
from core.scope import tenant_atomic
from core.secrets import masked
from notices.adapters.robots import HOSTS
from notices.models import ADDRESS, SECRET, Recipient
from notices.selectors import get_recipient, recipients
from notices.states import Topic, Way
from notices.types import RecipientTerms
from tenants import audit

MOST, LONGEST_NAME, LONGEST_SECRET, MOST_SHOWN = 20, 40, 200, 120


@tenant_atomic
def add_recipient(*, terms: RecipientTerms, by: Actor, now: datetime) -> Recipient:
    """Somebody who is told from now on. Raises InvalidInput."""
    if recipients().count() >= MOST:
        raise InvalidInput(
            _("At most %(most)s can be told. Remove one first.") % {"most": MOST}, param="name"
        )
    one = Recipient(ref=new_ref(), made_at=now, rests_until=now)
    _write(one, terms)
    one.save()
    audit.record(by=by, action="recipient.added", target=one.name, now=now)
    return one


@tenant_atomic
def change_recipient(*, ref: str, terms: RecipientTerms, by: Actor, now: datetime) -> Recipient:
    """What was on its way goes to the new address. Raises InvalidInput."""
    one = _locked(ref)
    _write(one, terms)
    one.save(update_fields=["name", "way", "topics", "language", "address", "shown", "secret"])
    audit.record(by=by, action="recipient.changed", target=one.name, now=now)
    return one


@tenant_atomic
def drop_recipient(*, ref: str, by: Actor, now: datetime) -> None:
    """Told nothing any more; what was told stays in the history."""
    one = _locked(ref)
    one.is_on = False
    one.save(update_fields=["is_on"])
    audit.record(by=by, action="recipient.dropped", target=one.name, now=now)


def _locked(ref: str) -> Recipient:
    """Raises NotFound."""
    one = get_recipient(ref=ref)
    return recipients().select_for_update(of=("self",), no_key=True).get(pk=one.pk)


def _write(one: Recipient, terms: RecipientTerms) -> None:
    name = terms.name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput(_("Write a name of at most 40 characters."), param="name")
    if terms.way not in Way.values:
        raise InvalidInput(_("Choose how it is told."), param="way")
    topics = [topic for topic in Topic.values if topic in terms.topics]
    if not topics:
        raise InvalidInput(_("Choose at least one."), param="topics")
    has_moved = bool(one.way) and one.way != terms.way
    one.name, one.way, one.topics, one.language = name, terms.way, topics, terms.language
    if terms.address is not None:
        address = _address(terms.way, terms.address)
        one.address = seal(address, place=ADDRESS, uid=one.uid)
        one.shown = _shown(terms.way, address)
    elif has_moved or not one.address:
        raise InvalidInput(_("Write where it is told."), param="address")
    if has_moved:
        one.secret = None
    if terms.secret is not None:
        secret = _secret(terms.way, terms.secret.strip())
        one.secret = seal(secret, place=SECRET, uid=one.uid) if secret else None


def _address(way: str, text: str) -> str:
    if way == Way.MAIL:
        try:
            return clean_mail(text)
        except InvalidInput as why:
            raise InvalidInput(why.message, param="address") from why
    url = checked_url(text, param="address")
    start = HOSTS.get(Way(way))
    if start is None or url.startswith(start):
        return url
    if settings.WEBHOOKS_MAY_BE_LOCAL and is_local(url):
        return url
    raise InvalidInput(
        _("An address of this robot begins with %(start)s") % {"start": start}, param="address"
    )


def _shown(way: str, address: str) -> str:
    """An address of the web may be a password as a whole."""
    if way == Way.MAIL:
        return address[:MOST_SHOWN]
    host = "/".join(address.split("/", 3)[:3])
    return f"{host[: MOST_SHOWN - 6]}/…{masked(address)[-4:]}"


def _secret(way: str, text: str) -> str:
    if not text or way in {Way.MAIL, Way.WECOM}:
        return ""
    if len(text) > LONGEST_SECRET:
        raise InvalidInput(_("This secret is too long."), param="secret")
    if way == Way.WEBHOOK and not _is_signing(text):
        raise InvalidInput(
            _("A secret of a webhook is whsec_ and a text in Base64."), param="secret"
        )
    return text


def _is_signing(text: str) -> bool:
    """24 to 64 bytes, as the Standard Webhooks specification wants them."""
    try:
        secret = b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        return False
    return text.startswith("whsec_") and 24 <= len(secret) <= 64
