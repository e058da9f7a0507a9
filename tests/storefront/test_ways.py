"""How the shopper pays is the shopper's choice, where there is one; it needs no script."""

import pytest

from core.scope import tenant_atomic
from orders.models import Order
from payments import services as payments
from payments.models import Payment
from payments.services import registry
from payments.types import ProviderChoice
from tests.conftest import client_of
from tests.storefront.factories import bought, buy, page_of, path_of, stocked

WAYS = [
    ProviderChoice(name="sandbox", label="Bank A"),
    ProviderChoice(name="other", label="Bank B"),
]


@pytest.fixture
def client(shop):
    buyer = client_of(shop)
    buyer.cookies["qy_language"] = "en"
    return buyer


@pytest.fixture
def _two_ways(monkeypatch):
    known = registry._providers() | {"other": registry._sandbox}
    monkeypatch.setattr(registry, "_providers", lambda: known)
    monkeypatch.setattr(payments, "ways_to_pay", lambda: WAYS)


def begun(order) -> list[str]:
    with tenant_atomic():
        found = Payment.objects.filter(payable_id=order.pk).order_by("pk")
        return list(found.values_list("provider", flat=True))


def test_one_way_to_pay_is_named_and_not_asked_for(client):
    page = client.get(page_of(stocked())).content.decode()

    assert "Sandbox QR payment" in page
    assert 'name="way"' not in page


@pytest.mark.usefixtures("_two_ways")
def test_of_two_ways_the_first_is_chosen_until_the_shopper_says_otherwise(client):
    sku = stocked()
    page = client.get(page_of(sku)).content.decode()

    order = bought(client, sku)

    assert 'name="way" value="sandbox" checked' in page
    assert 'name="way" value="other">' in page
    assert begun(order) == ["sandbox"]


@pytest.mark.usefixtures("_two_ways")
def test_the_chosen_way_is_the_one_the_pay_page_shows(client):
    order = bought(client, stocked(), way="other")

    page = client.get(path_of(order, "pay/")).content.decode()

    assert "<b>Bank B</b>" in page
    assert begun(order) == ["other"]


@pytest.mark.usefixtures("_two_ways")
def test_on_the_pay_page_another_way_can_be_taken_and_is_kept(client):
    order = bought(client, stocked())
    assert 'href="?way=other"' in client.get(path_of(order, "pay/")).content.decode()

    client.get(path_of(order, "pay/"), {"way": "other"})

    assert "<b>Bank B</b>" in client.get(path_of(order, "pay/")).content.decode()
    assert begun(order) == ["sandbox", "other"]


@pytest.mark.usefixtures("_two_ways")
@pytest.mark.parametrize("way", ["balance", "nosuch"])
def test_a_way_that_is_not_offered_is_refused_and_nothing_is_ordered(client, way):
    answer = buy(client, stocked(), way=way)

    assert answer.status_code >= 400
    assert "This way to pay does not exist here." in answer.content.decode()
    with tenant_atomic():
        assert not Order.objects.exists()


def test_a_shop_that_cannot_be_paid_takes_no_order(client, settings):
    settings.SANDBOX_PAYMENTS = False
    sku = stocked()
    page = client.get(page_of(sku)).content.decode()

    answer = buy(client, sku)

    assert "cannot take a payment at the moment" in page
    assert answer.status_code == 422
    with tenant_atomic():
        assert not Order.objects.exists()
