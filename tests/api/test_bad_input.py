"""What a partner's program may send wrong: told in words, and nothing done."""

import json
import time

import pytest
from django.test import Client

from core.scope import tenant_atomic
from orders.models import Order
from tests.api.callers import ORDERS
from tests.api.slow import Slow
from tests.catalog.factories import make_template
from tests.orders.factories import stocked_sku

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return stocked_sku(2)


def told(caller, body, **headers):
    answer = caller.post(ORDERS, body, **headers)
    with tenant_atomic():
        assert not Order.objects.exists()
    return caller.status, answer["error"]["code"], answer["error"]["param"]


def test_a_body_is_read_before_a_transaction_is_open(keyed):
    slow = Slow(b"{}")
    client = Client(headers={"host": "cloud.localhost", "authorization": f"Bearer {keyed.key}"})

    assert client.post(ORDERS, content_type="application/json", **slow.sent).status_code == 422
    assert slow.was_within == {False}


FIELDS = [
    ({"sku": 7}, "invalid_input", "sku"),
    ({"sku": None}, "invalid_input", "sku"),
    ({"sku": "x" * 41}, "invalid_input", "sku"),
    ({"sku": "\u3000"}, "invalid_input", "sku"),
    ({"quantity": 0}, "invalid_input", "quantity"),
    ({"quantity": -1}, "invalid_input", "quantity"),
    ({"quantity": 101}, "invalid_input", "quantity"),
    ({"quantity": "1"}, "invalid_input", "quantity"),
    ({"quantity": 1.0}, "invalid_input", "quantity"),
    ({"quantity": True}, "invalid_input", "quantity"),
    ({"quantity": 10**30}, "invalid_input", "quantity"),
    ({"partner_order_no": ""}, "invalid_input", "partner_order_no"),
    ({"partner_order_no": "x" * 65}, "invalid_input", "partner_order_no"),
    ({"partner_order_no": "a\nb"}, "invalid_input", "partner_order_no"),
    ({"partner_order_no": "a\t"}, "invalid_input", "partner_order_no"),
    ({"partner_order_no": "a\u202eb"}, "invalid_input", "partner_order_no"),
    ({"partner_order_no": "a\ufeff"}, "invalid_input", "partner_order_no"),
    ({"partner_order_no": "\u200b"}, "invalid_input", "partner_order_no"),
    ({"buyer": []}, "invalid_input", "buyer"),
    ({"buyer": {"phone": 13800138000}}, "invalid_input", "buyer.phone"),
    ({"max_amount": 9.9}, "invalid_input", "max_amount"),
    ({"max_amount": "9.99999"}, "invalid_input", "max_amount"),
    ({"max_amount": "-1"}, "invalid_input", "max_amount"),
    ({"max_amount": "NaN"}, "invalid_input", "max_amount"),
    ({"price": "1"}, "unknown_field", "price"),
    ({"buyer": {"phone": "13800138000"}}, "unknown_field", "buyer.phone"),
]


@pytest.mark.parametrize(("wrong", "code", "param"), FIELDS)
def test_a_wrong_field_is_named(caller, sku, wrong, code, param):
    body = {"sku": sku.ref, "partner_order_no": "N1"} | wrong

    assert told(caller, body) == (422, code, param)


LONG = "a" * 60_000 + "\0"  # an expression that goes back over it takes seconds
HOSTILE = [
    ("/api/v1/account-checks", {"sku": LONG, "buyer": {}}, "sku"),
    ("/api/v1/account-checks", {"sku": "a", "buyer": {"phone": LONG}}, "buyer.phone"),
    (ORDERS, {"sku": "a", "partner_order_no": LONG}, "partner_order_no"),
    ("/api/v1/balance/payments", {"amount": "1", "return_url": LONG}, "return_url"),
    ("/api/v1/webhook-endpoints", {"url": LONG}, "url"),
]


@pytest.mark.parametrize(("path", "body", "param"), HOSTILE, ids=[one[2] for one in HOSTILE])
def test_what_is_long_and_wrong_is_refused_at_once(caller, sku, path, body, param):
    began = time.process_time()
    answer = caller.post(path, body)
    took = time.process_time() - began

    assert answer["error"]["param"] == param
    assert took < 1


BODIES = [
    b"",
    b"{",
    b"[]",
    b'"text"',
    b"null",
    b'{"sku": NaN}',
    b'{"sku": "A", "sku": "B"}',
    b'{"sku": "\\ud800", "partner_order_no": "N1"}',
    b"\xff\xfe{}",
    b"[" * 100_000,
    b'{"buyer": ' + b'{"a": ' * 50 + b"1" + b"}" * 51,
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_a_body_that_is_no_json_of_ours_is_refused(caller, sku, body):
    status, code, _param = told(caller, body)

    assert status in {400, 422}
    assert code in {"unreadable_body", "invalid_input"}


REASONS = [
    (b'\xef\xbb\xbf{"sku": "A"}', "byte order mark"),
    ('{"sku": "订"}'.encode("gbk"), "not UTF-8"),
    (b'{"sku": "A",\n}', "line 2, character 1"),
    (b'{"quantity": NaN}', "NaN is no number"),
    (b'{"sku": "A", "sku": "B"}', "“sku” stands in an object twice"),
    (b'{"a\\u0001": 1, "a\\u0001": 2}', "“…” stands in an object twice"),
    (b'{"buyer": ' + b'{"a": ' * 9 + b"1" + b"}" * 10, "deeper than 8 levels"),
    (b"[" * 100_000, "deeper than 8 levels"),
]


@pytest.mark.parametrize(("body", "why"), REASONS, ids=[why for _body, why in REASONS])
def test_what_cannot_be_read_is_told_with_the_reason(caller, sku, body, why):
    caller.speaks("en")

    error = caller.post(ORDERS, body)["error"]

    assert (caller.status, error["code"]) == (400, "unreadable_body")
    assert why in error["message"]


@pytest.mark.parametrize("path", ["/api/v1/orders/", "/api/v1/order", "/api/v2/orders"])
def test_an_address_that_nothing_answers_is_told_to_be_one(caller, sku, path):
    caller.speaks("en")

    error = caller.get(path)["error"]

    assert (caller.status, error["code"]) == (404, "not_found")
    assert "no such address" in error["message"]
    assert "no such address" not in caller.get(f"{ORDERS}/NOSUCH")["error"]["message"]


@pytest.mark.parametrize(
    ("wrong", "which", "param"),
    [
        ({"sku": "a\0b"}, "U+0000", "sku"),
        ({"partner_order_no": "N\x1b1"}, "U+001B", "partner_order_no"),
        ({"buyer": {"phone": "1\x7f"}}, "U+007F", "buyer.phone"),
        ({"buyer": {"pho\0ne": "1"}}, "U+0000", "buyer"),
        ({"a\x85b": 1}, "U+0085", None),
        ({"sku": "\ud800"}, "U+D800", "sku"),
        ({"sku": ["a", "\udfff"]}, "U+DFFF", "sku.1"),
    ],
)
def test_what_is_no_text_is_refused_by_the_reader_and_named(caller, sku, wrong, which, param):
    body = {"sku": sku.ref, "partner_order_no": "N1"} | wrong

    answer = caller.post(ORDERS, body)

    error = answer["error"]
    assert (caller.status, error["code"], error["param"]) == (400, "unreadable_body", param)
    assert which in error["message"]


@pytest.mark.parametrize("path", [ORDERS, f"{ORDERS}/N/cancel", f"{ORDERS}/N/refund-requests"])
def test_every_body_goes_by_the_same_reader(caller, sku, path):
    answer = caller.post(path, {"text": "a\0b"})

    error = answer["error"]
    assert (caller.status, error["code"], error["param"]) == (400, "unreadable_body", "text")


def test_a_text_has_lines_and_tabs(caller, sku):
    order = caller.order(sku)

    caller.post(f"{ORDERS}/{order['ref']}/refund-requests", {"text": "It says:\n\t“used”\r\n"})

    assert caller.status == 201


def test_a_refusal_is_written_as_all_other_answers(caller, sku):
    caller.post(ORDERS, {}, accept_language="zh-CN")
    assert "字段" in caller.raw.decode()

    caller.get("/api/v1/nothing", **{"accept-language": "zh-CN"})
    assert "\\u" not in caller.raw.decode()


def test_a_sku_that_is_not_there_is_said_not_to_be_there(caller, sku):
    caller.speaks("en")
    answer = caller.order("NOSUCH")

    error = answer["error"]
    assert (caller.status, error["code"], error["param"]) == (404, "not_for_sale", "sku")
    assert "There is no product “NOSUCH” that you may order" in error["message"]
    assert "more" not in error["message"]


def test_a_buyer_that_is_asked_for_something_else_is_told_what(caller, shop):
    with tenant_atomic():
        sku = stocked_sku(1, buyer_template=make_template())

    answer = caller.order(sku, buyer={"phone": "13800138000", "mobile": "13800138000"})

    error = answer["error"]
    assert (caller.status, error["code"], error["param"]) == (422, "unknown_field", "buyer.mobile")
    assert error["data"] == {"known": "phone"}


def test_a_huge_body_is_refused(caller, sku):
    body = {"sku": sku.ref, "partner_order_no": "N1", "buyer": {"a": "x" * 300_000}}

    assert told(caller, body)[:2] == (413, "body_too_large")


def test_a_form_is_refused(caller):
    answer = caller._client.post(ORDERS, {"sku": "A"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "media_type_unsupported")


def test_another_method_is_refused(caller):
    answer = caller._client.delete(ORDERS)

    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "limit=-1", "limit=1.0", "limit=١"]
)
def test_a_wrong_limit_is_refused(caller, query):
    answer = caller.get(f"{ORDERS}?{query}")

    assert (caller.status, answer["error"]["param"]) == (422, "limit")


@pytest.mark.parametrize("number", [" N1", "N1 ", "\u3000N1", "N1\u00a0"])
def test_an_order_number_is_what_was_sent(caller, sku, number):
    answer = caller.order(sku, number)

    assert (caller.status, answer["error"]["param"]) == (422, "partner_order_no")


def test_a_cursor_of_another_list_is_refused(caller, sku):
    for number in range(2):
        caller.order(sku, f"N{number}")
    cursor = caller.get(f"{ORDERS}?limit=1")["next"]

    answer = caller.get(f"/api/v1/balance/entries?after={cursor}")

    assert (caller.status, answer["error"]["code"]) == (422, "cursor_unknown")
    assert len(caller.get(f"{ORDERS}?after={cursor}")["data"]) == 1


@pytest.mark.parametrize(
    ("name", "told"), [("x" * 5_000, "x" * 100), ("a\u202eb\n<c>", "a?b??c?"), ("收件人", "收件人")]
)
def test_a_callers_own_word_is_told_back_cut_and_without_marks(caller, sku, name, told):
    answer = caller.order(sku, **{name: 1})

    assert (caller.status, answer["error"]["param"]) == (422, told)


@pytest.mark.parametrize(
    "cursor", ["x", "c", "cffffffffffffffffffff", "c2a", "c" + "f" * 32, "c 1", "%20"]
)
def test_a_wrong_cursor_is_refused(caller, cursor):
    answer = caller.get(f"{ORDERS}?after={cursor}")

    assert (caller.status, answer["error"]["code"]) == (422, "cursor_unknown")


@pytest.mark.parametrize("query", ["after=%00", "limit=%00", "a%00b=1"])
def test_a_nul_in_the_address_is_refused_before_anything_reads_it(caller, query):
    answer = caller.get(f"{ORDERS}?{query}")

    assert (caller.status, answer["error"]["code"]) == (400, "address_unreadable")


def test_an_idempotency_key_that_is_too_long_is_refused(caller, sku):
    answer = caller.order(sku, key="k" * 256)

    assert (caller.status, answer["error"]["code"]) == (400, "idempotency_key_invalid")


def test_a_wrong_account_names_its_field(caller, shop):
    with tenant_atomic():
        sku = stocked_sku(1, buyer_template=make_template())

    answer = caller.order(sku, buyer={"phone": "12"})

    assert (caller.status, answer["error"]["param"]) == (422, "buyer.phone")


@pytest.mark.parametrize("buyer", [{}, {"phone": ""}, {"phone": "12"}])
def test_a_check_of_an_account_that_no_order_takes_names_its_field(caller, shop, buyer):
    with tenant_atomic():
        sku = stocked_sku(1, buyer_template=make_template())

    error = caller.post("/api/v1/account-checks", {"sku": sku.ref, "buyer": buyer})["error"]

    assert (caller.status, error["code"], error["param"]) == (422, "invalid_input", "buyer.phone")


@pytest.mark.parametrize(("language", "word"), [("en", "sold out"), ("zh-CN", "售罄")])
def test_a_refusal_speaks_the_caller_s_language(caller, shop, language, word):
    with tenant_atomic():
        sku = stocked_sku(0)

    answer = caller.post(
        ORDERS, {"sku": sku.ref, "partner_order_no": "N1"}, accept_language=language
    )

    assert word in answer["error"]["message"].lower()


def test_a_refusal_leads_to_its_explanation_and_to_the_log(caller, sku):
    answer = caller.post(ORDERS, {}, x_request_id="mine-12345678")

    error = answer["error"]
    assert error["type"] == "invalid_request"
    assert error["doc_url"] == "http://cloud.localhost/developers/errors/#invalid_input"
    assert error["request_id"] == "mine-12345678"


def test_no_address_of_the_api_is_a_page(caller):
    answer = caller.get("/api/v1/nothing")

    assert (caller.status, answer["error"]["code"]) == (404, "not_found")
    assert json.loads(caller.raw) == answer


def test_what_a_field_says_is_in_the_language_of_who_is_told_and_not_of_who_came_first(caller, sku):
    long = {"sku": sku.ref, "partner_order_no": "x" * 65}

    said = [
        caller.post(ORDERS, long, accept_language=language)["error"]["message"]
        for language in ("zh-CN", "en", "zh-CN")
    ]

    assert said[1] == "Ensure this field has no more than 64 characters."
    assert said[0] == said[2] != said[1]
