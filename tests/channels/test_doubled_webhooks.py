"""What a sandbox sends twice on purpose: both arrive, whatever happens in between."""

from datetime import timedelta

import pytest
from django.utils import timezone

from channels import services as channels
from channels.models import WebhookDelivery, WebhookEndpoint
from channels.services.webhooks import hands
from channels.services.webhooks.sending import LEASE
from core.scope import step_over, tenant_atomic
from tests.api.callers import Caller
from tests.channels.factories import make_endpoint, make_keyed
from tests.channels.receivers import receiver
from tests.channels.sandboxes import SECOND, open_twin
from tests.orders.factories import stocked_sku

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
DOUBLED = "TEST_DUPLICATE_WEBHOOK"


@pytest.fixture(autouse=True)
def _nobody_known():
    hands._quick.clear()


@pytest.fixture
def server():
    with receiver() as served:
        yield served


@pytest.fixture
def twin(shop, server):
    """A sandbox whose partner is told at the server."""
    twin = open_twin()
    twin.caller.post("/api/v1/webhook-endpoints", {"url": server.url})
    return twin


def send(twin, *, after=timedelta()):
    with twin.scope():
        (pk,) = WebhookEndpoint.objects.values_list("pk", flat=True)
    with step_over(twin.pk):
        channels.send_webhooks(endpoint_id=pk, now=timezone.now() + after)


def states(twin):
    with twin.scope():
        return list(WebhookDelivery.objects.order_by("pk").values_list("state", "tries"))


def test_each_webhook_of_the_order_arrives_twice_under_the_same_id(twin, server):
    told = twin.caller.order(DOUBLED)

    send(twin)

    assert told["state"] == "completed"
    assert sorted(server.ids.values()) == [2, 2]
    assert sorted(one.said["type"] for one in server.heard) == [
        "order.completed", "order.completed", "unit.delivered", "unit.delivered",
    ]  # fmt: skip
    assert len({one.body for one in server.heard}) == 2
    assert states(twin) == [("delivered", 1), ("delivered", 1)]


def test_webhooks_of_other_orders_and_samples_arrive_once(twin, server):
    twin.caller.order("TEST_SUCCESS")
    send(twin)
    (made,) = twin.caller.get("/api/v1/webhook-endpoints")["data"]
    twin.caller.post(f"/api/v1/webhook-endpoints/{made['ref']}/test", {})

    assert sorted(server.ids.values()) == [1, 1, 1]


@pytest.mark.parametrize(
    ("point", "arrived"),
    [("channels.webhook_claimed", 0), ("channels.webhook_sent_once", 1)],
)
def test_who_dies_in_between_leaves_both_to_be_sent(twin, server, dies, point, arrived):
    twin.caller.order(DOUBLED)
    assert dies(point, lambda: send(twin))
    assert len(server.heard) == arrived

    send(twin, after=LEASE + SECOND)

    assert sorted(server.ids.values()) == [2, 2 + arrived]


def test_what_the_server_refuses_the_second_time_is_tried_again(twin, server):
    twin.caller.order(DOUBLED)
    server.status = lambda heard: 500 if server.ids[heard.id] == 2 else 200
    send(twin)
    assert {state for state, _tries in states(twin)} == {"failed"}

    send(twin, after=timedelta(minutes=1))

    assert sorted(server.ids.values()) == [4, 4]
    assert states(twin) == [("delivered", 2), ("delivered", 2)]


def test_nothing_live_is_sent_twice_whatever_it_is_called(shop, server):
    with tenant_atomic():
        keyed, sku = make_keyed(), stocked_sku(1, ref=DOUBLED)
        made = make_endpoint(keyed.partner, server.url)
    Caller(keyed).order(sku)

    channels.send_webhooks(endpoint_id=made.endpoint_id, now=timezone.now())

    assert sorted(server.ids.values()) == [1, 1]
