"""A second factor of a partner's own person: an authenticator's codes, and recovery codes.

The reckoning is allauth's, whose own rows belong to a User. Recovery codes are in the answer of
their making and nowhere else.
"""

from datetime import datetime
from hmac import compare_digest

from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.utils.translation import gettext_lazy as _

from channels.errors import FactorKnown, WrongPassword
from channels.models import FACTOR_SECRET, Partner, PersonFactor, PersonSession
from channels.services.people import actor_of, locked_person
from core.actors import Actor
from core.crypto import blind_index, seal, unseal
from core.refs import new_ref
from core.scope import tenant_atomic
from core.secrets import Secret
from tenants import audit

RECOVERY_CODES = 10
_HALF = 5  # a code is two halves: 48 bits


def new_factor_secret() -> Secret:
    """For an authenticator, which is not switched on by it yet."""
    return Secret(generate_totp_secret())


@tenant_atomic
def switch_on_factor(
    *, session_id: int, secret: Secret, code: str, ip: str, now: datetime
) -> tuple[Secret, ...]:
    """Asked for from now on; the answer is the recovery codes.

    The person stays signed in by this session alone, which counts as having typed a code.
    Raises WrongPassword, FactorKnown.
    """
    session = PersonSession.objects.get(pk=session_id)
    person = locked_person(person_id=session.person_id)
    if PersonFactor.objects.filter(person=person).exists():
        raise FactorKnown(_("There is a second factor already. Remove it first."))
    count = _count_of(secret, code, after=0, now=now)
    if count is None:
        raise WrongPassword(_("This is not what the authenticator shows now."), param="code")
    factor = PersonFactor(person=person, last_count=count, made_at=now)
    factor.secret = seal(secret.reveal(), place=FACTOR_SECRET, uid=factor.uid)
    codes = _spare_codes(factor)
    factor.save()
    PersonSession.objects.filter(person=person).exclude(pk=session.pk).delete()
    PersonSession.objects.filter(pk=session.pk).update(typed_at=now)
    by = actor_of(person, ip=ip)
    audit.record(by=by, action="person.factor_on", target=person.email, now=now)
    return codes


@tenant_atomic
def is_factors_code(*, person_id: int, code: str, now: datetime) -> bool:
    """Whether it is the authenticator's, or a recovery code; whichever it is, it is used up."""
    found = PersonFactor.objects.select_for_update(of=("self",), no_key=True)
    factor = found.filter(person_id=person_id).first()
    if factor is None:
        return False
    secret = Secret(unseal(bytes(factor.secret), place=FACTOR_SECRET, uid=factor.uid))
    count = _count_of(secret, code, after=factor.last_count, now=now)
    if count is not None:
        factor.last_count = count
        factor.save(update_fields=["last_count"])
        return True
    index = _index(code)
    if index not in factor.spare:
        return False
    factor.spare = [one for one in factor.spare if one != index]
    factor.save(update_fields=["spare"])
    return True


@tenant_atomic
def make_recovery_codes(*, person_id: int, by: Actor, now: datetime) -> tuple[Secret, ...]:
    """New ones, which end the old. Raises NotFound, PersonFactor.DoesNotExist."""
    person = locked_person(person_id=person_id)
    factor = PersonFactor.objects.select_for_update(of=("self",), no_key=True).get(person=person)
    codes = _spare_codes(factor)
    factor.save(update_fields=["spare"])
    audit.record(by=by, action="person.recovery_codes", target=person.email, now=now)
    return codes


@tenant_atomic
def switch_off_factor(*, person_id: int, by: Actor, now: datetime) -> None:
    """Its recovery codes end with it; without one nothing happens."""
    person = locked_person(person_id=person_id)
    gone, _rows = PersonFactor.objects.filter(person=person).delete()
    if gone:
        audit.record(by=by, action="person.factor_off", target=person.email, now=now)


@tenant_atomic
def demand_factor(*, partner_id: int, is_demanded: bool, by: Actor, now: datetime) -> None:
    """Whether the partner's people see and change live secrets only with a second factor."""
    found = Partner.objects.select_for_update(of=("self",), no_key=True)
    partner = found.get(pk=partner_id)
    if partner.demands_second_factor == is_demanded:
        return
    partner.demands_second_factor = is_demanded
    partner.save(update_fields=["demands_second_factor"])
    action = "partner.factor_demanded" if is_demanded else "partner.factor_optional"
    audit.record(by=by, action=action, target=partner.ref, now=now)


def _count_of(secret: Secret, code: str, *, after: int, now: datetime) -> int | None:
    """Of which half minute the code is: this one, or the last, for a clock that is late and a hand
    that is slow."""
    typed = "".join(code.split())
    this = int(now.timestamp()) // int(app_settings.TOTP_PERIOD)
    for count in (this, this - 1):
        expected = format_hotp_value(hotp_value(secret.reveal(), count))
        if count > after and compare_digest(typed.encode(), expected.encode()):
            return count
    return None


def _spare_codes(factor: PersonFactor) -> tuple[Secret, ...]:
    codes = [f"{new_ref(_HALF)}-{new_ref(_HALF)}" for _one in range(RECOVERY_CODES)]
    factor.spare = [_index(code) for code in codes]
    return tuple(Secret(code) for code in codes)


def _index(code: str) -> str:
    plain = "".join(code.split()).replace("-", "").lower()
    return blind_index(plain, field="channels_personfactor.spare").hex()
