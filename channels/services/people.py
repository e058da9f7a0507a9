"""A partner's own people: invited by a link that works once, signed in, removed.

A link's text and a session's are in the answer of their making and nowhere else.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from channels.errors import LinkEnded, PersonKnown
from channels.models import Partner, Person, PersonFactor, PersonSession
from channels.selectors import find_person, find_person_by_link
from core.actors import Actor
from core.crypto import digest
from core.errors import InvalidInput, NotFound
from core.scope import tenant_atomic
from core.secrets import Secret
from tenants import audit
from tenants.selectors import is_sandbox

LINK_GOOD = timedelta(hours=72)
RESET_GOOD = timedelta(hours=1)
SIGNED_IN = timedelta(hours=12)
TOKEN_BYTES = 32  # 256 bits: a plain digest of it cannot be turned back
LONGEST_MAIL = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """`token` is what the link ends with; shown this once and kept nowhere."""

    person_id: int
    email: str
    token: Secret
    until: datetime


def actor_of(person: Person, *, ip: str = "") -> Actor:
    return Actor(f"person:{person.pk} {person.email}"[:80], ip=ip)


@tenant_atomic
def invite_person(
    *, partner_id: int, email: str, may_edit: bool, by: Actor, now: datetime
) -> NewLink:
    """A person of the partner's, without a password yet. Raises InvalidInput, PersonKnown."""
    if is_sandbox():
        raise InvalidInput(_("Invite people in the shop itself: its console has the test mode."))
    email = email.strip().lower()
    if "@" not in email or len(email) > LONGEST_MAIL:
        raise InvalidInput(_("Write a mail address."), param="email")
    partner = Partner.objects.get(pk=partner_id)
    try:
        with transaction.atomic():
            person = Person.objects.create(
                partner=partner, email=email, may_edit=may_edit, made_at=now, made_by=by.label[:80]
            )
    except IntegrityError:
        raise PersonKnown(
            _("This person is at the console already, of this partner or of another one."),
            param="email",
        ) from None
    data: dict[str, str | int | None] = {"partner": partner.ref, "may_edit": int(may_edit)}
    audit.record(by=by, action="person.invited", target=email, now=now, data=data)
    return _linked(person, now=now)


@tenant_atomic
def link_anew(*, person_id: int, by: Actor, now: datetime) -> NewLink:
    """Another link for who lost the last one, or the password; the last one works no more."""
    person = locked_person(person_id=person_id)
    audit.record(by=by, action="person.linked", target=person.email, now=now)
    return _linked(person, now=now)


@tenant_atomic
def link_for_lost_password(*, email: str, by: Actor, now: datetime) -> NewLink | None:
    """For who has lost the password and asks by mail; None of nobody, and of who never had one.

    The password is good until the link is used.
    """
    found = find_person(email=email)
    person = locked_person(person_id=found.pk) if found else None
    if person is None or not person.password:
        return None
    audit.record(by=by, action="person.lost_password", target=person.email, now=now)
    return _linked(person, now=now, good=RESET_GOOD)


def _linked(person: Person, *, now: datetime, good: timedelta = LINK_GOOD) -> NewLink:
    token, until = secrets.token_urlsafe(TOKEN_BYTES), now + good
    person.link_digest, person.link_until = digest(token), until
    person.save(update_fields=["link_digest", "link_until"])
    return NewLink(person_id=person.pk, email=person.email, token=Secret(token), until=until)


def accept_link(*, token: str, name: str, password: str, ip: str, now: datetime) -> Secret | None:
    """Set name and password by a link, which is used up; signed in here and nowhere else.

    The answer is the session's text, or None of who has a second factor: a link is no way past it.
    The password is judged by the caller. Raises LinkEnded.
    """
    hashed = make_password(password)
    with tenant_atomic():
        found = find_person_by_link(token=token, now=now)
        person = locked_person(person_id=found.pk) if found else None
        if person is None or bytes(person.link_digest or b"") != digest(token):
            raise LinkEnded(
                _("This link has been used, or is too old. Ask the shop for a new one.")
            )
        person.link_digest = person.link_until = None
        person.name, person.password = name.strip()[:80], hashed
        person.joined_at = person.joined_at or now
        person.save(update_fields=["link_digest", "link_until", "name", "password", "joined_at"])
        PersonSession.objects.filter(person=person).delete()
        by = actor_of(person, ip=ip)
        audit.record(by=by, action="person.joined", target=person.email, now=now)
        if PersonFactor.objects.filter(person=person).exists():
            return None
        return _begin(person, now=now)


def is_persons_password(*, person: Person | None, password: str) -> bool:
    """As slow for nobody as for somebody: how long it takes does not tell who is known."""
    if person is None or not person.password:
        make_password(password)
        return False
    return check_password(password, person.password)


@tenant_atomic
def open_session(*, person_id: int, ip: str, now: datetime) -> Secret:
    """Signed in, by a password and, of who has a second factor, a code that were right; the answer
    is the session's text."""
    person = locked_person(person_id=person_id)
    by = actor_of(person, ip=ip)
    audit.record(by=by, action="person.signed_in", target=person.email, now=now)
    return _begin(person, now=now)


def _begin(person: Person, *, now: datetime) -> Secret:
    PersonSession.objects.filter(person=person, until__lte=now).delete()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    PersonSession.objects.create(
        person=person, digest=digest(token), made_at=now, until=now + SIGNED_IN, typed_at=now
    )
    person.signed_in_at = now
    person.save(update_fields=["signed_in_at"])
    return Secret(token)


@tenant_atomic
def close_session(*, session_id: int) -> None:
    PersonSession.objects.filter(pk=session_id).delete()


@tenant_atomic
def note_password(*, session_id: int, now: datetime) -> None:
    """The password, or the second factor's code, was typed once more, and was right."""
    PersonSession.objects.filter(pk=session_id).update(typed_at=now)


@tenant_atomic
def remove_person(*, person_id: int, by: Actor, now: datetime) -> None:
    """Signed out everywhere at once, and in never again; a second time is the first."""
    person = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person_id)
    if person.removed_at is not None:
        return
    person.removed_at, person.link_digest, person.link_until = now, None, None
    person.password = ""
    person.save(update_fields=["removed_at", "link_digest", "link_until", "password"])
    PersonSession.objects.filter(person=person).delete()
    PersonFactor.objects.filter(person=person).delete()
    audit.record(by=by, action="person.removed", target=person.email, now=now)


def locked_person(*, person_id: int) -> Person:
    """In a transaction of the caller's. Raises NotFound, of one that was removed too."""
    found = Person.objects.select_for_update(of=("self",), no_key=True)
    person = found.filter(pk=person_id, removed_at=None).first()
    if person is None:
        raise NotFound
    return person
