"""Claim, call, record: what a partner's server hears, how often, and what is made of its answer."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from channels import services as channels
from channels.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from channels.selectors import due_endpoints
from channels.services.webhooks import hands, sending
from channels.services.webhooks.sending import LEASE, MOST_TRIES, WAITS, wait_after
from channels.types import EndpointTerms
from core.scope import tenant_atomic
from tenants.models import AuditRow
from tests.channels.factories import DONE, WANG, make_endpoint, make_news, make_partner
from tests.channels.receivers import receiver
from tests.conftest import as_tenant
from tests.races.at_once import at_once
from tests.times import MORNING, NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _nobody_known():
    """Keys repeat from test to test: what was quick in one is a stranger in the next."""
    hands._quick.clear()


@pytest.fixture
def partner(shop):
    with tenant_atomic():
        return make_partner()


def told(partner, url, *facts, **options):
    """An endpoint at `url` with so much to hear."""
    endpoint = make_endpoint(partner, url, **options)
    make_news(partner, *facts or ("A",))
    return endpoint


def send(endpoint, *, now=MORNING):
    channels.send_webhooks(endpoint_id=endpoint.endpoint_id, now=now)


@tenant_atomic
def deliveries():
    return list(WebhookDelivery.objects.select_related("event", "endpoint").order_by("pk"))


@tenant_atomic
def stored(endpoint):
    return WebhookEndpoint.objects.get(pk=endpoint.endpoint_id)


def test_an_event_arrives_signed_as_the_official_library_expects_it(partner):
    with receiver() as server:
        endpoint = make_endpoint(partner, server.url)
        make_news(partner, "A", now=timezone.now())

        send(endpoint, now=timezone.now())

        (heard,) = server.heard
        said = heard.verified_by(endpoint.secret.reveal())
    (row,) = deliveries()
    assert said == {
        "object": "event",
        "id": row.event.ref,
        "type": "order.completed",
        "created_at": said["created_at"],
        "livemode": True,
        "is_test": False,
        "data": DONE | {"order": "A"},
    }
    assert heard.id == row.event.ref
    assert (row.state, row.tries, row.last_status, row.answer) == ("delivered", 1, 200, "ok")


def test_every_try_has_the_same_id_and_body_and_a_signature_of_its_own_moment(partner):
    with receiver(status=500) as server:
        endpoint = told(partner, server.url)
        now, moments = MORNING, []
        for _ in range(MOST_TRIES):
            send(endpoint, now=now)
            moments.append(now)
            (row,) = deliveries()
            now = row.next_at + SECOND

        assert server.ids == {row.event.ref: MOST_TRIES}
        assert {one.body for one in server.heard} == {server.heard[0].body}
        for moment, heard in zip(moments, server.heard, strict=True):
            with time_machine.travel(moment, tick=False):
                heard.verified_by(endpoint.secret.reveal())
    assert len({one.headers["webhook-signature"] for one in server.heard}) == MOST_TRIES
    assert (row.state, row.tries, row.last_error) == ("given_up", MOST_TRIES, "http_500")


def test_twelve_tries_take_three_days_at_the_least():
    for ref in ("dlv_1", "dlv_2", "dlv_3"):
        waits = [wait_after(ref, tries=number) for number in range(1, MOST_TRIES)]

        assert len(waits) == 11
        for wait, planned in zip(waits, WAITS, strict=True):
            assert planned * 0.9 <= wait <= planned * 1.1
    assert sum(WAITS, timedelta()) * 0.9 >= timedelta(hours=72)


def test_what_failed_waits_for_its_time(partner):
    with receiver(status=503) as server:
        endpoint = told(partner, server.url)
        send(endpoint)
        (row,) = deliveries()

        send(endpoint, now=row.next_at - SECOND)
        assert len(server.heard) == 1
        server.status = 204
        send(endpoint, now=row.next_at + SECOND)

    (row,) = deliveries()
    assert (row.state, row.tries) == ("delivered", 2)
    assert stored(endpoint).failing_since is None


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_what_is_in_the_two_hundreds_has_arrived(partner, status):
    with receiver(status=status, body=b"") as server:
        send(told(partner, server.url))

    assert deliveries()[0].state == "delivered"


def test_gone_is_a_good_bye(partner):
    with receiver(status=410) as server, receiver() as other:
        endpoint = told(partner, server.url, "A", "B")
        listener = make_endpoint(partner, other.url, kinds=("webhook_endpoint.disabled",))
        send(endpoint)
        send(listener, now=NOON)

    assert [row.state for row in deliveries()] == ["given_up", "pending", "delivered"]
    assert (stored(endpoint).state, stored(endpoint).reason) == ("disabled", "gone")
    assert len(server.heard) == 1
    assert other.heard[0].said["data"] == {
        "object": "webhook_endpoint",
        "ref": endpoint.ref,
        "reason": "gone",
    }
    with tenant_atomic():
        assert AuditRow.objects.get(action="webhook.disabled").target == endpoint.ref
        assert [(move.old, move.new) for move in stored(endpoint).moves.all()] == [
            ("active", "disabled")
        ]


def test_five_days_without_one_success_disable_an_endpoint(partner):
    with receiver(status=500) as server:
        endpoint = told(partner, server.url)
        send(endpoint)
        began = stored(endpoint).failing_since

        make_news(partner, "B", now=began + timedelta(days=4))
        send(endpoint, now=began + timedelta(days=4))
        assert stored(endpoint).state == "active"
        make_news(partner, "C", now=began + timedelta(days=5))
        send(endpoint, now=began + timedelta(days=5))

    assert (stored(endpoint).state, stored(endpoint).reason) == ("disabled", "failing")


def test_what_waits_for_a_disabled_endpoint_goes_out_when_it_is_active_again(partner):
    with receiver(status=410) as server:
        endpoint = told(partner, server.url, "A", "B")
        send(endpoint)
        assert due_endpoints(now=NOON, limit=9) == []

        server.status = 200
        channels.change_endpoint(
            endpoint_id=endpoint.endpoint_id, terms=EndpointTerms(is_active=True), by=WANG, now=NOON
        )
        send(endpoint, now=NOON)

    assert [row.state for row in deliveries()] == ["given_up", "delivered"]


def test_a_redirect_is_not_followed(partner):
    with receiver() as inside, receiver(status=302) as server:
        server.headers["Location"] = inside.url
        send(told(partner, server.url))

    (row,) = deliveries()
    assert inside.heard == []
    assert (row.state, row.last_status, row.last_error) == ("failed", 302, "http_302")


@pytest.mark.parametrize("url", ["https://127.0.0.1", "https://localhost:1/", "https://10.0.0.1/"])
def test_an_address_inside_is_not_called_whoever_wrote_it_down(partner, settings, url):
    """The name may have led elsewhere when the endpoint was made."""
    with receiver() as server:
        endpoint = told(partner, server.url)
        with tenant_atomic():
            port = server.url.rsplit(":", 1)[1]
            address = url.replace("127.0.0.1", f"127.0.0.1:{port}")
            WebhookEndpoint.objects.update(url=address)
        settings.WEBHOOKS_MAY_BE_LOCAL = False
        send(endpoint)

    (row,) = deliveries()
    assert server.heard == []
    assert (row.state, row.last_status) == ("failed", None)
    assert row.last_error.startswith("not_reached: ")


def test_of_a_long_answer_the_beginning_is_kept_without_what_looks_like_a_code(partner):
    with receiver(body=b"stored ABCD1234EFGH5678 " + b"x y " * 100_000) as server:
        send(told(partner, server.url))

    (row,) = deliveries()
    assert row.state == "delivered"
    assert row.answer.startswith("stored •••• x y")
    assert len(row.answer) == 500


def test_a_closed_door_is_tried_again(partner):
    with receiver() as server:
        url = server.url
    send(told(partner, url))

    (row,) = deliveries()
    assert (row.state, row.last_error.partition(":")[0]) == ("failed", "not_reached")


def test_who_dies_between_call_and_record_has_it_sent_again_under_the_same_id(partner):
    with receiver() as server:
        endpoint = told(partner, server.url)
        lease = sending._claim(endpoint.endpoint_id, None, now=MORNING)
        sending._said(lease, now=MORNING)  # and dies

        send(endpoint, now=MORNING + LEASE - SECOND)
        assert len(server.heard) == 1
        assert due_endpoints(now=MORNING + LEASE, limit=9) != []
        send(endpoint, now=MORNING + LEASE)

    (row,) = deliveries()
    assert server.ids == {row.event.ref: 2}
    assert row.state == "delivered"


def test_a_look_that_finds_nothing_costs_one_statement_and_a_claim_three(partner):
    endpoint = told(partner, "https://shop.example.com/hooks")

    def statements():
        with CaptureQueriesContext(connection) as seen:
            sending._claim(endpoint.endpoint_id, None, now=MORNING)
        return sum("channels_webhook" in one["sql"] for one in seen.captured_queries)

    assert [statements(), statements()] == [3, 1]


def test_a_sender_that_was_held_up_beyond_its_lease_records_nothing(partner):
    with receiver(status=410) as server:
        endpoint = told(partner, server.url)
        late = sending._claim(endpoint.endpoint_id, None, now=MORNING)
        answer = sending._said(late, now=MORNING)
        server.status = 200
        send(endpoint, now=MORNING + LEASE)

        sending._record(late, answer, now=MORNING + LEASE)

    assert deliveries()[0].state == "delivered"
    assert stored(endpoint).state == "active"


def test_of_many_senders_at_once_each_event_has_one(partner):
    with receiver() as server:
        endpoint = told(partner, server.url, *(f"F{number}" for number in range(20)))
        hands.note_speed(endpoint.endpoint_id, seconds=0.1)

        assert at_once(lambda _n: send(endpoint)) == [None] * 12
        send(endpoint)

    assert set(server.ids.values()) == {1}
    assert len(server.ids) == 20
    assert {row.state for row in deliveries()} == {"delivered"}


def test_a_backlog_of_one_endpoint_is_one_line_for_the_sweeper(partner):
    first = told(partner, "https://a.example/", *(f"F{n}" for n in range(9)))
    second = make_endpoint(partner, "https://b.example/")
    make_news(partner, "G")

    found = due_endpoints(now=MORNING, limit=9)

    assert [pk for _tenant, pk in found] == [first.endpoint_id, second.endpoint_id]


def test_both_secrets_sign_after_a_rotation_and_the_old_one_for_a_day(partner):
    with receiver() as server:
        now = timezone.now()
        endpoint = make_endpoint(partner, server.url)
        fresh = channels.rotate_secret(endpoint_id=endpoint.endpoint_id, by=WANG, now=now)
        make_news(partner, "A", now=now)
        send(endpoint, now=now)

        (heard,) = server.heard
        assert heard.verified_by(endpoint.secret.reveal()) == heard.verified_by(
            fresh.secret.reveal()
        )
        make_news(partner, "B", now=now + timedelta(days=1))
        send(endpoint, now=now + timedelta(days=1))

    assert len(server.heard[0].headers["webhook-signature"].split()) == 2
    assert len(server.heard[1].headers["webhook-signature"].split()) == 1


def test_an_endpoint_is_told_what_it_asked_for(partner):
    make_endpoint(partner, "https://a.example/", kinds=("order.completed",))
    make_endpoint(partner, "https://b.example/")
    make_news(partner, "A")
    make_news(partner, "B", kind="unit.delivered")

    assert sorted((row.endpoint.url, row.event.kind) for row in deliveries()) == [
        ("https://a.example/", "order.completed"),
        ("https://b.example/", "order.completed"),
        ("https://b.example/", "unit.delivered"),
    ]


def test_what_was_told_is_forgotten_after_a_month_with_how_it_got_there(partner):
    told(partner, "https://a.example/")
    make_news(partner, "B", now=NOON)

    assert channels.forget_old_events(MORNING + timedelta(days=30, seconds=1)) == 1

    with tenant_atomic():
        assert [row.event for row in deliveries()] == list(WebhookEvent.objects.all())


def test_another_shop_s_worker_finds_nothing(partner, other_shop):
    with receiver() as server:
        endpoint = told(partner, server.url)
        with as_tenant(other_shop.pk):
            send(endpoint)

    assert server.heard == []
