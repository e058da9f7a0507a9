"""The months in which figures are kept: whose they are, and how they are made anew."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.db import DatabaseError, connection, connections

from analytics import selectors, services
from analytics.models import Bucket, BuyerDay, Progress
from analytics.selectors import due_recuts
from core.errors import InvalidInput
from core.scope import step_over, tenant_atomic
from tenants import services as tenants
from tenants.models import Merchant
from tests.api.hearing import hear_all
from tests.conftest import make_shop
from tests.orders.factories import LI, PRICE, paid

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
SECOND = timedelta(seconds=1)
EVENING = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)  # 00:30 on the first of November in Shanghai
PARTS = """
    SELECT part.relname, part.relrowsecurity AND part.relforcerowsecurity,
           count(policy.polname),
           has_table_privilege('app_rw', part.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
      FROM pg_inherits
      JOIN pg_class AS part ON part.oid = pg_inherits.inhrelid
      JOIN pg_class AS whole ON whole.oid = pg_inherits.inhparent AND whole.relkind = 'p'
      LEFT JOIN pg_policy AS policy ON policy.polrelid = part.oid
     GROUP BY part.oid, part.relname, part.relrowsecurity, part.relforcerowsecurity
"""
MAKER = """
    SELECT prosecdef, array_to_string(proconfig, ';'),
           has_function_privilege('public', oid, 'EXECUTE')
      FROM pg_proc WHERE proname = 'analytics_make_month'
"""


def asked(sql):
    with tenant_atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def sold(shop, *, now=EVENING):
    with step_over(shop.pk):
        with tenant_atomic():
            paid(now=now)
        services.count_touched(now=now)


def moved(shop, zone):
    with tenant_atomic():
        assert Merchant.objects.filter(pk=shop.pk).update(time_zone=zone)


def units_sold(since, until, *, now=EVENING):
    with tenant_atomic():
        found = selectors.hot_goods(since=since, until=until, now=now)
        return sum(one.numbers.units for one in found)


def test_days_say_the_same_whether_their_months_are_read_whole_or_not(shop):
    ago = (0, 1, 9, 30, 31, 33, 61, 70)  # around two beginnings of months
    for days in ago:
        sold(shop, now=EVENING - timedelta(days=days))
    today = (EVENING + timedelta(hours=8)).date()

    spans = [(today - timedelta(days=days), today) for days in (*ago, 80)]
    found = [units_sold(*span) for span in spans]

    assert found == [sum(days <= most for days in ago) for most in (*ago, 80)]
    with tenant_atomic():
        Bucket.objects.filter(cut="skus").update(units=0)
    assert units_sold(*spans[-1]) == 0  # not by days: August less its first twelve, and the others


def test_any_days_are_those_of_their_months_less_the_others(shop):
    """Ten sales, as many goods as the question names, from September to the tenth of November."""
    now = EVENING + timedelta(days=9)
    today = (now + timedelta(hours=8)).date()
    ago = list(range(0, 56, 6))
    for days in ago:
        sold(shop, now=now - timedelta(days=days))

    found = {
        (first, last): units_sold(
            today - timedelta(days=first), today - timedelta(days=last), now=now
        )
        for first in range(0, 60, 3)
        for last in range(0, first + 1, 4)
    }

    assert found == {
        (first, last): sum(last <= days <= first for days in ago) for first, last in found
    }


def test_goods_of_the_days_that_were_taken_away_alone_are_not_there(shop):
    now = EVENING + timedelta(days=24)
    today = (now + timedelta(hours=8)).date()
    sold(shop, now=now - timedelta(days=24))

    with tenant_atomic():
        found = selectors.hot_goods(since=today - timedelta(days=20), until=today, now=now)

    assert found == []


def test_coarser_sums_are_made_of_those_that_an_older_release_has_left(shop):
    for days in (0, 40):
        sold(shop, now=EVENING - timedelta(days=days))
    rows = Bucket.objects.order_by("pk")
    with tenant_atomic():
        before = list(rows.values())
        rows.filter(cut__in=("day", "skus", "places", "pace", "tries")).delete()
        rows.filter(cut="sku").update(channel="web")

    with connections["owner"].cursor() as cursor:
        cursor.execute(import_module("analytics.migrations.0005_months").COARSER)

    with tenant_atomic():
        assert list(rows.values()) == before


def test_a_months_table_is_reached_by_no_shop_but_through_the_one_that_has_the_rules(shop):
    sold(shop)
    sold(make_shop("star"))

    parts = asked(PARTS)

    assert {name for name, *_rest in parts} >= {
        "analytics_fact_202610", "analytics_bucket_202610", "analytics_buyerday_202610"
    }  # fmt: skip
    assert {tuple(rest) for _name, *rest in parts} == {(True, 1, False)}
    with pytest.raises(DatabaseError, match="permission denied"):
        asked("SELECT count(*) FROM analytics_fact_202610")


def test_a_shop_sees_its_own_figures_only_whatever_it_asks(shop):
    sold(shop)
    sold(make_shop("star"))

    for owners in ("analytics_fact", "analytics_bucket", "analytics_buyerday"):
        assert asked(f"SELECT DISTINCT tenant_id FROM {owners}") == [(shop.pk,)]  # noqa: S608


def test_the_owners_maker_of_months_takes_no_other_month_and_is_nobodys_but_ours(shop):
    ((is_owners, setting, is_publics),) = asked(MAKER)

    assert (is_owners, is_publics) == (True, False)
    assert "search_path=public, pg_temp" in setting
    for month in ("1999-01-01", "2150-01-01", "infinity", "NULL"):
        value = month if month == "NULL" else f"'{month}'"
        with pytest.raises(DatabaseError):
            asked(f"SELECT analytics_make_month({value})")


def test_figures_made_anew_after_a_move_to_another_time_zone_count_nothing_twice(shop):
    moved(shop, "UTC")
    sold(shop)
    moved(shop, "Asia/Shanghai")

    services.rebuild(now=EVENING + timedelta(minutes=2))

    with tenant_atomic():
        assert services.check(now=EVENING + timedelta(days=1)) == []
        day = EVENING.replace(hour=16, minute=0)
        assert set(Bucket.objects.filter(cut="sku").values_list("at", "revenue_e4")) == {
            (day, PRICE)
        }
        assert list(BuyerDay.objects.values_list("at", "orders")) == [(day, 1)]
        found = selectors.by_day(
            since=EVENING.date(), until=day.date() + timedelta(days=1),
            now=EVENING + timedelta(minutes=2),
        )  # fmt: skip
    assert [one.orders for one in found.values()] == [0, 1]


def test_a_shop_that_moves_to_another_time_zone_is_counted_anew_by_itself(shop):
    moved(shop, "UTC")
    sold(shop)
    tenants.change_settings(
        merchant_id=shop.pk, given={"time_zone": "Asia/Shanghai"}, by=LI, now=EVENING
    )
    hear_all()
    with tenant_atomic():
        assert selectors.is_recounting()
        asked_at = Progress.objects.get().recut_at

    assert due_recuts(now=asked_at - SECOND, limit=9) == []
    assert len(due_recuts(now=asked_at, limit=9)) == 1
    services.recut(now=asked_at)

    assert due_recuts(now=asked_at + timedelta(days=1), limit=9) == []
    with tenant_atomic():
        assert not selectors.is_recounting()
        at = Bucket.objects.filter(cut="sku").values_list("at", "revenue_e4")
        assert list(at) == [(EVENING.replace(hour=16, minute=0), PRICE)]


def test_of_two_who_count_anew_the_second_leaves_it(shop):
    sold(shop)
    with tenant_atomic():
        Progress.objects.update(recut_at=EVENING, lease_until=EVENING + SECOND)

    services.recut(now=EVENING)

    with tenant_atomic():
        assert Progress.objects.get().recut_at == EVENING
    services.recut(now=EVENING + SECOND)
    with tenant_atomic():
        assert Progress.objects.get().recut_at is None


def test_a_time_zone_that_is_none_is_refused(shop):
    with pytest.raises(InvalidInput), tenant_atomic():
        tenants.change_settings(
            merchant_id=shop.pk, given={"time_zone": "Mars/Base"}, by=LI, now=EVENING
        )


def test_figures_of_a_shop_without_a_sale_are_none_and_are_made_anew(shop):
    assert services.rebuild(now=EVENING) == 0

    with tenant_atomic():
        assert services.check(now=EVENING) == []
