"""Complaints at the stand-in of Kasushou, and what it tells of them."""

import hashlib
import json
from urllib.parse import parse_qsl

import pytest

from tests.simulators.calling import KASUSHOU_KEY
from tests.simulators.listening import listening


def bought(kasushou, number="K001"):
    return kasushou.data("order/buy", id=77, quantity=1, external_orderno=number, attach={})[
        "ordersn"
    ]


def heard_fields(body):
    return dict(parse_qsl(body.decode(), keep_blank_values=True))


def is_signed(fields, key=KASUSHOU_KEY):
    signed = dict(sorted((k, v) for k, v in fields.items() if k != "sign"))
    text = json.dumps(signed, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
    right = hashlib.sha1((fields["time"] + text + key).encode()).hexdigest()  # noqa: S324 -- the protocol's own
    return fields["sign"] == right


def complain(kasushou, order, **given):
    said = {"ordersn": order, "content": "无效", "screenshot": "", "url": ""} | given
    return kasushou.call("order/complain", **said).json


def test_a_complaint_is_a_ticket_and_its_calls_are_signed_in_all_their_fields(kasushou, desk):
    ordersn = bought(kasushou)

    with listening("ok") as ear:
        said = complain(kasushou, ordersn, url=ear.url)
        told = [heard_fields(body) for _, body in ear.wait_for(2)]

    (ticket,) = desk.complaints()
    assert said["code"] == 200
    assert (ticket["ref"], ticket["content"]) == (ordersn, "无效")
    assert [one["status"] for one in told] == ["2", "3"]
    assert {one["ordersn"] for one in told} == {ordersn}
    assert all(is_signed(one) for one in told)


def test_a_second_complaint_about_an_order_is_a_second_ticket(kasushou, desk):
    ordersn = bought(kasushou)

    for _ in range(2):
        complain(kasushou, ordersn)

    assert len(desk.complaints()) == 2


@pytest.mark.parametrize("wrong", [{"ordersn": "NONE"}, {"content": " "}])
def test_what_makes_no_sense_is_refused(kasushou, desk, wrong):
    said = complain(kasushou, bought(kasushou), **wrong)

    assert said["code"] == 400
    assert desk.complaints() == []


def test_a_forged_call_comes_first_when_it_is_asked_for(kasushou, desk):
    ordersn = bought(kasushou)
    desk.account(protocol="kasushou", id="10001", faults={"query:forged_callback": 1})

    with listening("ok") as ear:
        complain(kasushou, ordersn, url=ear.url)
        told = [heard_fields(body) for _, body in ear.wait_for(3)]

    assert [is_signed(one) for one in told] == [False, True, True]


def test_a_lost_answer_leaves_a_ticket(kasushou, desk):
    ordersn = bought(kasushou)
    desk.account(protocol="kasushou", id="10001", faults={"query:reply_lost_after": 1})

    with pytest.raises(ConnectionError):
        complain(kasushou, ordersn)

    assert len(desk.complaints()) == 1
