"""An operator of the platform looks in at a shop as one of its members: said why, for half an hour,
with the shop told of it. What a visit may not do is in `roles.VISITING`."""

import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.crypto import digest
from core.errors import InvalidInput, NotFound
from core.refs import new_ref
from core.scope import tenant_atomic
from core.secrets import Secret
from tenants import audit
from tenants.models import Member, User, Visit
from tenants.selectors import get_waiting_visit

LASTS = timedelta(minutes=30)
LINK_LASTS = timedelta(minutes=2)


@tenant_atomic
def ask_visit(
    *, member_id: int, operator: User, reason: str, by: Actor, now: datetime
) -> tuple[Visit, Secret]:
    """A visit and the token of the link that begins it, once, within two minutes. Raises
    InvalidInput without a reason, NotFound for who is no active member of the bound shop."""
    reason = " ".join(reason.split())
    if len(reason) < 3:
        raise InvalidInput(_("Say why: the shop's owner reads it."), param="reason")
    member = Member.objects.select_related("user").filter(pk=member_id, is_active=True).first()
    if member is None or not operator.is_operator:
        raise NotFound
    token = secrets.token_urlsafe(24)
    visit = Visit.objects.create(
        ref=new_ref(),
        token=digest(token),
        operator=operator,
        member=member,
        reason=reason[:200],
        until=now + LINK_LASTS,
    )
    audit.record(
        by=by, action="visit.asked", target=member.user.email, reason=visit.reason, now=now
    )
    return visit, Secret(token)


@tenant_atomic
def begin_visit(*, token: str, by_ip: str, now: datetime) -> Visit:
    """Begin it, once; raises NotFound as `get_waiting_visit` does."""
    visit = get_waiting_visit(token=token, now=now, is_locked=True)
    visit.began_at, visit.until = now, now + LASTS
    visit.save(update_fields=["began_at", "until"])
    by = Actor(visit.label[:80], user_id=visit.operator_id, ip=by_ip)
    whom = visit.member.user.email
    audit.record(by=by, action="visit.began", target=whom, reason=visit.reason, now=now)
    return visit


@tenant_atomic
def end_visit(*, visit_id: int, by: Actor, now: datetime) -> None:
    """Before its time is over; a second call changes nothing."""
    visit = Visit.objects.select_related("member__user").get(pk=visit_id)
    if visit.until <= now:
        return
    Visit.objects.filter(pk=visit_id).update(until=now)
    audit.record(by=by, action="visit.ended", target=visit.member.user.email, now=now)
