"""The Python client about webhooks: endpoints, events, deliveries, against a server of ours."""

from datetime import timedelta
from typing import get_type_hints

import pytest
import quanyi
from django.utils import timezone
from quanyi import types

from api.described.document import document
from channels import services as channels
from channels.models import WebhookEndpoint
from channels.services.webhooks import hands
from core.scope import tenant_atomic
from tests.channels.receivers import receiver

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
URL = "https://partner.example/hooks"


@pytest.fixture(autouse=True)
def _nobody_known():
    hands._quick.clear()


@pytest.fixture
def server():
    with receiver() as served:
        yield served


def send():
    """What a worker would do."""
    with tenant_atomic():
        (pk,) = WebhookEndpoint.objects.values_list("pk", flat=True)
    channels.send_webhooks(endpoint_id=pk, now=timezone.now())


def test_an_endpoint_is_made_read_changed_and_removed(client):
    made = client.make_webhook_endpoint(URL, events=["refund.done"])
    ref = made["ref"]

    changed = client.change_webhook_endpoint(ref, url=f"{URL}/2", events=[], is_active=False)

    assert (made["url"], made["events"], made["livemode"]) == (URL, ["refund.done"], True)
    assert (changed["url"], changed["events"], changed["state"]) == (f"{URL}/2", [], "disabled")
    assert client.webhook_endpoint(ref) == changed
    assert list(client.webhook_endpoints()) == [changed]
    assert client.change_webhook_endpoint(ref, is_active=True)["state"] == "active"
    assert client.remove_webhook_endpoint(ref)["deleted"] is True
    assert list(client.webhook_endpoints()) == []


def test_a_sample_is_verified_by_the_new_secret_and_by_the_old_one(client, server):
    made = client.make_webhook_endpoint(server.url)
    rotated = client.rotate_webhook_secret(made["ref"])

    told = client.send_test_event(made["ref"], kind="refund.done")

    (heard,) = server.heard
    assert (told["state"], told["last_status"], told["is_test"]) == ("delivered", 200, True)
    for secret in (made["secret"], rotated["secret"]):
        event = quanyi.verified(secret, heard.headers, heard.body)
        assert (event["type"], event["livemode"], event["is_test"]) == ("refund.done", True, True)


def test_events_and_deliveries_are_listed_and_sent_again(client, server, sku):
    made = client.make_webhook_endpoint(server.url)
    client.place_order(sku=sku.ref, partner_order_no="N1")
    send()

    (done,) = client.events(kind="order.completed")
    (way,) = client.deliveries(endpoint=made["ref"], event=done["id"], state="delivered")
    again = client.retry_delivery(way["ref"])
    send()
    since = (timezone.now() - timedelta(hours=1)).isoformat()
    replayed = client.replay_events(made["ref"], since=since, until=timezone.now().isoformat())
    send()

    assert [one["type"] for one in client.events()] == ["order.completed", "unit.delivered"]
    assert (way["event"], way["tries"], again["state"]) == (done["id"], 1, "pending")
    assert (replayed["count"], replayed["has_more"]) == (2, False)
    assert sorted(server.ids.values()) == [2, 3]


def test_a_disabled_endpoint_is_not_sent_to(client):
    made = client.make_webhook_endpoint(URL)
    client.change_webhook_endpoint(made["ref"], is_active=False)

    with pytest.raises(quanyi.Conflict):
        client.send_test_event(made["ref"])
    with pytest.raises(quanyi.NotFound):
        client.retry_delivery("dlv_none")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (types.Product, "Product"),
        (types.Order, "Order"),
        (types.OrderInList, "OrderInList"),
        (types.RefundRequest, "RefundRequest"),
        (types.AccountCheck, "AccountCheck"),
        (types.Balance, "Balance"),
        (types.Entry, "Entry"),
        (types.Payment, "Payment"),
        (types.Endpoint, "Endpoint"),
        (types.EndpointWithSecret, "EndpointWithSecret"),
        (types.RemovedEndpoint, "RemovedEndpoint"),
        (types.Event, "Event"),
        (types.Delivery, "Delivery"),
        (types.Replay, "Replay"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_type_has_the_fields_that_the_description_names(kind, name):
    described = document(language="en")["components"]["schemas"][name]["properties"]

    assert get_type_hints(kind).keys() == described.keys()
