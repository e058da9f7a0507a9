"""What happens while a page is read: the page tells of one moment, not of two."""

from contextvars import copy_context
from threading import Thread

import pytest
from django.db import connections
from django.utils import timezone

from fulfillment import services as fulfillment
from storefront.selectors import orders
from tests.conftest import client_of
from tests.storefront.factories import paid, path_of, state_of, stocked

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def client(shop):
    return client_of(shop)


def elsewhere(work):
    """Another process: a thread with a connection of its own."""

    def run():
        try:
            work()
        finally:
            connections.close_all()

    thread = Thread(target=copy_context().run, args=(run,))
    thread.start()
    thread.join()


@pytest.fixture
def order(client):
    return paid(client, stocked())


@pytest.fixture
def _delivered_while_read(order, monkeypatch):
    """The order has been read as paid; then it is delivered; then what it promised is read."""
    read_things = orders.things_of

    def things_of(read):
        elsewhere(lambda: fulfillment.open_units(order_id=order.pk, now=timezone.now()))
        return read_things(read)

    monkeypatch.setattr(orders, "things_of", things_of)


@pytest.mark.usefixtures("_delivered_while_read")
@pytest.mark.parametrize("rest", ["", "live/"])
def test_a_page_read_while_the_order_is_delivered_shows_the_moment_before(client, order, rest):
    page = client.get(path_of(order, rest), headers={"accept-language": "en"}).content.decode()

    assert state_of(order) == "completed"
    assert "Paid, on its way" in page
    assert "data-unit=" not in page.replace("\\", "")


@pytest.mark.usefixtures("_delivered_while_read")
def test_the_next_look_shows_the_moment_after(client, order):
    client.get(path_of(order))

    page = client.get(path_of(order), headers={"accept-language": "en"}).content.decode()

    assert "<h1>Delivered</h1>" in page
    assert "data-unit=" in page


@pytest.mark.usefixtures("_delivered_while_read")
@pytest.mark.parametrize(("rest", "status"), [("help/", 422), ("codes.txt", 409)])
def test_so_does_a_page_that_answers_a_form(client, order, rest, status):
    answer = client.post(path_of(order, rest), {"text": ""}, headers={"accept-language": "en"})

    assert answer.status_code == status
    assert "Paid, on its way" in answer.content.decode()
    assert "data-unit=" not in answer.content.decode()
