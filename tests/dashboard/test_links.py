"""Nobody is shown the way to a page that is closed to them."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone

from catalog import services as catalog
from catalog.models import BuyerTemplate
from core.actors import SYSTEM
from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from tenants.roles import Role
from tests.catalog.factories import make_sku
from tests.dashboard.people import browser_of
from tests.orders.factories import open_case, paid, stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")

LINK = re.compile(r'href="(/office/[^"#]*)"')
FORM = [{"key": "qq", "kind": "qq", "label": "QQ", "label_en": "QQ", "is_required": True}]


@pytest.fixture
def busy_shop(shop):
    """Something on each list, and something that waits for a person."""
    with tenant_atomic():
        order = paid(stocked_sku(2))
        fulfillment.open_units(order_id=order.pk, now=NOON)
        open_case(order, unit_id=Unit.objects.get().pk)
        by_hand = paid(make_sku(kind="by_hand", promise="slow"))
        fulfillment.open_units(order_id=by_hand.pk, now=timezone.now())
        catalog.save_template(name="QQ", name_en="QQ", fields=FORM, by=SYSTEM, now=NOON)
    return shop


def walked(browser: Client) -> Iterator[tuple[str, int]]:
    """Every page of the office that links lead to, from the home page on; a list only once."""
    seen, waiting = {"/office/"}, ["/office/"]
    while waiting:
        path = waiting.pop()
        answer = browser.get(path, follow=True)
        yield path, answer.status_code
        if "text/html" not in answer["Content-Type"]:
            continue
        for link in LINK.findall(answer.content.decode()):
            address = link.split("?")[0]
            if address not in seen and address != "/office/logout/":
                seen.add(address)
                waiting.append(address)


@pytest.mark.parametrize("role", Role)
def test_every_link_opens_for_whom_it_is_shown_to(busy_shop, role):
    browser = browser_of(busy_shop, role)

    answers = dict(walked(browser))

    assert {path: status for path, status in answers.items() if status != 200} == {}
    assert len(answers) > 15


def test_who_may_not_change_a_buyer_form_reads_it(busy_shop):
    browser = browser_of(busy_shop, "viewer")
    with tenant_atomic():
        path = f"/office/buyer-forms/{BuyerTemplate.objects.get().pk}/"

    page = browser.get(path).content.decode()

    assert "disabled" in page
    assert ">Save<" not in page
    assert browser.post(path, {"name": "Mine"}).status_code == 403
