"""Every operation of the API's description × who has no business there: refused, nothing changed.

The operations come from the description itself; one without a rule fails by name.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps

from api.described.document import document
from core import crypto
from core.scope import TenantModel
from tests.api.callers import Caller
from tests.api.things import Place, forget_all, make_place
from tests.matrix.people import prints_of

pytestmark = pytest.mark.django_db(databases="__all__")
TABLES = sorted(m._meta.db_table for m in apps.get_models() if issubclass(m, TenantModel))


@dataclass(frozen=True)
class Rule:
    """How an operation is called so that it does what it is for; `{order}` is a thing's name."""

    path: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    status: int = 200


LINE = {"sku": "{sku}", "partner_order_no": "M-1"}
RULES = {
    "listProducts": Rule(),
    "getProduct": Rule({"ref": "{sku}"}),
    "checkAccount": Rule(body={"sku": "{sku}", "buyer": {}}),
    "listOrders": Rule(),
    "placeOrder": Rule(body=LINE, status=201),
    "placeOrders": Rule(body={"orders": [LINE]}),
    "getOrder": Rule({"ref": "{order}"}),
    "cancelOrder": Rule({"ref": "{waiting}"}, body={}),
    "requestRefund": Rule({"ref": "{waiting}"}, body={"text": "Where is it?"}, status=201),
    "getRefundRequest": Rule({"ref": "{order}", "case_ref": "{case}"}),
    "getBalance": Rule(),
    "listEntries": Rule(),
    "askPayment": Rule(body={"amount": "12.5000"}, status=201),
    "listPayments": Rule(),
    "getPayment": Rule({"ref": "{payment}"}),
    "listWebhookEndpoints": Rule(),
    "makeWebhookEndpoint": Rule(body={"url": "https://partner.example/"}, status=201),
    "getWebhookEndpoint": Rule({"ref": "{endpoint}"}),
    "changeWebhookEndpoint": Rule({"ref": "{endpoint}"}, body={"events": []}),
    "removeWebhookEndpoint": Rule({"ref": "{spare}"}),
    "rotateWebhookSecret": Rule({"ref": "{endpoint}"}, body={}),
    "sendTestEvent": Rule({"ref": "{endpoint}"}, body={}),
    "replayEvents": Rule({"ref": "{endpoint}"}, body={"since": "2026-01-01T00:00:00Z"}),
    "listEvents": Rule(),
    "listDeliveries": Rule(),
    "retryDelivery": Rule({"ref": "{delivery}"}, body={}),
}
# What every partner of the shop may see: its catalogue.
SHARED = {"getProduct", "checkAccount", "placeOrder", "placeOrders"}
CASES = {
    operation["operationId"]: (method, path, operation["x-scope"])
    for path, methods in document(language="en")["paths"].items()
    for method, operation in methods.items()
}
every = pytest.mark.parametrize("name", CASES)
about_a_thing = pytest.mark.parametrize("name", [name for name in CASES if RULES[name].path])


@pytest.fixture(scope="module")
def places(django_db_setup, django_db_blocker) -> Iterator[tuple[Place, Place]]:
    """The shop that is called, and another; made and committed once."""
    with django_db_blocker.unblock():
        crypto.forget_keys()
        try:
            yield make_place("cloud"), make_place("star")
        finally:
            forget_all()


def call(caller: Caller, name: str, place: Place) -> Any:
    method, path, _scope = CASES[name]
    rule = RULES[name]
    path = place.fill(path.format(**rule.path))
    if method == "get":
        return caller.get(path)
    return caller.send(method, path, place.fill(rule.body))


def refused(caller: Caller, name: str, places, *, world: Place | None = None) -> tuple[int, str]:
    """The status and code; nothing of anybody's is in the answer, and nothing has changed."""
    before = [prints_of(place, TABLES) for place in places]
    told = call(caller, name, world or places[0])
    assert [prints_of(place, TABLES) for place in places] == before
    assert set(told) == {"error"}
    return caller.status, told["error"]["code"]


def test_every_operation_has_a_rule_and_no_rule_outlives_its_operation():
    assert set(CASES) == set(RULES)


@every
def test_who_may_is_let_in(name, places):
    here = places[0]
    caller = here.caller()

    told = call(caller, name, here)

    assert caller.status == RULES[name].status, told


@every
def test_without_a_key_it_is_refused(name, places):
    host = places[0].host

    assert refused(Caller("", host=host), name, places) == (401, "key_missing")
    assert refused(Caller("qy_live_", host=host), name, places) == (401, "invalid_key")


@every
def test_another_shops_key_is_refused(name, places):
    here, there = places

    assert refused(here.caller(there.keyed), name, places) == (401, "invalid_key")


@every
def test_a_key_without_the_right_is_refused(name, places):
    here = places[0]

    assert refused(here.without(CASES[name][2]), name, places) == (403, "scope_missing")


@about_a_thing
def test_another_shops_thing_is_not_there(name, places):
    here, there = places

    assert refused(here.caller(), name, places, world=there) == (404, "not_found")


@every
def test_another_partner_of_the_shop_neither_sees_nor_moves_what_is_not_his(name, places):
    here = places[0]
    stranger = here.colleague()
    mine = [here.names["order"], here.names["waiting"], here.names["case"]]

    if RULES[name].path and name not in SHARED:
        assert refused(stranger, name, places) == (404, "not_found")
        return
    call(stranger, name, here)

    assert stranger.status in {200, 201, 402}
    assert [ref for ref in mine if ref in stranger.raw.decode()] == []
