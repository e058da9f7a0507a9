"""The radar: what was stopped, by which rule, from where; and waves of it, told to staff."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.scope import tenant_atomic
from dashboard import telling
from dashboard.radar import squares
from notices.models import Notice
from risk.selectors import due_waves, radar, waves
from risk.selectors.watching import WAVE, Place
from risk.words import PROVINCES
from tenants.roles import Role
from tests.dashboard.people import browser_of
from tests.risk.factories import a_case, assess, make_rule

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
BIG = {"fact": "amount", "op": ">", "value": "50.00"}
GUANGDONG = "113.105.12.{}"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def stopped(shop, now):
    """Nine large orders that a rule holds, from one network, and three small ones that pass."""
    with tenant_atomic():
        make_rule(BIG, name="大额订单", now=now - timedelta(days=1))
        make_rule(BIG, name="试运行", state="shadow", now=now - timedelta(days=1))
        for number in range(12):
            amount = 1_000_000 if number < 9 else 100_000
            one = {"ip": GUANGDONG.format(number + 1), "device": f"d{number}", "sku": f"S{number}"}
            case = a_case(amount=amount, **one)
            assess(case=case, now=now - timedelta(minutes=number))


def test_what_was_stopped_is_counted_by_rule_and_by_place(stopped, now):
    with tenant_atomic():
        found = radar(since=now - timedelta(hours=1), now=now)

    assert (found.looked_at, found.stopped, found.protected_e4) == (12, 9, 9_000_000)
    assert [(one.name, one.count, one.amount_e4) for one in found.rules] == [
        ("大额订单", 9, 9_000_000)
    ]
    assert found.places == (Place(province="广东", looked_at=12, stopped=9),)
    assert found.is_whole
    with tenant_atomic():
        assert radar(since=now - timedelta(minutes=3), now=now).looked_at == 3


def test_many_of_one_network_within_an_hour_are_a_wave_and_told_once(shop, stopped, now):
    with tenant_atomic():
        (wave,) = waves(now=now)
        assert (wave.trait, wave.count, wave.devices) == ("net", 9, 9)
        assert waves(now=now + timedelta(hours=1)) == []

    assert due_waves(now=now, limit=9) == [(shop.pk, shop.pk)]
    assert [telling.tell_of_waves(now=now), telling.tell_of_waves(now=now)] == [1, 0]
    with tenant_atomic():
        notice = Notice.objects.get()
    assert (notice.topic, notice.given["count"]) == ("attack", "9")
    assert notice.path == "/office/radar/"


def test_fewer_than_a_wave_are_none(shop, now):
    with tenant_atomic():
        make_rule(BIG, now=now - timedelta(days=1))
        for number in range(WAVE - 1):
            assess(case=a_case(amount=1_000_000, device=f"d{number}"), now=now)
        assert waves(now=now) == []
    assert due_waves(now=now, limit=9) == []
    assert telling.tell_of_waves(now=now) == 0


def test_what_takes_too_long_is_said_to_be_missing(stopped, now, monkeypatch):
    monkeypatch.setattr("risk.selectors.watching.BUDGET_MS", 1)
    monkeypatch.setattr("risk.selectors.watching._TOTALS", "SELECT 'pass', 1, pg_sleep(1)::text")
    with tenant_atomic():
        found = radar(since=now - timedelta(hours=1), now=now)
    assert not found.is_whole
    assert found.looked_at == 0


def test_every_province_has_its_square_and_the_darkest_is_where_most_were_stopped():
    places = [("广东", 9, 8), ("浙江", 5, 1)]
    drawn = squares(
        tuple(Place(province=name, looked_at=all_, stopped=some) for name, all_, some in places)
    )

    assert sorted(one.name for one in drawn) == sorted(str(name) for name in PROVINCES.values())
    assert len({(one.x, one.y) for one in drawn}) == len(drawn)
    shades = {one.name: one.shade for one in drawn if one.shade}
    assert shades == {str(PROVINCES["广东"]): 4, str(PROVINCES["浙江"]): 1}


@pytest.mark.parametrize("hours", ["", "1", "24", "168", "9", "x", "²"])
def test_the_page_shows_it_all(shop, stopped, hours):
    answer = browser_of(shop, Role.VIEWER).get("/office/radar/", {"hours": hours})
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "大额订单" in page
    assert "试运行" not in page
    assert "Guangdong" in page
    assert "9/12" in page


def test_an_empty_one_says_what_will_be_there(shop):
    browser = browser_of(shop, Role.OWNER)

    assert "Nothing yet: no rule has" in browser.get("/office/radar/").content.decode()
    assert "Nothing yet: no rule has" in browser.get("/office/radar/feed/").json()["html"]
