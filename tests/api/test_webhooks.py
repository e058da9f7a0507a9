"""A partner sets up where he is told, and hears what becomes of his orders."""

import json
import re
from datetime import timedelta

import jsonschema
import pytest
from django.utils import timezone

from api.described.document import document
from api.described.reference import webhooks
from channels import services as channels
from channels.models import WebhookEndpoint
from channels.services.webhooks import hands
from channels.states import EventKind
from channels.types import KeyTerms
from core.scope import tenant_atomic
from tests.api.callers import Caller
from tests.channels.factories import make_endpoint, make_keyed, make_news
from tests.channels.receivers import receiver
from tests.channels.sandboxes import open_twin
from tests.conftest import as_tenant

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
ENDPOINTS, DELIVERIES, EVENTS = (
    "/api/v1/webhook-endpoints",
    "/api/v1/webhook-deliveries",
    "/api/v1/events",
)
URL = "https://partner.example/hooks"


@pytest.fixture(autouse=True)
def _nobody_known():
    hands._quick.clear()


def test_an_endpoint_is_made_with_a_secret_that_is_shown_this_once(caller):
    made = caller.post(ENDPOINTS, {"url": URL, "events": ["order.completed"]})

    assert caller.status == 201
    assert made["secret"].startswith("whsec_")
    read = caller.get(f"{ENDPOINTS}/{made['ref']}")
    assert read == {name: value for name, value in made.items() if name != "secret"}
    assert (read["url"], read["events"], read["state"]) == (URL, ["order.completed"], "active")
    with tenant_atomic():
        kept = bytes(WebhookEndpoint.objects.get().secret)
    assert made["secret"].encode() not in kept


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://localhost/",
        "https://a:b@partner.example/",
        "https://partner.example/#x",
        "https://partner.example:99999/",
        "https://partner.example:65536/",
        "https://partner.example:0/",
        "https:///x",
        "ftp://partner.example/",
        "https://é.example/",
        "https://partner.example/" + "x" * 500,
        "nonsense",
    ],
)
def test_an_address_that_is_none_of_the_public_internet_is_refused(caller, settings, url):
    settings.WEBHOOKS_MAY_BE_LOCAL = False

    told = caller.post(ENDPOINTS, {"url": url})

    assert (caller.status, told["error"]["param"]) == (422, "url")
    with tenant_atomic():
        assert not WebhookEndpoint.objects.exists()


def test_the_description_knows_the_addresses_that_are_taken(caller):
    shapes = document(language="en")["components"]["schemas"]
    pattern = shapes["EndpointsInput"]["properties"]["url"]["pattern"]
    taken = [URL, "https://partner.example:65535/", "http://127.0.0.1:60999/hook"]

    statuses = [caller.post(ENDPOINTS, {"url": url}) and caller.status for url in taken]

    assert statuses == [201] * 3
    assert all(re.search(pattern, url) for url in taken)
    assert not re.search(pattern, "http://partner.example/")


def test_an_endpoint_is_changed_and_removed(caller):
    made = caller.post(ENDPOINTS, {"url": URL})
    path = f"{ENDPOINTS}/{made['ref']}"

    changed = caller.send("patch", path, {"url": f"{URL}/2", "events": ["unit.delivered"]})
    off = caller.send("patch", path, {"state": "disabled"})
    removed = caller.send("delete", path, "")

    assert (changed["url"], changed["events"]) == (f"{URL}/2", ["unit.delivered"])
    assert (off["state"], off["disabled_by"], off["url"]) == ("disabled", "by_partner", f"{URL}/2")
    assert removed["deleted"] is True
    caller.get(path)
    assert caller.status == 404
    assert caller.get(ENDPOINTS)["data"] == []


def test_sixteen_endpoints_are_enough(caller):
    statuses = [caller.post(ENDPOINTS, {"url": URL}) and caller.status for _ in range(17)]

    assert statuses == [201] * 16 + [409]


@pytest.mark.parametrize("body", [{"events": ["no.such"]}, {"state": "removed"}, {"secret": "x"}])
def test_what_an_endpoint_cannot_be_is_refused(caller, body):
    made = caller.post(ENDPOINTS, {"url": URL})

    caller.send("patch", f"{ENDPOINTS}/{made['ref']}", body)

    assert caller.status == 422


def test_a_rotated_secret_is_shown_once_and_the_old_one_has_an_end(caller):
    made = caller.post(ENDPOINTS, {"url": URL})

    fresh = caller.post(f"{ENDPOINTS}/{made['ref']}/rotate", {})

    assert fresh["secret"] != made["secret"]
    assert fresh["old_secret_until"] is not None
    assert "secret" not in caller.get(f"{ENDPOINTS}/{made['ref']}")


def test_a_key_without_the_right_sets_up_nothing(shop):
    with tenant_atomic():
        reader = Caller(make_keyed(key=KeyTerms(scopes=("orders:read",))))

    for path in (ENDPOINTS, DELIVERIES, EVENTS):
        reader.get(path)
        assert reader.status == 403


def test_of_another_partner_nothing_is_there(caller, keyed, shop):
    made = caller.post(ENDPOINTS, {"url": URL})
    make_news(keyed.partner, "A")
    delivery = caller.get(DELIVERIES)["data"][0]["ref"]
    with tenant_atomic():
        stranger = Caller(make_keyed())
    since = {"since": "2026-01-01T00:00:00Z"}

    refused = []
    for method, path, body in (
        ("get", f"{ENDPOINTS}/{made['ref']}", ""),
        ("patch", f"{ENDPOINTS}/{made['ref']}", {}),
        ("delete", f"{ENDPOINTS}/{made['ref']}", ""),
        ("post", f"{ENDPOINTS}/{made['ref']}/rotate", {}),
        ("post", f"{ENDPOINTS}/{made['ref']}/test", {}),
        ("post", f"{DELIVERIES}/{delivery}/retry", {}),
        ("post", f"{ENDPOINTS}/{made['ref']}/replay", since),
    ):
        stranger.send(method, path, body)
        refused.append(stranger.status)

    assert refused == [404] * 7
    for path in (ENDPOINTS, DELIVERIES, EVENTS):
        assert stranger.get(path)["data"] == []


def test_another_shop_s_key_finds_none_of_it(caller, other_shop):
    made = caller.post(ENDPOINTS, {"url": URL})
    with as_tenant(other_shop.pk), tenant_atomic():
        stranger = Caller(make_keyed(), host="star.localhost")

    with as_tenant(other_shop.pk):
        stranger.get(f"{ENDPOINTS}/{made['ref']}")

    assert stranger.status == 404


def test_a_sample_is_sent_now_and_what_came_back_is_told(caller, keyed):
    with receiver(status=202, body=b"thanks") as server:
        made = caller.post(ENDPOINTS, {"url": server.url})
        sample = caller.post(f"{ENDPOINTS}/{made['ref']}/test", {"type": "unit.refunded"})

        said = server.heard[0].verified_by(made["secret"])

    assert (sample["state"], sample["last_status"], sample["last_answer"]) == (
        "delivered", 202, "thanks",
    )  # fmt: skip
    assert (said["type"], said["is_test"], said["id"]) == ("unit.refunded", True, sample["event"])


@pytest.mark.parametrize("url", ["https://localhost/", "https://10.0.0.1/", "https://no.invalid/"])
def test_a_partner_is_not_told_which_names_there_are_inside(caller, keyed, settings, url):
    made = caller.post(ENDPOINTS, {"url": "https://hooks.example.com/"})
    with tenant_atomic():
        WebhookEndpoint.objects.update(url=url)
    settings.WEBHOOKS_MAY_BE_LOCAL = False

    sample = caller.post(f"{ENDPOINTS}/{made['ref']}/test", {})

    assert sample["last_error"] == "not_reached: ConnectionError"


def test_a_sample_that_fails_is_not_tried_again_and_disables_nothing(caller, keyed):
    with receiver(status=500) as server:
        made = caller.post(ENDPOINTS, {"url": server.url})
        sample = caller.post(f"{ENDPOINTS}/{made['ref']}/test", {})

    assert (sample["state"], sample["last_error"], sample["next_try_at"]) == (
        "given_up", "http_500", None,
    )  # fmt: skip
    assert caller.get(f"{ENDPOINTS}/{made['ref']}")["failing_since"] is None


def test_nothing_is_sent_to_an_endpoint_that_is_off(caller, keyed):
    made = caller.post(ENDPOINTS, {"url": URL})
    caller.send("patch", f"{ENDPOINTS}/{made['ref']}", {"state": "disabled"})

    told = caller.post(f"{ENDPOINTS}/{made['ref']}/test", {})

    assert (caller.status, told["error"]["code"]) == (409, "endpoint_disabled")


def test_a_delivery_is_sent_again_under_the_same_id(caller, keyed):
    with receiver() as server:
        endpoint = make_endpoint(keyed.partner, server.url)
        make_news(keyed.partner, "A")
        now = timezone.now()
        channels.send_webhooks(endpoint_id=endpoint.endpoint_id, now=now)
        row = caller.get(f"{DELIVERIES}?state=delivered")["data"][0]

        again = caller.post(f"{DELIVERIES}/{row['ref']}/retry", {})
        channels.send_webhooks(
            endpoint_id=endpoint.endpoint_id, now=timezone.now() + timedelta(seconds=1)
        )

    assert (again["state"], again["tries"]) == ("pending", 0)
    assert server.ids == {row["event"]: 2}
    assert caller.get(f"{DELIVERIES}?state=delivered")["data"][0]["ref"] == row["ref"]


def test_what_waits_for_its_first_try_is_not_asked_for_once_more(caller, keyed):
    make_endpoint(keyed.partner, URL)
    make_news(keyed.partner, "A")
    row = caller.get(DELIVERIES)["data"][0]

    told = caller.post(f"{DELIVERIES}/{row['ref']}/retry", {})

    assert (caller.status, told["error"]["code"]) == (409, "move_refused")


def test_a_stretch_of_time_is_replayed_also_to_an_endpoint_that_was_not_there(caller, keyed):
    now = timezone.now()
    with receiver() as server:
        old = make_endpoint(keyed.partner, server.url)
        for number in range(3):
            make_news(keyed.partner, f"F{number}", now=now - timedelta(hours=3 - number))
        channels.send_webhooks(endpoint_id=old.endpoint_id, now=now)
        fresh = make_endpoint(keyed.partner, server.url)
        since = (now - timedelta(hours=2, minutes=30)).isoformat()

        counts = [
            caller.post(f"{ENDPOINTS}/{ref}/replay", {"since": since})["count"]
            for ref in (old.ref, fresh.ref)
        ]
        for endpoint in (old, fresh):
            channels.send_webhooks(
                endpoint_id=endpoint.endpoint_id, now=timezone.now() + timedelta(seconds=1)
            )

    facts = [one.said["data"]["order"] for one in server.heard]
    assert counts == [2, 2]
    assert facts == ["F0", "F1", "F2", "F1", "F2", "F1", "F2"]
    assert sorted(server.ids.values()) == [1, 3, 3]


def test_more_than_goes_at_once_says_where_to_go_on(caller, keyed, monkeypatch):
    monkeypatch.setattr("channels.services.webhooks.replaying.MOST_REPLAYED", 2)
    now = timezone.now()
    endpoint = make_endpoint(keyed.partner, URL)
    for number in range(3):
        make_news(keyed.partner, f"F{number}", now=now - timedelta(minutes=3 - number))
    since = (now - timedelta(hours=1)).isoformat()

    first = caller.post(f"{ENDPOINTS}/{endpoint.ref}/replay", {"since": since})
    second = caller.post(f"{ENDPOINTS}/{endpoint.ref}/replay", {"since": first["next_since"]})

    assert (first["count"], first["has_more"]) == (2, True)
    assert (second["count"], second["has_more"], second["next_since"]) == (1, False, None)


def test_events_and_deliveries_are_listed_in_pages_and_narrowed(caller, keyed):
    endpoint = make_endpoint(keyed.partner, URL)
    make_news(keyed.partner, "A", "B", "C")
    make_news(keyed.partner, "D", kind="unit.delivered")

    page = caller.get(f"{EVENTS}?limit=2")
    rest = caller.get(f"{EVENTS}?limit=2&after={page['next']}")

    assert [one["data"]["order"] for one in page["data"] + rest["data"]] == ["D", "C", "B", "A"]
    assert [
        one["data"]["order"] for one in caller.get(f"{EVENTS}?type=unit.delivered")["data"]
    ] == ["D"]
    some = caller.get(f"{DELIVERIES}?endpoint={endpoint.ref}&state=pending")["data"]
    assert len(some) == 4
    assert caller.get(f"{DELIVERIES}?event={some[0]['event']}")["data"] == [some[0]]
    assert caller.get(f"{DELIVERIES}?endpoint=we_OTHER")["data"] == []
    for path in (f"{DELIVERIES}?state=lost", f"{EVENTS}?type=lost"):
        caller.get(path)
        assert caller.status == 422


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_takes_as_many_questions_whatever_is_on_it(
    caller, keyed, unprepared, django_assert_max_num_queries, rows
):
    make_endpoint(keyed.partner, URL)
    make_news(keyed.partner, *(f"F{number}" for number in range(rows)))
    caller.get(DELIVERIES)

    with django_assert_max_num_queries(7):
        assert len(caller.get(DELIVERIES)["data"]) == rows


@pytest.mark.parametrize("kind", EventKind.values)
def test_what_is_sent_is_what_the_description_and_the_portal_say(caller, kind):
    described = document(language="en")
    told = described["webhooks"][kind]["post"]["requestBody"]["content"]["application/json"]
    shape = told["schema"] | {"components": described["components"]}
    with receiver() as server:
        made = caller.post(ENDPOINTS, {"url": server.url})
        caller.post(f"{ENDPOINTS}/{made['ref']}/test", {"type": kind})

    (heard,) = server.heard
    jsonschema.validate(heard.said, shape)
    sent, shown = heard.said, told["example"]
    assert sent.keys() == shown.keys()
    assert (sent["object"], sent["livemode"], sent["type"]) == ("event", True, kind)
    assert sent["data"] == shown["data"]
    (page,) = [one for one in webhooks(language="en") if one.name == kind]
    assert json.loads(page.example) == shown


def test_an_event_in_the_list_is_what_was_sent(caller, keyed):
    with receiver() as server:
        made = make_endpoint(keyed.partner, server.url)
        make_news(keyed.partner, "A", now=timezone.now())
        channels.send_webhooks(endpoint_id=made.endpoint_id, now=timezone.now())

    assert caller.get(EVENTS)["data"] == [server.heard[0].said]


def test_what_happens_in_a_sandbox_says_so(shop):
    with receiver() as server:
        twin = open_twin()
        made = twin.caller.post(ENDPOINTS, {"url": server.url})
        twin.caller.post(f"{ENDPOINTS}/{made['ref']}/test", {})

    assert server.heard[0].said["livemode"] is False
