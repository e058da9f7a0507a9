"""A partner's own people, and who is signed in."""

from datetime import datetime

from django.db.models import QuerySet

from channels.models import Person, PersonFactor, PersonSession
from core.crypto import digest
from core.errors import NotFound


def people_of(*, partner_id: int) -> QuerySet[Person]:
    """Without those that were removed."""
    return Person.objects.filter(partner_id=partner_id, removed_at=None)


def get_person(*, partner_id: int, person_id: int) -> Person:
    """Raises NotFound."""
    found = people_of(partner_id=partner_id).filter(pk=person_id).first()
    if found is None:
        raise NotFound
    return found


def find_person(*, email: str) -> Person | None:
    """Of whichever partner."""
    return Person.objects.filter(email=email.strip().lower(), removed_at=None).first()


def find_person_by_link(*, token: str, now: datetime) -> Person | None:
    found = Person.objects.filter(link_digest=digest(token), link_until__gt=now, removed_at=None)
    return found.select_related("partner").first()


def find_session(*, token: str, now: datetime) -> PersonSession | None:
    """With its person and partner; None of one that has ended, or whose person is removed."""
    found = PersonSession.objects.filter(
        digest=digest(token), until__gt=now, person__removed_at=None
    )
    return found.select_related("person__partner").first()


def find_factor(*, person_id: int) -> PersonFactor | None:
    return PersonFactor.objects.filter(person_id=person_id).first()


def people_with_factor(*, partner_id: int) -> set[int]:
    """The ids of those of a partner that have a second factor."""
    found = PersonFactor.objects.filter(person__partner_id=partner_id)
    return set(found.values_list("person_id", flat=True))
