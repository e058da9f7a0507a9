"""The Python client against a server of ours: orders once, pages, errors, webhooks."""

from datetime import UTC, datetime

import pytest
import quanyi
import requests
from requests.adapters import HTTPAdapter
from standardwebhooks import Webhook

from channels.models import PartnerOrder
from core.scope import tenant_atomic
from orders.models import Order
from tests.channels.factories import make_keyed

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Losing(HTTPAdapter):
    """A line that breaks after the server has done its work, `times` times."""

    def __init__(self, times):
        super().__init__()
        self.times = times

    def send(self, request, *given, **named):
        answer = super().send(request, *given, **named)
        if self.times:
            self.times -= 1
            answer.close()
            raise requests.ConnectionError("lost")
        return answer


def losing(keyed, address, times):
    session = requests.Session()
    session.mount("http://", Losing(times))
    waits = []
    return quanyi.Client(keyed.key, address, session=session, sleep=waits.append), waits


def count():
    with tenant_atomic():
        return Order.objects.count()


def test_an_order_is_answered_with_its_code(client, sku):
    order = client.place_order(sku=sku.ref, partner_order_no="N1", max_amount="10.00")

    assert order["state"] == "completed"
    assert order["units"][0]["code"].startswith("SECRET-")
    assert client.order(order["ref"]) == order
    assert client.balance()["balance"] == "990.0000"
    assert next(client.entries())["order"] == order["ref"]


def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_is_ordered_twice(
    keyed, address, sku
):
    client, waits = losing(keyed, address, 2)

    order = client.place_order(sku=sku.ref, partner_order_no="N1")

    assert order["state"] == "completed"
    assert count() == 1
    assert len(waits) == 2
    assert 0.25 <= waits[0] <= 0.5 <= waits[1] <= 1


def test_a_payment_whose_answer_was_lost_is_asked_for_once(keyed, address):
    client, _waits = losing(keyed, address, 1)

    asked = client.ask_payment(amount="100.00", reference="NOV", return_url="https://a.example/")

    assert [one["ref"] for one in client.payments()] == [asked["ref"]]
    assert client.payment(asked["ref"]) == asked
    assert (asked["state"], asked["reference"]) == ("open", "NOV")


def test_what_may_have_been_done_and_has_no_key_is_not_repeated(keyed, address, sku):
    client, waits = losing(keyed, address, 1)

    with pytest.raises(quanyi.NotReached):
        client.place_orders([{"sku": sku.ref, "partner_order_no": "N1"}])

    assert (count(), waits) == (1, [])


def test_no_answer_at_all_ends_in_an_error(keyed, sku):
    client = quanyi.Client(keyed.key, "http://127.0.0.1:9", sleep=lambda _seconds: None)

    with pytest.raises(quanyi.NotReached):
        client.place_order(sku=sku.ref, partner_order_no="N1")


def test_too_many_calls_wait_as_long_as_they_are_told(shop, address):
    with tenant_atomic():
        slow = make_keyed(most_per_second=1)
    waits = []
    client = quanyi.Client(slow.key, address, sleep=waits.append, tries=50)

    for _call in range(3):
        client.balance()

    assert set(waits) == {1.0}


def test_lists_are_read_to_their_end(client, sku, monkeypatch):
    monkeypatch.setattr("quanyi.calling.LIST", 2)
    for number in range(5):
        client.place_order(sku=sku.ref, partner_order_no=f"N{number}")

    assert [one["partner_order_no"] for one in client.orders()] == ["N4", "N3", "N2", "N1", "N0"]
    assert [one["sku"] for one in client.products()] == [sku.ref]
    assert client.product(sku.ref)["price"] == "10.0000"


def test_an_order_is_found_by_the_partners_own_number(client, sku):
    orders = [client.place_order(sku=sku.ref, partner_order_no=name) for name in ("A 1", "B&2")]

    assert client.find_order("B&2") == orders[1]
    assert client.find_order("C") is None
    narrowed = client.orders(state="completed", created_since=orders[1]["created_at"])
    assert [one["partner_order_no"] for one in narrowed] == ["B&2"]


def test_a_batch_tells_each_outcome(client, sku):
    lines = [
        {"sku": sku.ref, "partner_order_no": "N1"},
        {"sku": "NONE", "partner_order_no": "N2"},
    ]

    assert [one["status"] for one in client.place_orders(lines)] == [201, 404]


def test_refusals_have_types_and_say_what_is_wrong(client, keyed, address, sku):
    with pytest.raises(quanyi.OutOfStock) as sold_out:
        client.place_order(sku=sku.ref, partner_order_no="N1", quantity=6)
    assert (sold_out.value.status, sold_out.value.data["found"]) == (409, 5)

    with pytest.raises(quanyi.InvalidRequest) as wrong:
        client.place_order(sku=sku.ref, partner_order_no="N2", quantity=0)
    assert (wrong.value.code, wrong.value.param) == ("invalid_input", "quantity")

    with pytest.raises(quanyi.NotFound):
        client.order("NOTHING")
    with pytest.raises(quanyi.AuthenticationFailed):
        quanyi.Client("qy_live_none", address).balance()
    assert count() == 0


def test_what_is_delivered_can_be_complained_about(client, sku):
    order = client.place_order(sku=sku.ref, partner_order_no="N1")

    asked = client.request_refund(order["ref"], position=1, text="It does not work.")

    assert client.refund_request(order["ref"], asked["ref"])["state"] == "open"
    with pytest.raises(quanyi.Conflict):
        client.cancel_order(order["ref"])
    with tenant_atomic():
        assert PartnerOrder.objects.count() == 1


def test_a_webhook_is_the_event_that_was_signed():
    at, body = datetime.now(UTC), '{"id": "evt_1", "type": "order.completed"}'
    headers = {
        "Webhook-Id": "evt_1",
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Webhook(SECRET).sign("evt_1", at, body),
    }

    assert quanyi.verified(SECRET, headers, body.encode())["type"] == "order.completed"
    with pytest.raises(quanyi.NotOurs):
        quanyi.verified(SECRET, headers, b"{}")
    with pytest.raises(quanyi.NotOurs):
        quanyi.verified(SECRET, headers | {"Webhook-Signature": "garbage"}, body.encode())
