"""Odd payment notices are one to-do a kind, dealt with at once."""

import pytest

from core.scope import tenant_atomic
from payments import services as payments
from payments.errors import NoticeRefused
from payments.models import Notice
from payments.states import Outcome
from tenants.models import AuditRow
from tests.dashboard.people import browser_of
from tests.times import NEXT_DAY, NOON

pytestmark = pytest.mark.django_db(databases="__all__")
FORGED = "/office/payments/notices/sandbox/forged/"


def refuse(outcome: Outcome, *bodies: bytes, now=NOON) -> None:
    for body in bodies:
        payments.keep_refusal(
            provider="sandbox", body=body, refusal=NoticeRefused(outcome), now=now
        )


def left() -> list[tuple[str, bool]]:
    with tenant_atomic():
        rows = Notice.objects.order_by("pk")
        return [(row.outcome, row.handled_at is None) for row in rows]


def kinds(browser) -> list[tuple[str, int, int]]:
    found = browser.get("/office/payments/").context["notices"]
    return [(row["kind"].outcome, row["kind"].count, row["kind"].times) for row in found]


def test_notices_of_a_kind_are_one_line_with_their_number(shop):
    refuse(Outcome.FORGED, b"one", b"two", b"two", b"three")
    refuse(Outcome.STALE, b"old", now=NEXT_DAY)
    browser = browser_of(shop, "finance")

    assert kinds(browser) == [("stale", 1, 1), ("forged", 3, 4)]
    page = browser.get("/office/payments/").content.decode()
    assert "1 notice · received 1 time<" in page
    assert "3 notices · received 4 times<" in page
    assert "All looked at (3)" in page


def test_all_of_a_kind_are_dealt_with_at_once_and_it_is_written_down(shop):
    refuse(Outcome.FORGED, b"one", b"two")
    refuse(Outcome.STALE, b"old")
    browser = browser_of(shop, "finance")

    answer = browser.post(FORGED, {"seen_until": NOON.isoformat()}, follow=True)

    assert "Taken off the list: 2." in answer.content.decode()
    assert left() == [("forged", False), ("forged", False), ("stale", True)]
    with tenant_atomic():
        row = AuditRow.objects.get(action="notices.handled")
    assert (row.target, row.data) == ("forged", {"provider": "sandbox", "count": 2})


def test_what_came_after_the_page_was_drawn_stays_a_to_do(shop):
    refuse(Outcome.FORGED, b"seen")
    browser = browser_of(shop, "finance")
    seen_until = browser.get("/office/payments/").context["notices"][0]["seen_until"]
    refuse(Outcome.FORGED, b"not seen yet", now=NEXT_DAY)

    browser.post(FORGED, {"seen_until": seen_until})

    assert left() == [("forged", False), ("forged", True)]


@pytest.mark.parametrize(
    "seen_until", ["", "yesterday", "2026-11-22T12:00:00", "2026-99-99T00:00Z"]
)
def test_without_a_moment_nothing_is_taken_off(shop, seen_until):
    refuse(Outcome.FORGED, b"one")

    browser_of(shop, "finance").post(FORGED, {"seen_until": seen_until})

    assert left() == [("forged", True)]


@pytest.mark.parametrize("outcome", ["captured", "repeated", "not_paid", "nonsense"])
def test_what_is_not_odd_is_no_to_do(shop, outcome):
    answer = browser_of(shop, "finance").post(
        f"/office/payments/notices/sandbox/{outcome}/", {"seen_until": NOON.isoformat()}
    )

    assert answer.status_code == 404


def test_a_second_click_writes_nothing_down_again(shop):
    refuse(Outcome.FORGED, b"one")
    browser = browser_of(shop, "finance")

    for _click in range(2):
        browser.post(FORGED, {"seen_until": NOON.isoformat()})

    with tenant_atomic():
        assert AuditRow.objects.filter(action="notices.handled").count() == 1
