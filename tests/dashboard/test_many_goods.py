"""Many products from the list: all that the filter finds, counted before and undone after."""

import pytest

from catalog.models import ManyChange, Product
from core.scope import tenant_atomic
from tests.catalog.factories import make_brand, make_category, make_product, make_sku
from tests.conftest import as_tenant, make_shop
from tests.dashboard.people import browser_of

pytestmark = pytest.mark.django_db(databases="__all__")
LIST, BULK = "/office/catalog/product/", "/office/products/bulk/"
ACTION = {"action": "put_on_shelf", "select_across": "1", "index": "0"}


@pytest.fixture
def many(shop):
    """More than a page holds, and more than were once cut off; two match no filter."""
    with tenant_atomic():
        brand, category = make_brand(name="B"), make_category(name="C")
        common = {"brand": brand, "category": category, "state": "draft"}
        made = [make_product(name=f"Year {at}", search="year", **common) for at in range(505)]
        make_product(name="Other", search="other", **common)
        for product in made[:3]:
            make_sku(product=product)
    return made


def test_all_that_the_filter_finds_are_counted_done_and_undone(shop, many):
    browser = browser_of(shop, "owner")
    chosen = ACTION | {"_selected_action": [many[0].pk]}

    asked = browser.post(f"{LIST}?q=Year", chosen)
    ids = asked.context["ids"]
    unsure = browser.post(BULK, {"ids": ids, "verb": "publish"})
    page = browser.post(BULK, {"ids": ids, "verb": "publish", "typed": "505"}, follow=True)

    assert asked.context["count"] == 505
    assert (unsure.status_code, unsure.context["ids"]) == (422, ids)
    text = page.content.decode()
    assert "Put on the shelf: 3" in text
    assert "and 302 more" in text  # of 502 without anything on sale, 200 are named
    with tenant_atomic():
        change = ManyChange.objects.get()
        assert Product.objects.filter(state="published").count() == 3
    undone = browser.post(f"/office/products/changes/{change.ref}/undo/", follow=True)
    assert "Undone: 3 products are again what they were." in undone.content.decode()
    with tenant_atomic():
        assert set(Product.objects.values_list("state", flat=True)) == {"draft"}


def test_copies_are_made_of_as_many_as_was_said_and_never_of_some(shop, many):
    browser = browser_of(shop, "owner")
    ids = ",".join(str(one.pk) for one in many)

    refused = browser.post(BULK, {"ids": ids, "verb": "copy", "typed": "505"})
    done = browser.post(BULK, {"ids": f"{many[0].pk},{many[1].pk}", "verb": "copy"})

    assert "Choose at most 200 products to copy at once." in refused.content.decode()
    assert done.status_code == 302
    with tenant_atomic():
        assert Product.objects.count() == 508


def test_another_shops_products_are_not_counted_and_its_changes_not_found(shop):
    other = make_shop("other")
    with as_tenant(other.pk), tenant_atomic():
        theirs = make_product(state="published")
        change = ManyChange.objects.create(
            ref="THEIRS", verb="publish", by="x", at=theirs.made_at, was={str(theirs.pk): {}}
        )
    browser = browser_of(shop, "owner")

    answer = browser.post(BULK, {"ids": str(theirs.pk), "verb": "unpublish"})
    page = browser.get(f"/office/products/changes/{change.ref}/")

    assert "Choose at least one product." in answer.content.decode()
    assert page.status_code == 404
    with as_tenant(other.pk), tenant_atomic():
        assert Product.objects.get().state == "published"
