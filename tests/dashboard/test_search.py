"""The office's search leads to what a person may see, and writes down that a code was looked up."""

import re

import pytest

from core.actors import SYSTEM
from core.scope import tenant_atomic
from inventory import services as inventory
from tenants.models import AuditRow
from tenants.roles import Role
from tests.catalog.factories import make_sku
from tests.channels.factories import make_partner
from tests.conftest import as_tenant
from tests.dashboard.people import browser_of
from tests.inventory.factories import make_codes
from tests.orders.factories import open_case, paid, placed, stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
FIND, HITS = "/office/find/", "/office/find/hits/"


def links(answer) -> list[str]:
    return re.findall(r'href="([^"]+)" data-hit', answer.content.decode())


def found(browser, text: str) -> list[str]:
    """Where the answer leads, as a page without a script is told."""
    return links(browser.post(FIND, {"q": text}))


def test_an_order_is_found_by_what_people_have_in_hand(shop):
    with tenant_atomic():
        order = paid(stocked_sku(2))
        case = open_case(order)
    page = f"/office/orders/{order.pk}/"
    browser = browser_of(shop, Role.SUPPORT)

    assert found(browser, order.number.lower()) == [page]
    assert found(browser, "8000") == [page]
    assert found(browser, " 13800138000 ") == [page]
    assert found(browser, case.ref) == [f"/office/cases/{case.pk}/"]
    assert found(browser, order.number[:-1]) == []  # equality, never a part


def test_a_whole_code_leads_to_it_and_that_is_written_down(shop):
    with tenant_atomic():
        code = make_codes(make_sku(), 2)[0]
        shown = inventory.reveal(code_id=code.pk, by=SYSTEM, reason="trial", now=NOON)
        text = shown.secret.reveal()
    browser = browser_of(shop, Role.VIEWER)

    assert found(browser, text) == [f"/office/codes/{code.pk}/"]
    assert found(browser, text[:-1]) == []
    with tenant_atomic():
        rows = AuditRow.objects.filter(action="code.found")
        assert [row.target for row in rows] == [f"code:{code.pk}"]
        assert text not in str(list(rows.values()))


def test_pages_and_names_are_found_in_either_language_by_right(shop):
    with tenant_atomic():
        sku = stocked_sku(1)
        partner = make_partner(name="Acme Travel")
    owner, viewer = browser_of(shop, Role.OWNER), browser_of(shop, Role.VIEWER)

    product = f"/office/catalog/product/{sku.product_id}/change/"
    assert product in found(owner, sku.product.name)
    assert found(viewer, sku.ref.lower()) == [product]
    assert found(owner, "acme") == [f"/office/partners/{partner.ref}/"]
    assert found(viewer, "acme") == []
    assert found(owner, "操作日志") == found(owner, "Audit") == ["/office/tenants/auditrow/"]
    assert found(viewer, "Audit") == []


def test_another_shops_order_is_not_found(shop, other_shop):
    with as_tenant(other_shop.pk), tenant_atomic():
        there = placed(stocked_sku(1))
    browser = browser_of(shop, Role.OWNER)

    assert found(browser, there.number) == []
    assert "Nothing found" in browser.post(FIND, {"q": there.number}).content.decode()


def test_what_is_found_while_it_is_typed_stands_in_no_address(shop):
    with tenant_atomic():
        order = paid(stocked_sku(1))
    browser = browser_of(shop, Role.OWNER)

    said = browser.post(HITS, {"q": order.number}).json()["html"]

    assert f"/office/orders/{order.pk}/" in said
    assert links(browser.get(FIND, {"q": order.number})) == []
    assert browser.get(HITS).status_code == 405
