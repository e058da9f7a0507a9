"""Reports that are made by themselves: wanted, paused, run, each period once."""

from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from core.actors import Actor
from core.errors import AppError, InvalidInput, NotAllowed
from core.refs import new_ref
from core.scope import tenant_atomic
from reports.errors import TooManyExports, TooManySchedules
from reports.models import Run, Schedule
from reports.selectors import get_schedule
from reports.services.exports import ask_for_export, try_export_again
from reports.services.periods import last_period, next_turn
from reports.services.tables import asker_of, get_table
from reports.states import Every, ExportState, Form
from reports.types import Plan, Wanted
from tenants import audit
from tenants.selectors import get_shop, user_has_right

MOST_SCHEDULES = 20
WAIT = timedelta(minutes=1)  # for a place among the shop's exports


@tenant_atomic
def add_schedule(*, plan: Plan, by: Actor, now: datetime) -> Schedule:
    """Raises NotAllowed, InvalidInput, TooManySchedules."""
    if by.user_id is None or not asker_of(by.user_id).may(get_table(plan.table).right):
        raise NotAllowed
    if plan.every not in Every.values or plan.form not in Form.values or plan.hour not in range(24):
        raise InvalidInput(_("Load the page again, then try once more."))
    if Schedule.objects.count() >= MOST_SCHEDULES:
        raise TooManySchedules(
            _("A shop has at most %(count)s scheduled reports. Remove one first.")
            % {"count": MOST_SCHEDULES}
        )
    made = Schedule.objects.create(
        ref=new_ref(), table=plan.table, every=plan.every, hour=plan.hour, form=plan.form,
        is_mailed=plan.is_mailed, language=plan.language[:10], user_id=by.user_id,
        made_by=by.label[:80], made_at=now,
        next_at=next_turn(plan.every, hour=plan.hour, after=now, zone=_zone()),
    )  # fmt: skip
    audit.record(by=by, action="report.added", target=made.table, now=now, data={"ref": made.ref})
    return made


@tenant_atomic
def switch_schedule(*, ref: str, is_on: bool, by: Actor, now: datetime) -> None:
    """Pause it, or go on with the next period; what was missed meanwhile is not made."""
    one = _own(ref, by)
    if one.is_on == is_on:
        return
    one.is_on, one.last_error = is_on, ""
    one.next_at = next_turn(one.every, hour=one.hour, after=now, zone=_zone())
    one.save()
    action = "report.on" if is_on else "report.paused"
    audit.record(by=by, action=action, target=one.table, now=now, data={"ref": ref})


@tenant_atomic
def drop_schedule(*, ref: str, by: Actor, now: datetime) -> None:
    """Its history goes with it; files that were made stay as long as all do."""
    one = _own(ref, by)
    one.delete()
    audit.record(by=by, action="report.dropped", target=one.table, now=now, data={"ref": ref})


@tenant_atomic
def run_schedule_now(*, ref: str, by: Actor, now: datetime) -> Run:
    """The latest period that is over, which its own turn would make: made already, it is not made
    twice; failed, it is tried again."""
    one = _own(ref, by)
    return _run(one, now=now)


@tenant_atomic
def run_schedule(*, schedule_id: int, now: datetime) -> None:
    """Its turn has come. However many turns were missed, the latest period is made, and once."""
    found = Schedule.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    one = found.filter(pk=schedule_id, is_on=True, next_at__lte=now).first()
    if one is None:
        return
    try:
        with transaction.atomic():
            _run(one, now=now)
    except TooManyExports as why:
        one.next_at, one.last_error = now + WAIT, why.code
    except AppError as why:
        _note_failure(one, why.code, now=now)
    else:
        one.next_at = next_turn(one.every, hour=one.hour, after=now, zone=_zone())
        one.last_error = ""
    one.save()


def _note_failure(one: Schedule, code: str, *, now: datetime) -> None:
    since, until = _period(one, now=now)
    Run.objects.get_or_create(
        schedule=one, since=since, defaults={"until": until, "at": now, "failure": code}
    )
    one.next_at = next_turn(one.every, hour=one.hour, after=now, zone=_zone())
    one.last_error = code


def _run(one: Schedule, *, now: datetime) -> Run:
    since, until = _period(one, now=now)
    known = Run.objects.filter(schedule=one, since=since).select_related("export").first()
    if known is not None and known.export is not None:
        if known.export.state in {ExportState.FAILED, ExportState.CANCELED}:
            try_export_again(ref=known.export.ref, by=_maker(one), now=now)
        return known
    table = get_table(one.table)
    query = table.of_days(since, until) if table.of_days else ""
    wanted = Wanted(table=one.table, form=one.form, uid=uuid4(), language=one.language, query=query)
    export = ask_for_export(wanted=wanted, by=_maker(one), now=now)
    given = {
        "until": until, "at": now, "export": export, "failure": "",
        "mail_at": now if one.is_mailed else None,
    }  # fmt: skip
    # Two at once: the period is there once, and whoever is second takes his export back with it.
    return Run.objects.update_or_create(schedule=one, since=since, defaults=given)[0]


def _period(one: Schedule, *, now: datetime) -> tuple[date, date]:
    return last_period(one.every, today=now.astimezone(_zone()).date())


def _maker(one: Schedule) -> Actor:
    return Actor(one.made_by, user_id=one.user_id)


def _zone() -> ZoneInfo:
    return ZoneInfo(get_shop().time_zone)


def _own(ref: str, by: Actor) -> Schedule:
    """Locked. Who wanted it may change it, and who sets the shop up."""
    rows = Schedule.objects.select_for_update(of=("self",), no_key=True)
    one = rows.get(pk=get_schedule(ref=ref).pk)
    user_id = by.user_id or 0
    if one.user_id != user_id and not user_has_right(user_id=user_id, right="settings.edit"):
        raise NotAllowed
    return one
