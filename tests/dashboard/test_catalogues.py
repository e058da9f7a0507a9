"""The merchant's pages of what suppliers sell, of prices that moved, and of margin rules."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Sku
from core.actors import SYSTEM
from core.scope import tenant_atomic
from suppliers import services
from suppliers.models import Catalogue, MarginRule, Offer, SupplierProduct
from tenants.roles import Role
from tests.catalog.factories import make_sku
from tests.dashboard.people import browser_of
from tests.suppliers.factories import account_at, at_the_judge, make_offer, make_supplier
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
SEE_COSTS = {Role.OWNER, Role.OPERATOR, Role.FINANCE}
OFFER = {
    "product": "88", "cost": "8", "priority": "1", "weight": "1", "slow_hours": "0", "is_on": "on",
}  # fmt: skip


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return make_sku(kind="supplier_code", name="Month")


@pytest.fixture
def offer(sku, judge):
    with tenant_atomic():
        supplier = at_the_judge(judge, "kasushou")
        return make_offer(sku=sku, supplier=supplier, cost_e4=80_000, most_e4=80_000)


@pytest.fixture
def says(judge, offer):
    """`says(*lines)`: the supplier's catalogue has been read, and has these lines."""

    def read(*lines):
        judge.desk.reset()
        account_at(judge, "kasushou")
        for one in lines:
            judge.desk.product(protocol="kasushou", **one)
        services.sync_soon(supplier_id=offer.supplier_id, by=SYSTEM, now=NOON)
        return services.sync_products(supplier_id=offer.supplier_id, now=NOON)

    return read


def line(product="88", cost_e4=80_000, **more):
    named = {"id": product, "kind": "card", "name": f"Card {product}"}
    return named | {"price_e4": cost_e4} | more


def text_of(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def address(offer):
    return f"/office/suppliers/{offer.supplier_id}/catalogue/"


def fresh(offer):
    with tenant_atomic():
        return Offer.objects.get(pk=offer.pk)


@pytest.mark.parametrize("role", Role.values)
def test_costs_in_a_catalogue_are_seen_by_who_deals_with_costs(shop, offer, says, role):
    says(line(cost_e4=70_000), line("77", cost_e4=55_500))
    browser = browser_of(shop, role)

    page = text_of(browser, address(offer))

    assert "Card 77" in page
    assert ("5.55" in page) == (role in SEE_COSTS)


def test_a_catalogue_is_searched_and_sifted(shop, offer, says):
    says(line("88"), line("1", stock=0), line("2", state="off"), line("3"))
    browser = browser_of(shop, "owner")

    def found(query):
        page = text_of(browser, address(offer) + query)
        return [number for number in ("88", "1", "2", "3") if f"Card {number}<" in page]

    queries = ("", "?q=card 3", "?show=ours", "?show=gone", "?show=nonsense")

    assert {query: found(query) for query in queries} == {
        "": ["88", "1", "2", "3"],
        "?q=card 3": ["3"],
        "?show=ours": ["88"],
        "?show=gone": ["1", "2"],
        "?show=nonsense": ["88", "1", "2", "3"],
    }


def test_a_long_catalogue_has_pages(shop, offer, says):
    says(*(line(str(number)) for number in range(1_000, 1_120)))
    browser = browser_of(shop, "owner")

    page = text_of(browser, f"{address(offer)}?p=3&q=card")

    assert ("Card 1119<" in page, "Card 1099<" in page) == (True, False)
    assert "?p=2&amp;q=card" in page


def test_a_reading_that_failed_says_why(shop, offer, says):
    says(line())
    with tenant_atomic():
        Catalogue.objects.update(failures=2, said="an empty catalogue")
    browser = browser_of(shop, "owner")

    assert "which is not believed" in text_of(browser, address(offer))


def test_who_tells_nothing_has_an_empty_page(shop):
    with tenant_atomic():
        mute = make_supplier(protocol="ofpay", base_url="http://ofpay.test")
    browser = browser_of(shop, "owner")

    page = text_of(browser, f"/office/suppliers/{mute.pk}/catalogue/")

    assert "tells nothing of what it sells" in page
    assert "catalogue/" not in text_of(browser, f"/office/suppliers/{mute.pk}/")


def test_it_is_read_by_a_worker_when_asked(shop, offer, says):
    says(line())
    with tenant_atomic():
        Catalogue.objects.update(next_at=timezone.now() + timedelta(days=1))
    browser = browser_of(shop, "owner")

    answer = browser.post(f"{address(offer)}read/", follow=True)

    assert "It is being read" in answer.content.decode()
    with tenant_atomic():
        assert Catalogue.objects.get().next_at <= timezone.now()


def test_how_it_is_read_is_set(shop, offer):
    browser = browser_of(shop, "owner")
    given = {"every_minutes": "45", "alert_percent": "12"}

    taken = browser.post(f"{address(offer)}terms/", given)
    refused = browser.post(f"{address(offer)}terms/", given | {"every_minutes": "1"})

    assert (taken.status_code, refused.status_code) == (302, 422)
    assert 'value="12"' in refused.content.decode()
    with tenant_atomic():
        found = Catalogue.objects.get()
    assert (found.every_minutes, found.alert_percent) == (45, 12)


def test_a_line_is_offered_for_a_sku(shop, offer, says):
    with tenant_atomic():
        other = make_sku(kind="supplier_code", name="Year")
    says(line("88"), line("99", cost_e4=123_400))
    with tenant_atomic():
        found = SupplierProduct.objects.get(product="99")
    browser = browser_of(shop, "owner")

    page = text_of(browser, f"{address(offer)}{found.pk}/")
    new = f"/office/offers/new/{other.pk}/?line={found.pk}"
    form = text_of(browser, new)
    answer = browser.post(
        new, OFFER | {"product": "99", "cost": "12.34", "supplier": str(offer.supplier_id)}
    )

    assert new in page
    assert 'value="99"' in form
    assert 'value="12.34' in form
    assert answer.status_code == 302
    with tenant_atomic():
        made = Offer.objects.get(product="99")
    assert (made.sku_id, made.cost_e4, made.own_fields) == (other.pk, 123_400, [])


def test_a_gift_cards_value_is_kept_in_the_form(shop, sku, judge):
    with tenant_atomic():
        supplier = at_the_judge(judge, "reloadly_gift_cards")
    services.sync_products(supplier_id=supplier.pk, now=NOON)
    with tenant_atomic():
        found = SupplierProduct.objects.get(product="1000")
    browser = browser_of(shop, "owner")

    browser.post(
        f"/office/offers/new/{sku.pk}/?line={found.pk}",
        OFFER | {"product": "1000", "face_value": "10", "supplier": str(supplier.pk)},
    )

    with tenant_atomic():
        assert Offer.objects.get(product="1000").face_value == found.face_value == 10


@pytest.mark.parametrize("query", ["?line=", "?line=x", "?line=999999999999", "?line=-1"])
def test_no_such_line_is_an_empty_form(shop, sku, query):
    browser = browser_of(shop, "owner")

    assert browser.get(f"/office/offers/new/{sku.pk}/{query}").status_code == 200


def test_what_the_merchant_typed_is_marked_and_given_back(shop, offer, says):
    says(line(cost_e4=82_000))
    browser = browser_of(shop, "owner")
    page = f"/office/offers/{offer.pk}/"
    before = text_of(browser, page)

    browser.post(page, OFFER | {"cost": "7.5", "most": "9", "ignores_supply": "on"})
    marked, own = text_of(browser, page), fresh(offer)
    for field in ("cost_e4", "most_e4", "supply"):
        browser.post(f"{page}follow/", {"field": field})
    back = fresh(offer)

    assert "These are your own" not in before
    assert own.own_fields == ["cost_e4", "most_e4", "supply"]
    assert marked.count("Follow the supplier again") == 3
    assert marked.count("Your own: the catalogue does not change it.") == 2
    assert (back.own_fields, back.cost_e4, back.most_e4) == ([], 82_000, 82_000)


def test_saving_an_offer_as_it_is_takes_nothing_over(shop, offer, says):
    says(line(cost_e4=82_000))
    browser = browser_of(shop, "owner")

    browser.post(f"/office/offers/{offer.pk}/", OFFER | {"cost": "8.2", "weight": "3"})

    found = fresh(offer)
    assert (found.own_fields, found.weight, found.most_e4) == ([], 3, 82_000)


def test_nonsense_is_not_given_back(shop, offer):
    browser = browser_of(shop, "owner")

    answer = browser.post(f"/office/offers/{offer.pk}/follow/", {"field": "weight"})

    assert answer.status_code == 422


def test_an_offer_that_cannot_be_had_says_so(shop, offer, says):
    says(line(stock=0))
    browser = browser_of(shop, "owner")

    assert "Out of stock at the supplier" in text_of(browser, "/office/offers/")


def test_prices_that_moved_are_told(shop, offer, says):
    says(line(), line("77", cost_e4=50_000))
    says(line(cost_e4=100_000), line("77", cost_e4=40_000))
    browser = browser_of(shop, "owner")

    ours = text_of(browser, "/office/suppliers/prices/")
    every = text_of(browser, "/office/suppliers/prices/?show=all")

    assert ("+25.0%" in ours, "Card 77" in ours) == (True, False)
    assert "-20.0%" in every


def test_a_week_of_moves_is_counted_at_the_supplier(shop, offer, says, monkeypatch):
    says(line())
    says(line(cost_e4=100_000))
    monkeypatch.setattr("dashboard.views.suppliers.timezone.now", lambda: NOON)
    browser = browser_of(shop, "owner")

    assert "Prices moved in 7 days: 1" in text_of(browser, "/office/suppliers/health/")


def test_a_margin_rule_is_set_and_kept(shop, sku, offer):
    browser = browser_of(shop, "owner")
    page = f"/office/offers/margin/{sku.pk}/"

    refused = browser.post(page, {"action": "reprice", "margin_percent": "-3"})
    taken = browser.post(page, {"action": "reprice", "margin_percent": "50"})

    assert (refused.status_code, taken.status_code) == (422, 302)
    with tenant_atomic():
        assert MarginRule.objects.get().margin_percent == 50
        assert Sku.objects.get(pk=sku.pk).price_e4 == 120_000
    assert "Margin below 50%: raise the price" in text_of(browser, "/office/offers/")
    assert "the next one costs" in text_of(browser, page)


def test_a_line_of_another_value_is_not_offered_yet(shop, sku, judge):
    with tenant_atomic():
        supplier = at_the_judge(judge, "reloadly_gift_cards")
        make_offer(sku=sku, supplier=supplier, product="1000", face_value=50)
    services.sync_products(supplier_id=supplier.pk, now=NOON)
    with tenant_atomic():
        found = SupplierProduct.objects.get(product="1000")
    browser = browser_of(shop, "owner")

    page = text_of(browser, f"/office/suppliers/{supplier.pk}/catalogue/{found.pk}/")

    assert "Offer it for this one" in page


def test_a_line_is_asked_for_again(shop, offer, says, judge):
    says(line())
    with tenant_atomic():
        found = SupplierProduct.objects.get()
    browser = browser_of(shop, "owner")

    judge.desk.product(protocol="kasushou", **line(cost_e4=81_000))
    answer = browser.post(f"{address(offer)}{found.pk}/read/", follow=True)

    assert "This is what the supplier says now." in answer.content.decode()
    assert fresh(offer).cost_e4 == 81_000
