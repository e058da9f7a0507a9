"""An empty list says what will be here, and what to do next as far as one may."""

import pytest

from tests.dashboard.people import browser_of

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.mark.parametrize(
    ("path", "role", "link"),
    [
        ("/office/catalog/product/", "owner", "/office/guide/product/"),
        ("/office/catalog/product/", "viewer", ""),
        ("/office/inventory/batch/", "owner", "/office/imports/"),
        ("/office/orders/order/", "support", "/office/guide/"),
        ("/office/catalog/category/", "owner", "/office/catalog/category/add/"),
        ("/office/orders/case/", "owner", ""),
    ],
)
def test_a_list_that_has_nothing_leads_on(shop, path, role, link):
    page = browser_of(shop, role).get(path).content.decode()

    said = page.split("qy-empty", 1)[1].split("</div></div>", 1)[0]
    assert "Nothing here yet" in said
    assert (f'href="{link}"' in said) if link else ("href" not in said)


def test_a_list_where_nothing_fits_leads_back_to_all(shop):
    page = browser_of(shop, "viewer").get("/office/orders/order/?state__exact=paid")

    assert "Nothing here fits the search and the filters." in page.content.decode()
