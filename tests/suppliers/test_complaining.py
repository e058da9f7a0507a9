"""A complaint to a supplier is sent once, and moved by what the supplier signs."""

import hashlib
import json
from datetime import timedelta
from itertools import count
from urllib.parse import urlencode, urlsplit

import pytest

from core.actors import Actor
from core.errors import InvalidInput
from core.scope import tenant_atomic
from core.states import MoveRefused
from suppliers import services
from suppliers.errors import ComplaintOpen, NotTakingComplaints
from suppliers.models import (
    Attempt,
    CallbackHeard,
    SupplierComplaint,
    SupplierComplaintMove,
)
from suppliers.selectors import complaints_of_attempt, words_of_complaint
from suppliers.services import complaining
from suppliers.states import COMPLAINT_MOVES, ComplaintState
from tenants.models import AuditRow
from tests.conftest import client_of
from tests.races.at_once import at_once
from tests.simulators.listening import listening
from tests.suppliers.contract import CARDS
from tests.suppliers.factories import KEY, at_the_judge, make_offer, make_supplier, sent, told
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
CLERK = Actor("user:1 clerk@example.com")
TEXT = "卡密无效, 订单 D1/2"
NEW_CODE = "NEWCODE12345678"
_keys, _units = count(1), count(1)
FORBIDDEN = [
    (old, new)
    for old in ComplaintState
    for new in ComplaintState
    if new not in COMPLAINT_MOVES[old]
]


@pytest.fixture
def desk(judge):
    judge.desk.reset()
    return judge.desk


@pytest.fixture
def attempt(shop, judge, desk):
    return delivered(judge)


@pytest.fixture
def ear(settings):
    """Where the supplier's calls arrive, for the test to pass on."""
    with listening("ok") as ear:
        settings.PUBLIC_PORT = urlsplit(ear.url).port
        yield ear


@pytest.fixture
def post(shop):
    client = client_of(shop)

    def post(uid, body, *, to="after-sale"):
        kind = "application/x-www-form-urlencoded"
        return client.post(f"/supplier/{uid}/{to}/", body, content_type=kind)

    return post


@tenant_atomic
def delivered(judge, *faults, protocol="kasushou"):
    """An attempt that brought its goods at the supplier played by the judge."""
    supplier = at_the_judge(judge, protocol)
    offer = make_offer(supplier=supplier, product="1000")
    attempt = services.begin(unit_id=next(_units), offer=offer, choice="", now=NOON)
    services.mark_sent(attempt_id=attempt.pk, now=NOON)
    answer = services.ask(attempt=attempt, order=CARDS, is_first=True, now=NOON)
    attempt = services.record(attempt_id=attempt.pk, answer=answer, now=NOON)
    account = judge.desk.accounts()[0]
    judge.desk.account(protocol=protocol, id=account["id"], faults=dict.fromkeys(faults, 1.0))
    return told(attempt, "success", supplier_ref=attempt.supplier_ref)


def complain(attempt, *, key="", text=TEXT, now=NOON):
    key = key or f"form {next(_keys)}"
    return services.complain(attempt_id=attempt.pk, text=text, key=key, by=CLERK, now=now)


@tenant_atomic
def states(attempt):
    return [one.state for one in complaints_of_attempt(attempt_id=attempt.pk)]


@tenant_atomic
def said(attempt):
    return words_of_complaint(complaints_of_attempt(attempt_id=attempt.pk)[0])[1].reveal()


@tenant_atomic
def heard():
    return list(CallbackHeard.objects.values_list("outcome", "times"))


@tenant_atomic
def supplier_of(attempt):
    return Attempt.objects.get(pk=attempt.pk).offer.supplier


def signed(secret=KEY, **fields):
    """An after-sale call as PROTOCOLS.md 2 describes it: all of its fields are signed."""
    fields = {"screenshot": "", "time": "1695072521534"} | fields
    text = json.dumps(dict(sorted(fields.items())), ensure_ascii=False, separators=(",", ":"))
    words = fields["time"] + text.replace("/", "\\/") + secret
    sign = hashlib.sha1(words.encode()).hexdigest()  # noqa: S324 -- the protocol's
    return urlencode(fields | {"sign": sign}).encode()


def after_sale(attempt, status, *, content="已处理", **more):
    return signed(ordersn=attempt.supplier_ref, status=str(status), content=content, **more)


def test_what_is_sent_arrives_with_the_suppliers_own_number(attempt, desk):
    complaint = complain(attempt)

    (ticket,) = desk.complaints()
    assert complaint.state == ComplaintState.SENT
    assert (ticket["ref"], ticket["content"]) == (attempt.supplier_ref, TEXT)
    assert ticket["url"].endswith(f"/supplier/{supplier_of(attempt).uid}/after-sale/")


def test_who_sent_it_is_in_the_audit_and_its_words_are_sealed(attempt):
    complaint = complain(attempt)

    with tenant_atomic():
        row = SupplierComplaint.objects.get(pk=complaint.pk)
        (audit,) = AuditRow.objects.filter(action="supplier.complained")
        assert words_of_complaint(row)[0].reveal() == TEXT
    assert (audit.by, audit.target) == (CLERK.label, attempt.number)
    assert TEXT.encode() not in bytes(row.text)
    assert row.by == CLERK.label


def test_what_the_supplier_does_is_told_by_its_calls(attempt, desk, ear, post):
    complain(attempt)

    answers = [post(supplier_of(attempt).uid, body) for _, body in ear.wait_for(2)]

    assert {(one.status_code, one.content) for one in answers} == {(200, b"ok")}
    assert states(attempt) == ["done"]
    assert said(attempt) == "已处理，请查看"
    with tenant_atomic():
        moves = SupplierComplaintMove.objects.order_by("pk").values_list("old", "new")
        assert list(moves) == [
            ("", "sending"),
            ("sending", "sent"),
            ("sent", "processing"),
            ("processing", "done"),
        ]


def test_its_own_forged_calls_are_refused_and_its_true_ones_heard(shop, judge, desk, ear, post):
    attempt = delivered(judge, "query:forged_callback")
    complain(attempt)

    answers = [post(supplier_of(attempt).uid, body) for _, body in ear.wait_for(3)]

    assert sorted(one.content for one in answers) == [b"ok", b"ok", b"refused"]
    assert states(attempt) == ["done"]
    assert ("refused", 1) in heard()


@pytest.mark.parametrize("fault", ["duplicate_callbacks", "out_of_order_callbacks"])
def test_calls_that_come_again_or_late_change_nothing(shop, judge, desk, ear, post, fault):
    attempt = delivered(judge, f"query:{fault}")
    complain(attempt)

    count = 6 if fault == "duplicate_callbacks" else 2
    for _, body in ear.wait_for(count):
        post(supplier_of(attempt).uid, body)

    assert states(attempt) == ["done"]
    assert said(attempt) == "已处理，请查看"


@pytest.mark.parametrize(
    ("fault", "tickets"),
    [
        ("reply_lost_after", 1),
        ("http_502_after", 1),
        ("garbage_body", 1),
        ("busy_before", 0),
        ("reply_lost_before", 0),
    ],
)
def test_a_lost_answer_is_not_confirmed_and_a_person_may_send_it_again(
    shop, judge, desk, fault, tickets
):
    attempt = delivered(judge, f"query:{fault}")

    lost = complain(attempt)
    judge.desk.account(protocol="kasushou", id="10001", faults={})
    again = complain(attempt)

    assert (lost.state, again.state) == ("unknown", "sent")
    assert len(desk.complaints()) == tickets + 1


def test_what_was_not_confirmed_is_confirmed_by_its_call(shop, judge, desk, post):
    attempt = delivered(judge, "query:reply_lost_after")
    complain(attempt)

    post(supplier_of(attempt).uid, after_sale(attempt, 2))

    assert states(attempt) == ["processing"]


def test_a_refusal_is_told_in_the_suppliers_words_and_is_final(attempt, desk):
    with tenant_atomic():
        Attempt.objects.filter(pk=attempt.pk).update(supplier_ref="NOSUCHORDER")

    complaint = complain(attempt)

    assert complaint.state == ComplaintState.REFUSED
    assert said(attempt) == "订单不存在"
    assert desk.complaints() == []


def test_a_supplier_that_is_not_there_has_heard_nothing(shop):
    with tenant_atomic():
        away = make_supplier(protocol="kasushou", base_url="http://127.0.0.1:9")
        made = services.begin(unit_id=1, offer=make_offer(supplier=away), choice="", now=NOON)
        services.mark_sent(attempt_id=made.pk, now=NOON)
        attempt = told(made, "success", supplier_ref="D1")

    assert complain(attempt).state == ComplaintState.REFUSED
    assert said(attempt).startswith("not sent: ")


def test_the_same_form_twice_is_one_complaint_sent_once(attempt, desk):
    first, second = complain(attempt, key="a form"), complain(attempt, key="a form", text="else")

    assert first.pk == second.pk
    assert len(desk.complaints()) == 1


@pytest.mark.parametrize("faults", [(), ("query:delay:0.3", "query:reply_lost_after")])
def test_two_clicks_at_once_send_it_once(shop, judge, desk, faults):
    attempt = delivered(judge, *faults)

    found = at_once(lambda _turn: complain(attempt, key="a form"), times=4)

    assert len({one.pk for one in found}) == 1
    assert len(desk.complaints()) == 1


def test_two_people_at_once_send_it_once(shop, judge, desk):
    attempt = delivered(judge, "query:delay:0.3")

    def press(turn):
        try:
            return complain(attempt, key=f"form of {turn}").state
        except ComplaintOpen:
            return "open"

    assert sorted(at_once(press, times=3)) == ["open", "open", "sent"]
    assert len(desk.complaints()) == 1


def test_while_one_is_with_the_supplier_there_is_no_second_one(attempt, desk, post):
    complain(attempt)
    post(supplier_of(attempt).uid, after_sale(attempt, 2))

    with pytest.raises(ComplaintOpen):
        complain(attempt)

    assert len(desk.complaints()) == 1


@pytest.mark.parametrize("status", [3, 4])
def test_when_it_is_over_another_one_may_be_sent_and_the_calls_are_about_that(
    attempt, desk, post, status
):
    complain(attempt)
    post(supplier_of(attempt).uid, after_sale(attempt, status))
    complain(attempt)
    post(supplier_of(attempt).uid, after_sale(attempt, 2))

    assert states(attempt) == ["processing", {3: "done", 4: "ended"}[status]]


@pytest.mark.parametrize("is_after_the_first", [True, False])
def test_the_same_call_again_is_acknowledged_and_moves_no_later_complaint(
    attempt, desk, post, is_after_the_first
):
    body, uid = after_sale(attempt, 3), supplier_of(attempt).uid
    if is_after_the_first:
        complain(attempt)
    post(uid, body)
    complain(attempt)
    before = states(attempt)

    answer = post(uid, body)

    assert (answer.status_code, answer.content) == (200, b"ok")
    assert states(attempt) == before
    assert before[0] == "sent"
    assert heard() == [("told" if is_after_the_first else "unknown", 2)]


def test_one_whose_sender_died_is_not_confirmed_after_a_minute(attempt, desk):
    complaining._begin(attempt.pk, TEXT, "a form", by=CLERK, now=NOON)

    with pytest.raises(ComplaintOpen):
        complain(attempt, now=NOON + timedelta(seconds=59))
    later = complain(attempt, now=NOON + timedelta(seconds=60))

    assert later.state == ComplaintState.SENT
    assert states(attempt) == ["sent", "unknown"]
    assert len(desk.complaints()) == 1


def test_a_call_that_is_quicker_than_the_answer_stays(attempt):
    begun, _ = complaining._begin(attempt.pk, TEXT, "a form", by=CLERK, now=NOON)
    body = after_sale(attempt, 3)
    services.hear_after_sale(uid=supplier_of(attempt).uid, body=body, headers={}, now=NOON)

    answer = complaining.answered(lambda: 1 / 0, is_purchase=True)
    complaining._record(begun.pk, answer, now=NOON)

    assert states(attempt) == ["done"]


def test_a_new_code_in_the_suppliers_words_is_sealed(attempt, post):
    complain(attempt)

    post(supplier_of(attempt).uid, after_sale(attempt, 3, content=f"补发 {NEW_CODE}"))

    assert NEW_CODE in said(attempt)
    with tenant_atomic():
        row = SupplierComplaint.objects.get()
        moves = SupplierComplaintMove.objects.values_list("data", "reason")
        assert NEW_CODE not in repr(list(moves))
    assert NEW_CODE.encode() not in bytes(row.said)


SPOILED = {
    "forged": lambda attempt: after_sale(attempt, 3, secret="another"),
    "changed": lambda attempt: after_sale(attempt, 3).replace(b"status=3", b"status=4"),
    "unsigned": lambda attempt: urlencode({"ordersn": attempt.supplier_ref, "status": 3}).encode(),
    "more fields": lambda attempt: after_sale(attempt, 3, note="x"),
    "no such status": lambda attempt: after_sale(attempt, 9),
    "an order's": lambda attempt: signed(
        external_orderno=attempt.number,
        ordersn=attempt.supplier_ref,
        status="3",
        has_back_money="0.00",
        total_price="1.00",
        recharge_hints="",
    ),
    "garbage": lambda attempt: b"\xff\x00[[[",
    "empty": lambda attempt: b"",
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_what_the_supplier_did_not_sign_as_an_after_sale_moves_nothing(attempt, post, spoil):
    complain(attempt)

    answer = post(supplier_of(attempt).uid, spoil(attempt))

    assert (answer.status_code, answer.content) == (400, b"refused")
    assert states(attempt) == ["sent"]
    assert heard() == [("refused", 1)]


def test_an_after_sale_at_the_orders_address_is_refused(attempt, post):
    complain(attempt)

    answer = post(supplier_of(attempt).uid, after_sale(attempt, 3), to="callback")

    assert answer.status_code == 400
    assert states(attempt) == ["sent"]


def test_about_an_order_without_a_complaint_it_is_parked_and_acknowledged(attempt, post):
    answer = post(supplier_of(attempt).uid, after_sale(attempt, 3))

    assert answer.content == b"ok"
    assert heard() == [("unknown", 1)]


def test_one_supplier_cannot_speak_of_anothers_complaint(attempt, post):
    complain(attempt)
    with tenant_atomic():
        other = make_supplier(protocol="kasushou")

    post(other.uid, after_sale(attempt, 4))

    assert states(attempt) == ["sent"]


def test_who_takes_no_complaints_has_no_such_address(shop, post):
    with tenant_atomic():
        uid = make_supplier(protocol="fulu").uid

    assert post(uid, b"{}").status_code == 404


@pytest.mark.parametrize("text", ["", "   ", "x" * 501, "a\0b"])
def test_a_text_that_is_none_is_refused(attempt, desk, text):
    with pytest.raises(InvalidInput):
        complain(attempt, text=text)

    assert states(attempt) == []
    assert desk.complaints() == []


def test_a_form_without_a_name_is_refused(attempt):
    with pytest.raises(InvalidInput):
        services.complain(attempt_id=attempt.pk, text=TEXT, key="", by=CLERK, now=NOON)


def test_there_is_nothing_to_complain_about_before_something_was_bought(shop):
    with tenant_atomic():
        attempt = sent()
        other = told(sent(unit_id=2), "success", supplier_ref="F1")

    for one in (attempt, other):  # not bought; bought of one that takes none
        with pytest.raises(NotTakingComplaints):
            complain(one)


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_no_move_outside_the_table(shop, old, new):
    with tenant_atomic():
        attempt = told(sent(), "success", supplier_ref="D1")
        row = SupplierComplaint.objects.create(
            attempt=attempt, key="k", state=old, text=b"", by="x", at=NOON
        )

        with pytest.raises(MoveRefused):
            complaining._move(row, new, by=CLERK, now=NOON)

        row.refresh_from_db()
        assert row.state == old
        assert not row.moves.exists()
