"""What each supplier says, in its own words, and what we understand by it."""

import json
from base64 import b64encode
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from core.secrets import Secret
from suppliers.adapters import PROTOCOLS, REHEARSING
from suppliers.adapters.fulu_sealing import sign
from suppliers.transport import HttpTransport, answered
from suppliers.types import Account, Kind, Outcome, PurchaseOrder, Reply
from tests.suppliers.test_connector import RECIPE

NUMBER = "A20261125000001"
SECRET = "0a091b3aa4324435aab703142518a8f7"
CARDS = PurchaseOrder(product="88", kind=Kind.CODES, quantity=2, most_e4=200_000)
TOP_UP = PurchaseOrder(
    product="88", kind=Kind.TOP_UP, quantity=1, target="13800000000", most_e4=150_000
)
PHONE = PurchaseOrder(
    product="140101", kind=Kind.PHONE, quantity=1, target="13800000000", face_value=50
)
ORDERS = {
    **dict.fromkeys(("connector", "fulu", "kakayun", "kasushou", "kinguin"), CARDS),
    "iqiyi": TOP_UP,
    **dict.fromkeys(("juhe", "ofpay"), PHONE),
    "reloadly_airtime": replace(PHONE, fields={"countryCode": "CN"}),
    "reloadly_gift_cards": replace(CARDS, face_value=25),
}


class Scripted(HttpTransport):
    """Answers every request with the same bytes."""

    def __init__(self, said):
        super().__init__(base_url="https://supplier.test")
        self._said = said

    def send(self, request):
        return Reply(status=200, body=self._said)


def asked(protocol, said, *, of):
    adapter = PROTOCOLS[protocol](
        account=Account(
            app_id="u1", secret=Secret(SECRET), further={"recipe": Secret(json.dumps(RECIPE))}
        ),
        http=Scripted(said),
        clock=lambda: 1700000000.0,
    )
    if of == "query":
        return answered(lambda: adapter.query(number=NUMBER), is_purchase=False)
    order = ORDERS[protocol]
    return answered(lambda: adapter.buy(order=order, number=NUMBER), is_purchase=True)


def in_json(**said):
    return json.dumps(said, ensure_ascii=False).encode()


def sealed(text):
    padder = PKCS7(128).padder()
    key = Cipher(algorithms.AES(SECRET.encode()), modes.ECB()).encryptor()  # noqa: S305 -- theirs
    return b64encode(key.update(padder.update(text.encode()) + padder.finalize())).decode()


def fulu(**said):
    result = {"order_id": "F1", "customer_order_no": NUMBER, "product_id": 88, "buy_num": 2} | said
    words = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
    return in_json(code=0, message="ok", result=words, sign=sign(words, Secret(SECRET)))


def kasushou(*orders):
    order = {"ordersn": "K1", "external_orderno": NUMBER, "total_price": "10.00"}
    return in_json(code=200, msg="ok", data=[order | each for each in orders])


def juhe(**said):
    result = {"sporder_id": "J1", "uorderid": NUMBER, "ordercash": "49.875"} | said
    return in_json(error_code=0, reason="ok", result=result)


def ofpay(**said):
    found = {"retcode": "1", "err_msg": "成功", "orderid": "O1", "ordercash": "49.8"} | said
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in found.items())
    page = f'<?xml version="1.0" encoding="gb2312"?><orderinfo>{inside}</orderinfo>'
    return page.encode("gb2312")


TWO_CARDS = [
    {"card_number": sealed("0001"), "card_pwd": sealed("007 "), "card_deadline": "2027-01-31"},
    {"card_number": "", "card_pwd": sealed("008"), "card_deadline": "长期有效"},
]
LISTED = [{"card_no": "", "card_password": "007"}, {"card_no": "1", "card_password": "008"}]

BUYING = [
    ("fulu", fulu(order_state="untreated"), Outcome.ACCEPTED),
    ("fulu", fulu(order_state="success"), Outcome.ACCEPTED),  # its cards come by a query
    ("fulu", fulu(order_state="failed"), Outcome.FAILED),
    ("fulu", fulu(order_state="new word"), Outcome.UNKNOWN),
    ("fulu", in_json(code=1001, message="余额不足", result=None, sign=""), Outcome.UNKNOWN),
    ("fulu", fulu(order_state="failed").replace(b"F1", b"F2"), Outcome.UNKNOWN),  # not signed
    ("kasushou", in_json(code=200, data={"ordersn": "K1", "total_price": "20"}), Outcome.ACCEPTED),
    ("kasushou", in_json(code=400, msg="余额不足"), Outcome.REJECTED),
    ("kasushou", in_json(code=400, msg="外部订单号重复"), Outcome.UNKNOWN),
    ("kasushou", in_json(code=400, msg="系统繁忙，请稍后"), Outcome.UNKNOWN),
    ("kasushou", in_json(code=400), Outcome.UNKNOWN),
    ("kasushou", in_json(code=500, msg="系统错误"), Outcome.UNKNOWN),
    ("kasushou", in_json(code=200, data=None), Outcome.UNKNOWN),
    ("iqiyi", in_json(code="A00000", msg="ok"), Outcome.ACCEPTED),
    ("iqiyi", in_json(code="Q00305", msg="product"), Outcome.REJECTED),
    ("iqiyi", in_json(code="A00002", msg="system"), Outcome.UNKNOWN),
    ("iqiyi", in_json(code="Q00410", msg="received"), Outcome.UNKNOWN),
    ("juhe", juhe(game_state="0"), Outcome.ACCEPTED),
    ("juhe", juhe(game_state=1), Outcome.SUCCESS),
    ("juhe", juhe(game_state="9"), Outcome.FAILED),
    ("juhe", juhe(game_state="1", uorderid="another"), Outcome.UNKNOWN),
    ("juhe", in_json(error_code=208515, reason="no money", result=None), Outcome.REJECTED),
    ("juhe", in_json(error_code=10020, reason="busy", result=None), Outcome.UNKNOWN),
    ("ofpay", ofpay(game_state="0"), Outcome.ACCEPTED),
    ("ofpay", ofpay(game_state="1"), Outcome.SUCCESS),
    ("ofpay", ofpay(game_state="9"), Outcome.FAILED),
    ("ofpay", ofpay(retcode="9999"), Outcome.UNKNOWN),
    ("ofpay", ofpay(retcode="1004"), Outcome.UNKNOWN),  # on no list
    ("ofpay", b'<!DOCTYPE a [<!ENTITY b "c">]><a><retcode>&b;</retcode></a>', Outcome.UNKNOWN),
]
ASKING = [
    ("fulu", fulu(order_state="processing"), Outcome.ACCEPTED),
    ("fulu", fulu(order_state="success", order_type=3, cards=TWO_CARDS), Outcome.SUCCESS),
    ("fulu", fulu(order_state="success", order_type=3, cards=[]), Outcome.ACCEPTED),
    ("fulu", fulu(order_state="success", order_type=4), Outcome.SUCCESS),
    ("fulu", fulu(order_state="success", customer_order_no="another"), Outcome.UNKNOWN),
    ("fulu", in_json(code=1003, message="app_key不存在", result=None, sign=""), Outcome.UNKNOWN),
    ("fulu", in_json(code=2001, message="商品不存在", result=None, sign=""), Outcome.UNKNOWN),
    ("kasushou", in_json(code=200, data=None), Outcome.UNKNOWN),
    ("kasushou", kasushou({"status": 2}), Outcome.ACCEPTED),
    ("kasushou", kasushou({"status": 3, "card_list": LISTED}), Outcome.SUCCESS),
    ("kasushou", kasushou({"status": 5, "has_back_money": "10.00"}), Outcome.FAILED),
    ("kasushou", kasushou({"status": 4, "has_back_money": "5.00"}), Outcome.UNKNOWN),
    ("kasushou", kasushou({"status": 4}), Outcome.UNKNOWN),  # the money is not back yet
    ("kasushou", kasushou({"status": 3}, {"status": 3}), Outcome.UNKNOWN),
    ("iqiyi", in_json(code="A00000", data={"status": 0}), Outcome.ACCEPTED),
    ("iqiyi", in_json(code="A00000", data={"status": 1}), Outcome.SUCCESS),
    ("iqiyi", in_json(code="Q00418"), Outcome.FAILED),
    ("juhe", juhe(game_state="1", uordercash="49.875"), Outcome.SUCCESS),
    ("ofpay", b" 1\r\n", Outcome.SUCCESS),
    ("ofpay", b"0", Outcome.ACCEPTED),
    ("ofpay", b"9", Outcome.FAILED),
    ("ofpay", b"<html>", Outcome.UNKNOWN),
]
ABSENT = [
    ("fulu", in_json(code=1, message="订单不存在", result=None, sign="")),
    ("kasushou", kasushou({"external_orderno": "another", "status": 3})),
    ("iqiyi", in_json(code="Q00409", msg="none")),
    ("ofpay", b"-1"),
]


@pytest.mark.parametrize(("protocol", "said", "outcome"), BUYING)
def test_what_a_supplier_says_to_an_order(protocol, said, outcome):
    assert asked(protocol, said, of="buy").outcome is outcome


@pytest.mark.parametrize(("protocol", "said", "outcome"), ASKING)
def test_what_a_supplier_says_when_it_is_asked(protocol, said, outcome):
    answer = asked(protocol, said, of="query")

    assert (answer.outcome, answer.is_absent) == (outcome, False)


@pytest.mark.parametrize(("protocol", "said"), ABSENT)
def test_no_such_order_is_unknown_until_the_settle_window_is_over(protocol, said):
    answer = asked(protocol, said, of="query")

    assert (answer.outcome, answer.is_absent) == (Outcome.UNKNOWN, True)


@pytest.mark.parametrize("protocol", sorted(PROTOCOLS.keys() - REHEARSING))
@pytest.mark.parametrize("said", [b"", b"<html>502</html>", b"null", b"{}", b"[" * 9999, b"\xff"])
@pytest.mark.parametrize("of", ["buy", "query"])
def test_garbage_says_nothing(protocol, said, of):
    answer = asked(protocol, said, of=of)

    assert (answer.outcome, answer.is_absent) == (Outcome.UNKNOWN, False)


def test_codes_come_to_the_letter():
    fulus = asked("fulu", ASKING[1][1], of="query")
    kasushous = asked("kasushou", kasushou({"status": 3, "card_list": LISTED}), of="query")

    assert [code.secret.reveal() for code in fulus.codes] == ["007 ", "008"]
    assert [code.number and code.number.reveal() for code in fulus.codes] == ["0001", None]
    assert str(fulus.codes[0].expires_on) == "2027-01-31"
    assert [code.secret.reveal() for code in kasushous.codes] == ["007", "008"]


def test_a_refunded_order_that_still_lists_its_cards_delivers_none():
    said = kasushou({"status": 5, "has_back_money": "10.00", "card_list": LISTED})

    assert asked("kasushou", said, of="query").codes == ()


def test_costs_are_exact():
    assert asked("juhe", juhe(game_state="1"), of="buy").cost_e4 == 498_750
    assert asked("ofpay", ofpay(game_state="1"), of="buy").cost_e4 == 498_000
