"""What a partner may buy and at what prices, as staff decides it."""

import pytest

from channels import services as channels
from channels.errors import TierInUse
from channels.models import PriceTier, TierPrice
from channels.selectors import partners_at_a_glance, skus_listed
from channels.types import KeyTerms, PartnerTerms
from core.errors import InvalidInput
from core.scope import tenant_atomic
from tenants.models import AuditRow
from tests.catalog.factories import make_sku
from tests.channels.factories import WANG, make_keyed, make_partner, make_tier
from tests.times import MORNING, NOON

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(autouse=True)
def scope(shop):
    with tenant_atomic():
        yield


def change(partner, **terms):
    given = PartnerTerms(**({"name": partner.name} | terms))
    channels.change_partner(partner_id=partner.pk, terms=given, by=WANG, now=NOON)


def listed(partner):
    return sorted(skus_listed(partner_id=partner.pk))


def said_of(action):
    return list(
        AuditRow.objects.filter(action=action).order_by("pk").values_list("data", flat=True)
    )


def test_its_list_is_what_was_chosen_last():
    one, two, three = make_sku(), make_sku(), make_sku()
    partner = make_partner(sells_all=False, sku_ids=(one.pk, two.pk))

    change(partner, sells_all=False, sku_ids=(two.pk, three.pk))

    assert listed(partner) == sorted([two.pk, three.pk])
    assert said_of("partner.changed") == [{"changed": "skus", "credit_e4": 0}]


def test_terms_that_do_not_speak_of_its_list_leave_it():
    sku = make_sku()
    partner = make_partner(sells_all=False, sku_ids=(sku.pk,))

    change(partner, contact="Li")

    assert listed(partner) == [sku.pk]


def test_own_prices_are_set_together_and_again():
    tier, one, two = make_tier(), make_sku(), make_sku()

    channels.set_tier_prices(tier_id=tier.pk, prices={one.pk: 1, two.pk: 2}, by=WANG, now=NOON)
    channels.set_tier_prices(tier_id=tier.pk, prices={two.pk: 3}, by=WANG, now=NOON)

    found = TierPrice.objects.values_list("sku_id", "price_e4")
    assert dict(found) == {one.pk: 1, two.pk: 3}
    assert said_of("tier.priced") == [
        {"sku_id": one.pk, "price_e4": 1},
        {"sku_id": two.pk, "price_e4": 2},
        {"sku_id": two.pk, "price_e4": 3},
    ]


def test_of_own_prices_all_are_taken_or_none():
    tier, one, two = make_tier(), make_sku(), make_sku()

    with pytest.raises(InvalidInput):
        channels.set_tier_prices(tier_id=tier.pk, prices={one.pk: 1, two.pk: 0}, by=WANG, now=NOON)

    assert not TierPrice.objects.exists()


def test_a_tier_that_partners_buy_in_stays():
    tier = make_tier()
    partner = make_partner(tier_id=tier.pk)
    with pytest.raises(TierInUse):
        channels.drop_tier(tier_id=tier.pk, by=WANG, now=NOON)

    change(partner, tier_id=None)
    channels.set_tier_price(tier_id=tier.pk, sku_id=make_sku().pk, price_e4=1, by=WANG, now=NOON)
    channels.drop_tier(tier_id=tier.pk, by=WANG, now=NOON)

    assert (PriceTier.objects.count(), TierPrice.objects.count()) == (0, 0)


def test_without_a_tier_it_is_the_list_price():
    sku = make_sku()

    told = channels.prices_of_partner(partner=make_partner(), skus=[sku])

    assert told == {sku.pk: sku.price_e4}


def test_the_list_of_partners_shows_money_keys_and_the_last_order():
    keyed = make_keyed(credit_e4=500_000)
    ended = channels.issue_key(partner_id=keyed.partner.pk, terms=KeyTerms(), by=WANG, now=MORNING)
    channels.revoke_key(key_id=ended.key_id, by=WANG, now=MORNING)
    idle = make_partner(balance_e4=0)

    found = {one.pk: one for one in partners_at_a_glance(now=NOON)}

    row = found[keyed.partner.pk]
    assert (row.balance_e4, row.floor_e4, row.live_keys, row.ordered_at) == (
        10_000_000, -500_000, 1, None,
    )  # fmt: skip
    assert (found[idle.pk].balance_e4, found[idle.pk].live_keys) == (0, 0)


@pytest.mark.usefixtures("unprepared")
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_partners_is_one_query(count, django_assert_num_queries):
    for _ in range(count):
        make_keyed()

    with django_assert_num_queries(1):
        assert len(partners_at_a_glance(now=NOON)) == count
