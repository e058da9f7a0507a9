"""A batch as the office shows it."""

import re
from datetime import date

import pytest

from core.actors import SYSTEM
from core.scope import tenant_atomic
from core.secrets import Secret
from inventory import services as inventory
from inventory.models import Batch
from inventory.types import NewBatch, NewCode
from tests.catalog.factories import make_sku
from tests.dashboard.people import browser_of
from tests.times import MORNING

pytestmark = pytest.mark.django_db(databases="__all__")
SUMMER, AUTUMN = date(2099, 6, 30), date(2099, 9, 30)


def make_batch(*days: date | None, default: date | None = None) -> Batch:
    """A code a day, as a file of codes with dates of their own brings them."""
    codes = [NewCode(secret=Secret(f"DATED-{at}"), expires_on=day) for at, day in enumerate(days)]
    with tenant_atomic():
        given = NewBatch(sku_id=make_sku().pk, expires_on=default)
        added = inventory.add_codes(given=given, codes=codes, by=SYSTEM, now=MORNING)
        return Batch.objects.get(pk=added.batch_id)


def days_on_its_page(browser, batch):
    page = browser.get(f"/office/batches/{batch.pk}/").content.decode()
    return re.findall(r"<dt>Expires on</dt><dd>(.*?)</dd>", page)


def days_in_the_list(browser):
    page = browser.get("/office/inventory/batch/").content.decode()
    cells = re.findall(r'<td class="[^"]*field-expires[^"]*"[^>]*>(.*?)</td>', page, re.S)
    return [re.sub(r"<[^>]+>", " ", cell).strip() for cell in cells]


@pytest.mark.parametrize(
    ("days", "default", "shown"),
    [
        ((SUMMER, SUMMER), None, "2099-06-30"),
        ((AUTUMN, SUMMER), None, "2099-06-30 – 2099-09-30"),
        ((SUMMER, None), None, "2099-06-30 – never"),
        ((None, None), None, "never"),
        ((None, None), AUTUMN, "2099-09-30"),
        ((), AUTUMN, "-"),
    ],
)
def test_a_batch_expires_when_its_codes_do(shop, days, default, shown):
    batch = make_batch(*days, default=default)
    browser = browser_of(shop, "viewer")

    assert (days_on_its_page(browser, batch), days_in_the_list(browser)) == ([shown], [shown])
