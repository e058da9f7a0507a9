"""Reports by themselves: each period once, whatever was missed, by the shop's clock."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from core.errors import NotAllowed
from core.scope import tenant_atomic
from reports import services as reports
from reports.models import Run, Schedule
from reports.selectors import due_letters, due_schedules
from reports.services import mailing
from reports.services.periods import last_period, next_turn
from reports.states import Every
from reports.types import Plan
from tenants.models import Member
from tenants.roles import Role
from tests.orders.factories import make_order
from tests.reports.factories import actor, body_of, lines_of
from tests.times import NOON

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
DUE = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai, the day after NOON


@pytest.mark.parametrize(
    ("every", "today", "period"),
    [
        ("day", date(2026, 3, 1), (date(2026, 2, 28), date(2026, 2, 28))),
        ("week", date(2026, 11, 22), (date(2026, 11, 9), date(2026, 11, 15))),
        ("week", date(2026, 11, 23), (date(2026, 11, 16), date(2026, 11, 22))),
        ("month", date(2028, 3, 1), (date(2028, 2, 1), date(2028, 2, 29))),
        ("month", date(2026, 1, 31), (date(2025, 12, 1), date(2025, 12, 31))),
    ],
)
def test_a_period_is_the_latest_that_is_over(every, today, period):
    assert last_period(every, today=today) == period


@pytest.mark.parametrize(
    ("every", "after", "turn"),
    [
        ("day", "2026-10-24T08:00", "2026-10-25T08:00"),
        ("day", "2026-10-25T07:59", "2026-10-25T08:00"),
        ("week", "2026-10-19T08:00", "2026-10-26T08:00"),
        ("month", "2026-01-31T09:00", "2026-02-01T08:00"),
        ("month", "2026-12-01T08:00", "2027-01-01T08:00"),
    ],
)
def test_a_turn_is_at_the_hour_of_the_shop_s_clock(every, after, turn):
    begun = datetime.fromisoformat(after).replace(tzinfo=BERLIN)

    found = next_turn(every, hour=8, after=begun, zone=BERLIN)

    assert f"{found.astimezone(BERLIN):%Y-%m-%dT%H:%M}" == turn


def test_a_day_of_25_hours_has_one_turn():
    first = next_turn("day", hour=2, after=datetime(2026, 10, 24, 22, tzinfo=UTC), zone=BERLIN)
    second = next_turn("day", hour=2, after=first, zone=BERLIN)

    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=25)


def planned(by, **more) -> Schedule:
    given: dict[str, Any] = {
        "table": "orders",
        "every": Every.DAY,
        "hour": 8,
        "form": "csv",
        "is_mailed": False,
    }
    return reports.add_schedule(plan=Plan(**given | {"language": "en"} | more), by=by, now=NOON)


def turned(schedule: Schedule, *, now: datetime) -> list[Run]:
    """Its turn, and its files."""
    reports.run_schedule(schedule_id=schedule.pk, now=now)
    with tenant_atomic():
        runs = list(Run.objects.filter(schedule=schedule).select_related("export"))
    for run in runs:
        if run.export is not None:
            reports.run_export(export_id=run.export.pk, now=now)
    return runs


@pytest.mark.django_db(transaction=True, databases="__all__")
class TestRuns:
    def test_a_period_is_made_once(self, shop):
        by = actor()
        with tenant_atomic():
            inside = make_order(placed_at=NOON)
            make_order(placed_at=NOON - DAY)
            make_order(placed_at=NOON + DAY / 2)  # past midnight
        one = planned(by)

        assert due_schedules(now=DUE - timedelta(seconds=1), limit=9) == []
        assert due_schedules(now=DUE, limit=9) == [(shop.pk, one.pk)]
        (run,) = turned(one, now=DUE)
        turned(one, now=DUE)
        reports.run_schedule_now(ref=one.ref, by=by, now=DUE)

        assert (run.since, run.until) == (date(2026, 11, 22), date(2026, 11, 22))
        assert [line["Order number"] for line in lines_of(run.export, by)] == [inside.number]
        assert Run.objects.using("ops").count() == 1
        assert due_schedules(now=DUE, limit=9) == []

    def test_turns_that_were_missed_are_one(self, shop):
        one = planned(actor())

        runs = turned(one, now=DUE + 5 * DAY)

        assert [run.since for run in runs] == [date(2026, 11, 27)]
        assert due_schedules(now=DUE + 5 * DAY, limit=9) == []

    def test_a_paused_one_rests(self, shop):
        by = actor()
        one = planned(by)

        reports.switch_schedule(ref=one.ref, is_on=False, by=by, now=NOON)
        assert due_schedules(now=DUE + DAY, limit=9) == []
        reports.switch_schedule(ref=one.ref, is_on=True, by=by, now=DUE + DAY)

        assert due_schedules(now=DUE + DAY, limit=9) == []
        assert due_schedules(now=DUE + 2 * DAY, limit=9) == [(shop.pk, one.pk)]

    def test_a_right_that_was_lost_is_told_in_the_history(self, shop):
        by = actor()
        one = planned(by, table="partners")
        with tenant_atomic():
            Member.objects.filter(user_id=by.user_id).update(role=Role.VIEWER)

        (run,) = turned(one, now=DUE)

        assert (run.failure, run.export) == ("not_allowed", None)
        assert Schedule.objects.using("ops").get().last_error == "not_allowed"

    def test_others_take_its_file_if_they_may_see_all_of_it(self, shop):
        by, finance, viewer = actor(), actor(Role.FINANCE), actor(Role.VIEWER)
        one = planned(by, table="goods")
        (run,) = turned(one, now=DUE)

        assert body_of(run.export, finance, now=DUE)
        with pytest.raises(NotAllowed):
            body_of(run.export, viewer, now=DUE)
        with pytest.raises(NotAllowed):
            reports.drop_schedule(ref=one.ref, by=viewer, now=DUE)

    def test_figures_come_by_mail(self, shop):
        by = actor()
        (run,) = turned(
            planned(by, table="figures", is_mailed=True, every="month"), now=DUE + 9 * DAY
        )
        late = DUE + 9 * DAY
        assert due_letters(now=late, limit=9) == [(shop.pk, run.pk)]

        reports.mail_run(run_id=run.pk, now=late)
        reports.mail_run(run_id=run.pk, now=late)

        (letter,) = mail.outbox
        assert letter.subject == "Cloud: Key figures, 2026-11-01 – 2026-11-30"
        assert "http://cloud.localhost" in letter.body
        ((name, body, _kind),) = letter.attachments
        assert name == "figures-2026-11-01.csv"
        assert "Profit by channel" in str(body) or "From price to margin" in str(body)
        assert due_letters(now=late + DAY, limit=9) == []

    def test_a_letter_that_is_not_taken_is_sent_again(self, shop, settings):
        (run,) = turned(planned(actor(), is_mailed=True), now=DUE)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

        reports.mail_run(run_id=run.pk, now=DUE)

        assert due_letters(now=DUE, limit=9) == []
        assert due_letters(now=DUE + 3 * mailing.LEASE, limit=9) == [(shop.pk, run.pk)]
