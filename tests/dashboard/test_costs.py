"""What goods cost the shop is shown to who deals with costs: owner, operator, finance."""

import io

import openpyxl
import pytest

from catalog.models import Sku
from core.scope import tenant_atomic
from inventory.models import Batch
from tenants.roles import RIGHTS, Role
from tests.catalog.factories import make_sku
from tests.dashboard.people import browser_of
from tests.dashboard.test_deeds import product_form
from tests.inventory.factories import make_codes

pytestmark = pytest.mark.django_db(databases="__all__")
SEE_COSTS = {Role.OWNER, Role.OPERATOR, Role.FINANCE}


@pytest.fixture
def sku(shop) -> Sku:
    """Usually bought for 12.34; the batch was bought for 5.00."""
    with tenant_atomic():
        made = make_sku(cost_hint_e4=123_400)
        make_codes(made, 1)
        return made


def cells_of(answer):
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    return {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}


@pytest.mark.parametrize("role", Role.values)
def test_costs_are_seen_by_who_deals_with_them(shop, sku, role):
    browser = browser_of(shop, role)
    with tenant_atomic():
        batch = Batch.objects.get()

    table = browser.get("/office/products/table/csv/").content.decode("utf-8-sig")
    cells = cells_of(browser.get("/office/products/table/xlsx/"))
    product = browser.get(f"/office/catalog/product/{sku.product_id}/change/").content.decode()
    page = browser.get(f"/office/batches/{batch.pk}/").content.decode()

    seen = {
        "table": ("12.34" in table, "usual cost" in table),
        "sheet": ("12.34" in cells, "usual cost" in cells),
        "product": ("12.34" in product, "Usual cost" in product),
        "batch": ("5.00" in page, "Cost of one" in page),
    }
    may = role in SEE_COSTS
    assert seen == dict.fromkeys(seen, (may, may))


def test_who_edits_without_seeing_costs_leaves_them_as_they_are(shop, sku, monkeypatch):
    monkeypatch.setitem(RIGHTS, Role.OPERATOR, RIGHTS[Role.OPERATOR] - {"cost.view"})
    browser = browser_of(shop, Role.OPERATOR)
    form = product_form(name="New", brand=sku.product.brand_id, category=sku.product.category_id)
    here = {"skus-INITIAL_FORMS": "1", "skus-0-id": sku.pk, "skus-0-product": sku.product_id}

    answer = browser.post(f"/office/catalog/product/{sku.product_id}/change/", form | here)

    assert answer.status_code == 302
    with tenant_atomic():
        assert Sku.objects.get().cost_hint_e4 == 123_400
