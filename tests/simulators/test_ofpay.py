import time
from urllib.parse import parse_qsl, urlencode

import pytest

from simulators.ofpay import sign
from tests.simulators.calling import OfpayClient
from tests.simulators.listening import listening

PHONE = "18913513535"


@pytest.fixture
def ofpay(running, desk) -> OfpayClient:
    desk.account(
        protocol="ofpay", id="A08566", secret="of111111", balance_e4=10_000_000, processing_ms=100
    )
    desk.product(protocol="ofpay", id="140101", kind="mobile", name="全国话费", price_e4=9_900)
    return OfpayClient(running.base_url)


def wait_for(ofpay, number, word):
    end = time.monotonic() + 10
    while ofpay.query(number) != word:
        assert time.monotonic() < end
        time.sleep(0.03)


def test_the_signature_of_an_order_computed_from_the_recipe():
    given = {
        "userid": "A08566",
        "userpws": "4c625b7861a92c7971cd2029c2fd3c4a",
        "cardid": "140101",
        "cardnum": "50",
        "sporder_id": "T001",
        "sporder_time": "20240102030405",
        "game_userid": PHONE,
    }

    assert sign(given, "OFCARD") == "1F6EBCFA9ECB013E07A3DE43462571E3"


def test_credit_is_bought_queried_and_told(ofpay, desk):
    with listening("") as ear:
        said = ofpay.order("O001", phone=PHONE, ret_url=ear.url)
        wait_for(ofpay, "O001", "1")
        told = dict(parse_qsl(ear.wait_for(1)[0][1].decode(), keep_blank_values=True))

    xml = said.body.decode("gbk")
    assert "<retcode>1</retcode>" in xml
    assert "<cardname>全国话费</cardname>" in xml
    assert "<ordercash>49.5000</ordercash>" in xml
    assert "<game_state>0</game_state>" in xml
    assert (told["ret_code"], told["sporder_id"]) == ("1", "O001")
    assert desk.accounts()[0]["balance_e4"] == 10_000_000 - 50 * 9_900


def test_a_number_is_bought_once(ofpay, desk):
    ofpay.order("O002", phone=PHONE)

    again = ofpay.order("O002", phone=PHONE)

    assert b"<retcode>1043</retcode>" in again.body
    assert desk.totals()["sums"]["purchases"] == 1


def test_an_order_nobody_placed_is_minus_one(ofpay):
    assert ofpay.query("nobody") == "-1"


def test_a_wrong_signature_buys_nothing(ofpay, desk):
    said = ofpay.order("O003", phone=PHONE, md5_str="0" * 32)

    assert b"<retcode>1002</retcode>" in said.body
    assert desk.purchases() == []


@pytest.mark.parametrize(
    ("suffix", "word"), [("9922", "9"), ("9931", "1")], ids=["failed", "busy after"]
)
def test_a_phone_number_chooses_a_fault(ofpay, suffix, word):
    said = ofpay.order("O004", phone="1891351" + suffix)

    wait_for(ofpay, "O004", word)
    assert (b"9999" in said.body) == (word == "1")


def test_a_fault_may_answer_in_the_other_charset(ofpay):
    said = ofpay.order("O005", phone="18913519913")

    assert "全国话费" in said.body.decode("utf-8")


def test_the_balance_is_told(ofpay, running):
    asked = urlencode({"userid": "A08566", "userpws": "4c625b7861a92c7971cd2029c2fd3c4a"})

    said = ofpay.ask(f"queryuserinfo.do?{asked}")

    assert b"<ret_leftcredit>1000.0000</ret_leftcredit>" in said.body
