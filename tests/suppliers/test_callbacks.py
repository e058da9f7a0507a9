"""A supplier calls: it is a reason to ask, whoever it is, however often, whenever it comes."""

import hashlib
import json
from uuid import uuid4

import pytest

from suppliers.models import Attempt, CallbackHeard
from suppliers.services.callbacks import MOST_REFUSED
from tests.conftest import client_of
from tests.suppliers.factories import KEY, make_offer, make_supplier, sent, told

pytestmark = pytest.mark.usefixtures("scope")


def fulu_says(attempt, *, secret=KEY, **also):
    """A callback as PROTOCOLS.md 1 describes it: the sorted letters of its compact JSON, and the
    secret behind them."""
    said = {"customer_order_no": attempt.number, "order_id": "F1", "order_status": "success"} | also
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    signed = "".join(sorted(text)) + secret
    said["sign"] = hashlib.md5(signed.encode()).hexdigest()  # noqa: S324 -- the protocol's
    return json.dumps(said).encode()


@pytest.fixture
def post(shop):
    client = client_of(shop)

    def post(supplier_uid, body):
        return client.post(
            f"/supplier/{supplier_uid}/callback/", body, content_type="application/json"
        )

    return post


def uid_of(attempt):
    return attempt.offer.supplier.uid


def heard():
    return list(CallbackHeard.objects.values_list("outcome", "number", "times"))


def test_a_call_has_its_order_asked_after_at_once(post):
    attempt = sent()

    answer = post(uid_of(attempt), fulu_says(attempt))

    assert (answer.status_code, answer.content) == (200, b"success")
    assert heard() == [("heard", attempt.number, 1)]
    later = Attempt.objects.get()
    assert later.next_at <= attempt.next_at
    assert later.state == "sent"  # nothing moves on its word


def test_the_same_again_is_counted_and_acknowledged(post):
    attempt = sent()
    body = fulu_says(attempt)

    answers = {post(uid_of(attempt), body).content for _ in range(3)}

    assert answers == {b"success"}
    assert heard() == [("heard", attempt.number, 3)]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda attempt: fulu_says(attempt, secret="another"),
        lambda attempt: b"",
        lambda attempt: b"\xff\x00garbage",
        lambda attempt: b"[" * 5000,
        lambda attempt: b'{"sign": null}',
        lambda attempt: b'{"sign": 7, "customer_order_no": {}}',
    ],
    ids=["forged", "empty", "garbage", "deep", "unsigned", "odd"],
)
def test_what_the_supplier_did_not_sign_is_refused_and_kept_for_the_office(post, spoil):
    attempt = sent()

    answer = post(uid_of(attempt), spoil(attempt))

    assert (answer.status_code, answer.content) == (400, b"refused")
    assert [row[0] for row in heard()] == ["refused"]
    assert Attempt.objects.get().next_at == attempt.next_at


def test_rubbish_beyond_a_handful_is_only_counted(post):
    attempt = sent()

    for number in range(MOST_REFUSED + 5):
        post(uid_of(attempt), b"rubbish %d" % number)

    assert CallbackHeard.objects.count() == MOST_REFUSED + 1
    assert max(times for _, _, times in heard()) == 5


def test_about_an_order_that_we_do_not_know_it_is_parked(post):
    attempt = sent()
    attempt.number = "ANOTHERS1"

    answer = post(uid_of(attempt), fulu_says(attempt))

    assert answer.content == b"success"
    assert heard() == [("unknown", "ANOTHERS1", 1)]


def test_one_supplier_cannot_speak_of_anothers_order(post):
    attempt, other = sent(), make_offer().supplier

    post(other.uid, fulu_says(attempt))

    assert heard() == [("unknown", attempt.number, 1)]
    assert Attempt.objects.get().next_at == attempt.next_at


def test_a_success_is_asked_after_once_more_and_a_failure_never(post):
    bought, failed = told(sent(unit_id=1), "success"), told(sent(unit_id=2), "failed")

    for attempt in (bought, failed):
        post(uid_of(attempt), fulu_says(attempt))

    bought.refresh_from_db()
    failed.refresh_from_db()
    assert bought.next_at is not None
    assert failed.next_at is None


def test_nobody_lives_at_another_address(post):
    assert post(uuid4(), b"{}").status_code == 404


def test_a_body_that_is_too_long_is_not_read(post):
    attempt = sent()

    assert post(uid_of(attempt), b"x" * 70_000).status_code == 413
    assert heard() == []


@pytest.mark.parametrize("query", ["sporder_id=%00", "sporder_id=", "sporder_id=%FF", ""])
def test_no_odd_number_of_an_unsigned_callback_is_an_error_of_ours(shop, query):
    supplier = make_supplier(protocol="ofpay")

    answer = client_of(shop).get(f"/supplier/{supplier.uid}/callback/?{query}")

    assert answer.status_code in {200, 400}
    assert {row[0] for row in heard()} <= {"unknown", "refused"}
