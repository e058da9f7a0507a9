"""The rules that an offer carries: where it may be sold, for how much, by what paper."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from suppliers.selectors import authorisations_ending, choose_offer, judged_offers, skus_with_offers
from suppliers.selectors.authorising import last_day
from suppliers.types import Sale
from tests.catalog.factories import make_brand, make_product, make_sku
from tests.suppliers.factories import make_offer, make_supplier
from tests.suppliers.papers import authorise
from tests.times import NOON

ZONE = ZoneInfo("Asia/Shanghai")
# The last second of November in Shanghai, and the second after it; in UTC it is still November.
LAST_SECOND = datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)
NEXT_MONTH = datetime(2026, 11, 30, 16, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_scope(scope):
    """In the shop's transaction."""


def judge(offer, *, now=NOON, **sold):
    """Why the offer is left out, as the router, the office and the shelf each see it."""
    sale = Sale(**({"paid_e4": 100_000, "channel": "web"} | sold))
    sku_id = offer.sku_id
    choice = choose_offer(sku_id=sku_id, sale=sale, key="1", zone=ZONE, now=now)
    ((judged,),) = judged_offers(sales={sku_id: sale}, zone=ZONE, now=now).values()
    is_sold = sku_id in skus_with_offers(sales={sku_id: sale}, now=now)
    assert (choice.offer is None) == bool(judged.why)
    assert is_sold == (not judged.why)
    if judged.why:
        assert choice.why == f"0 of 1, 1 {judged.why}"
        assert choice.is_final
    return judged.why


@pytest.mark.parametrize(
    ("given", "sold", "why"),
    [
        ({"floor_e4": 95_000}, {"paid_e4": 94_900}, "below the floor"),
        ({"floor_e4": 95_000}, {"paid_e4": 95_000}, ""),
        ({"forbidden_channels": ["taobao", "api"]}, {"channel": "taobao"}, "channel"),
        ({"forbidden_channels": ["taobao", "api"]}, {"channel": "web"}, ""),
        ({"forbidden_channels": ["taobao"]}, {"channel": ""}, ""),
        ({"needs_authorisation": True}, {}, "no authorisation"),
        ({"slow_hours": 24}, {}, "slow"),
        ({"slow_hours": 24}, {"slow_hours": 12}, "slow"),
        ({"slow_hours": 24}, {"slow_hours": 24}, ""),
    ],
)
def test_each_rule_leaves_the_offer_out_everywhere(given, sold, why):
    assert judge(make_offer(**given), **sold) == why


def test_an_offer_without_rules_serves_every_sale():
    assert judge(make_offer(), channel="api") == ""


def test_another_offer_serves_what_the_first_one_may_not():
    first = make_offer(floor_e4=100_000)
    second = make_offer(sku=first.sku, priority=2)
    sale = Sale(paid_e4=99_000, channel="web")

    choice = choose_offer(sku_id=first.sku_id, sale=sale, key="1", zone=ZONE, now=NOON)

    assert choice.offer == second
    assert choice.why == "priority 2, 1 of 1 by weight 1, 1 below the floor"


# Authorisations


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (LAST_SECOND, ""),
        (NEXT_MONTH, "no authorisation"),
        (datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC), "no authorisation"),
        (datetime(2026, 10, 31, 16, 0, 0, tzinfo=UTC), ""),
    ],
)
def test_an_authorisation_begins_and_ends_at_midnight_in_the_merchants_zone(now, why):
    offer = make_offer(needs_authorisation=True)
    authorise(offer)

    assert judge(offer, now=now) == why


def test_an_authorisation_is_for_its_brand_and_its_supplier_only():
    offer = make_offer(needs_authorisation=True)
    other_brand = make_sku(product=make_product(brand=make_brand()))
    authorise(make_offer(sku=offer.sku, supplier=make_supplier(), is_on=False))
    authorise(make_offer(sku=other_brand, supplier=offer.supplier))
    offers = [offer.pk]

    sale = Sale(paid_e4=100_000)
    judged = judged_offers(sales={offer.sku_id: sale}, zone=ZONE, now=NOON)[offer.sku_id]

    assert [one.why for one in judged if one.offer.pk in offers] == ["no authorisation"]


def test_no_paper_is_asked_for_where_no_offer_needs_one(django_assert_num_queries):
    offer = make_offer()

    with django_assert_num_queries(1):
        skus_with_offers(sales={offer.sku_id: Sale(paid_e4=100_000)}, now=NOON)


@pytest.mark.parametrize(
    ("papers", "last"),
    [
        ([], None),
        ([((11, 1), (11, 24))], None),
        ([((11, 1), (11, 25))], (11, 25)),
        ([((11, 26), (12, 31))], None),
        ([((11, 1), (11, 30)), ((12, 1), (12, 31))], (12, 31)),
        ([((11, 1), (11, 30)), ((12, 2), (12, 31))], (11, 30)),
        ([((11, 1), (12, 31)), ((11, 2), (11, 26))], (12, 31)),
    ],
)
def test_papers_that_follow_each_other_count_as_one(papers, last):
    offer = make_offer(needs_authorisation=True)
    held = [
        authorise(offer, since=date(2026, *since), until=date(2026, *until))
        for since, until in papers
    ]

    found = last_day(held, day=date(2026, 11, 25))

    assert found == (date(2026, *last) if last else None)


def test_what_ends_within_thirty_days_is_told_and_what_is_missing_first():
    soon, later, missing = (make_offer(needs_authorisation=True) for _each in range(3))
    make_offer()  # needs none
    make_offer(needs_authorisation=True, is_on=False)
    authorise(soon, until=date(2026, 12, 25))
    authorise(later, until=date(2026, 12, 26))

    found = authorisations_ending(day=date(2026, 11, 25))

    assert [(one.supplier_id, one.until) for one in found] == [
        (missing.supplier_id, None),
        (soon.supplier_id, date(2026, 12, 25)),
    ]


def test_another_shops_paper_allows_nothing(other_shop):
    offer = make_offer(needs_authorisation=True)

    assert judge(offer) == "no authorisation"
