"""What the API says of itself is true: every operation, answer, refusal and example."""

import json

import jsonschema
import pytest
import yaml
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from api import versions
from api.described.advice import ADVICE
from api.described.document import document
from api.described.operations import OPERATIONS, TAGS
from api.errors import MethodUnknown
from api.versions import VERSIONS, Version
from api.views import described
from api.views.base import PartnerView
from channels.models import ApiKey
from channels.services.keys import NEWEST_VERSION
from channels.states import EventKind
from core.scope import tenant_atomic
from tests.api.callers import ORDERS, PRODUCTS, Caller
from tests.catalog.factories import make_template
from tests.orders.factories import stocked_sku

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
BOTH = pytest.mark.parametrize("language", ["en", "zh-hans"])


def operations(found):
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def shape_in(found, name):
    """A schema of the document, with what it refers to beside it, and nothing more allowed; what
    is one of several is closed in each of them."""
    schemas = json.loads(json.dumps(found["components"]["schemas"]))
    for schema in schemas.values():
        if "oneOf" not in schema:
            schema["additionalProperties"] = False
    return {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}


def examples_in(body):
    return [one["value"] for one in body["content"]["application/json"]["examples"].values()]


def agrees(body, name):
    """The dictionary has all the fields that are described, no others, and of their types."""
    jsonschema.validate(body, shape_in(document(language="en"), name))


@BOTH
def test_the_description_is_valid(language):
    GENERATOR_STATS.reset()

    found = document(language=language)

    validate_schema(found)
    assert found["openapi"] == "3.1.0"
    assert not GENERATOR_STATS


def test_every_operation_is_described_and_none_that_is_not_there():
    views = {
        f"{method.upper()} {entry.callback.cls.__name__}"
        for entry in get_resolver("api.urls").url_patterns
        for method in PartnerView.http_method_names
        if hasattr(getattr(entry.callback, "cls", None), method)
    }

    assert views == set(OPERATIONS)
    assert {each.tag for each in OPERATIONS.values()} == set(TAGS)


def test_every_operation_needs_a_key_and_names_its_right():
    for _path, _method, operation in operations(document(language="en")):
        assert operation["security"] == [{"key": []}]
        assert ":" in operation["x-scope"]
        assert {"401", "403", "429", "500", "503"} <= set(operation["responses"])


def test_names_of_operations_are_told_apart():
    names = [each["operationId"] for *_at, each in operations(document(language="en"))]

    assert sorted(names) == sorted(set(names))


@BOTH
def test_every_example_is_of_its_schema(language):
    found = document(language=language)
    seen = 0
    for _path, _method, operation in operations(found):
        bodies = [*operation["responses"].values(), operation.get("requestBody", {})]
        for media in (body["content"]["application/json"] for body in bodies if body):
            name = media["schema"]["$ref"].rpartition("/")[2]
            for example in media["examples"].values():
                jsonschema.validate(example["value"], shape_in(found, name))
                seen += 1
    assert seen > 100


def test_what_is_answered_is_what_is_described(caller, keyed, shop):
    with tenant_atomic():
        sku = stocked_sku(2, buyer_template=make_template())
    phone = {"phone": "13800138000"}

    order = caller.order(sku, buyer=phone)
    agrees(order, "Order")
    agrees(caller.get(f"{ORDERS}/{order['ref']}"), "Order")
    agrees(caller.get(ORDERS), "OrderInListPage")
    agrees(caller.get(PRODUCTS), "ProductPage")
    agrees(caller.get("/api/v1/balance"), "Balance")
    agrees(caller.get("/api/v1/balance/entries"), "EntryPage")
    batch = {"orders": [{"sku": sku.ref, "partner_order_no": "N2", "buyer": phone}]}
    agrees(caller.post("/api/v1/order-batches", batch), "Batch")
    asked = {"sku": sku.ref, "buyer": phone}
    agrees(caller.post("/api/v1/account-checks", asked), "AccountCheck")
    path = f"{ORDERS}/{order['ref']}/refund-requests"
    case = caller.post(path, {"position": 1, "text": "It does not work."})
    agrees(case, "RefundRequest")
    agrees(caller.get(f"{path}/{case['ref']}"), "RefundRequest")
    agrees(caller.post(f"{ORDERS}/{order['ref']}/cancel", {}), "Error")


@pytest.mark.parametrize(
    ("path", "status"), [("/api/v1/nothing", 404), ("/api/v1/orders/a%00b", 404)]
)
def test_what_is_refused_before_the_api_has_the_same_shape(caller, path, status):
    told = caller.get(path)

    assert caller.status == status
    agrees(told, "Error")


@pytest.mark.parametrize("method", ["head", "options", "put"])
def test_what_no_operation_is_says_what_there_is(caller, method):
    answer = caller._client.generic(method.upper(), PRODUCTS)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_the_description_is_only_read(shop, method):
    strict = Client(headers={"host": "cloud.localhost"}, enforce_csrf_checks=True)

    assert strict.generic(method.upper(), "/api/v1/openapi.json").status_code == 405


def test_whoever_asks_reads_the_description_in_his_language(shop):
    nobody = Caller("none")

    told = nobody.get("/api/v1/openapi.json", **{"accept-language": "en"})
    nobody._client.get("/api/v1/openapi.yaml")

    assert nobody.status == 200
    assert told["info"]["title"] == "Partner API"
    chinese = nobody.get("/api/v1/openapi.json", **{"accept-language": "zh-CN"})
    assert chinese["info"]["title"] == "合作伙伴 API"
    written = nobody._client.get("/api/v1/openapi.yaml", headers={"accept-language": "en"})
    assert yaml.safe_load(written.content) == told


@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_the_description_is_written_once_and_not_sent_to_who_has_it(shop, kind, monkeypatch):
    path, nobody = f"/api/v1/openapi.{kind}", Client(headers={"host": "cloud.localhost"})
    first = nobody.get(path, headers={"accept-language": "en"})
    monkeypatch.setattr(described, "document", None)  # nobody asks for it again

    same = nobody.get(path, headers={"accept-language": "en"})
    has_it = {"accept-language": "en", "if-none-match": first.headers["ETag"]}
    nothing = nobody.get(path, headers=has_it)

    assert same.content == first.content
    assert (nothing.status_code, nothing.content) == (304, b"")


def test_the_description_has_another_mark_in_another_language(shop):
    nobody = Client(headers={"host": "cloud.localhost"})
    paths = ("/api/v1/openapi.json", "/api/v1/openapi.yaml")

    marks = {
        nobody.get(path, headers={"accept-language": language}).headers["ETag"]
        for path in paths
        for language in ("en", "zh-CN")
    }

    assert len(marks) == 4


def test_every_error_that_is_described_is_explained():
    named = {
        value["error"]["code"]
        for *_at, operation in operations(document(language="en"))
        for status, answer in operation["responses"].items()
        if status >= "400"
        for value in examples_in(answer)
    }

    assert named | {MethodUnknown.code} == {error.code for error in ADVICE}


def test_a_new_key_keeps_to_the_newest_version(caller, shop):
    caller.get(PRODUCTS)

    assert VERSIONS[0].date == NEWEST_VERSION
    assert caller.headers["X-API-Version"] == NEWEST_VERSION


def test_a_call_may_name_a_version_and_an_unknown_one_is_refused(caller, shop):
    caller.get(PRODUCTS, **{"x-api-version": NEWEST_VERSION})
    assert caller.status == 200

    told = caller.get(PRODUCTS, **{"x-api-version": "2020-01-01"})

    assert (caller.status, told["error"]["code"]) == (400, "version_unknown")
    assert told["error"]["param"] == "X-API-Version"
    assert told["error"]["data"] == {"newest": NEWEST_VERSION}


OLD = "2025-06-01"


@pytest.mark.parametrize("kind", EventKind.values)
def test_what_an_event_carries_is_described_by_its_type(kind):
    found = document(language="en")
    media = found["webhooks"][kind]["post"]["requestBody"]["content"]["application/json"]
    _event, own = media["schema"]["allOf"]
    name = own["properties"]["data"]["$ref"].rpartition("/")[2]

    jsonschema.validate(media["example"]["data"], shape_in(found, name))
    jsonschema.validate(media["example"], shape_in(found, "Event"))

    assert own["properties"]["type"] == {"const": kind}


@pytest.mark.parametrize("path", [PRODUCTS, f"{ORDERS}/NOTHING"])
def test_a_version_is_answered_until_the_day_it_ends(caller, shop, monkeypatch, path):
    ended = Version(date=OLD, changes=("Before.",), ends_on=f"{timezone.now():%Y-%m-%d}")
    monkeypatch.setattr(versions, "VERSIONS", (*VERSIONS, ended))
    monkeypatch.setattr(versions, "KNOWN", versions.KNOWN | {OLD})

    told = caller.get(path, **{"x-api-version": OLD})

    assert (caller.status, told["error"]["code"]) == (410, "version_ended")
    assert told["error"]["param"] == "X-API-Version"
    assert told["error"]["data"] == {"ended_on": ended.ends_on, "newest": NEWEST_VERSION}


def test_a_key_that_keeps_to_a_version_that_has_ended_may_name_the_newest(
    caller, shop, monkeypatch
):
    ended = Version(date=OLD, changes=("Before.",), ends_on="2026-06-01")
    monkeypatch.setattr(versions, "VERSIONS", (*VERSIONS, ended))
    with tenant_atomic():
        ApiKey.objects.update(version=OLD)

    assert caller.get(PRODUCTS)["error"]["code"] == "version_ended"
    caller.get(PRODUCTS, **{"x-api-version": NEWEST_VERSION})
    assert caller.status == 200


@pytest.fixture
def _an_old_version(monkeypatch):
    """As if there had been one before, that is to end a year after the next one came."""
    old = Version(date=OLD, changes=("Before.",), ends_on="2027-11-28")
    monkeypatch.setattr(versions, "VERSIONS", (*VERSIONS, old))
    monkeypatch.setattr(versions, "KNOWN", versions.KNOWN | {OLD})


@pytest.mark.usefixtures("_an_old_version")
@pytest.mark.parametrize("path", [PRODUCTS, f"{PRODUCTS}/NOTHING"])
def test_a_version_that_is_to_end_says_so_in_every_answer(caller, shop, path):
    caller.get(path, **{"x-api-version": OLD})

    assert caller.headers["X-API-Version"] == OLD
    assert caller.headers["Deprecation"] == "@1795824000"  # 2026-11-28, when the next one came
    assert caller.headers["Sunset"] == "Sun, 28 Nov 2027 00:00:00 GMT"
    page = "http://cloud.localhost/developers/versions/"
    assert caller.headers["Link"] == f'<{page}>; rel="deprecation"; type="text/html"'


@pytest.mark.usefixtures("_an_old_version")
def test_the_newest_version_does_not_end(caller, shop):
    caller.get(PRODUCTS)

    assert not {"Deprecation", "Sunset", "Link"} & set(caller.headers)


def test_an_old_version_without_an_end_is_not_said_to_end(caller, shop, monkeypatch):
    monkeypatch.setattr(versions, "VERSIONS", (*VERSIONS, Version(date=OLD, changes=())))
    monkeypatch.setattr(versions, "KNOWN", versions.KNOWN | {OLD})

    caller.get(PRODUCTS, **{"x-api-version": OLD})

    assert caller.status == 200
    assert not {"Deprecation", "Sunset", "Link"} & set(caller.headers)
