"""Kakayun: what it signs, what it says, and what we understand by it."""

import json

import pytest

from core.secrets import Secret
from suppliers.adapters.kakayun import Kakayun
from suppliers.errors import BadSignature, NoAnswer
from suppliers.transport import HttpTransport, answered
from suppliers.types import Account, Kind, Outcome, PurchaseOrder, Reply

NUMBER = "A20261125000001"
CARDS = PurchaseOrder(product="88", kind=Kind.CODES, quantity=2, most_e4=200_000)
TOP_UP = PurchaseOrder(product="720938", kind=Kind.TOP_UP, quantity=1, target="13088888888")
PUBLISHED = {
    "userid": "10052",
    "timestamp": 1735002156,
    "goodsid": "720938",
    "buynum": 1,
    "attach": "13088888888",
}


class Scripted(HttpTransport):
    """Answers every request with the same bytes, and keeps the last one."""

    def __init__(self, said=b"", status=200):
        super().__init__(base_url="https://supplier.test")
        self._reply = Reply(status=status, body=said)

    def send(self, request):
        self.sent = request
        return self._reply


def adapter(http, *, key="KEY123", at=1700000000.0):
    account = Account(app_id="1001", secret=Secret(key))
    return Kakayun(account=account, http=http, clock=lambda: at)


def bought(said, order=CARDS, **given):
    http = Scripted(said, **given)
    speaker = adapter(http)
    return answered(lambda: speaker.buy(order=order, number=NUMBER), is_purchase=True)


def asked(said):
    speaker = adapter(Scripted(said))
    return answered(lambda: speaker.query(number=NUMBER), is_purchase=False)


def sent(order):
    http = Scripted(in_json(code=0))
    answered(lambda: adapter(http).buy(order=order, number="T001"), is_purchase=True)
    return json.loads(http.sent.body)


def in_json(**said):
    return json.dumps(said, ensure_ascii=False).encode()


def refused(code, msg=""):
    return in_json(code=code, msg=msg, data={})


def order(**said):
    found = {"orderno": "SD1", "usorderno": NUMBER, "money": "20.0000", "buynum": 2} | said
    return in_json(code=1, msg="ok", data=found)


@pytest.mark.parametrize(
    ("key", "signature"),
    [
        ("9aa3034b6beba7cf5bfcf6089218a674", "82a4da7502872e7a128b510d10cad6ab"),
        ("9aa3034b6beba7cf5bfcf6089218a673", "921bfe2dcd4ecca574d8b8c76412ede5"),
    ],
)
def test_published_kakayun_signs_as_the_vendor_does(key, signature):
    """Published: the request in the vendor's document, and the result of its sample programs."""
    assert adapter(Scripted(), key=key)._sign(PUBLISHED | {"sign": "x"}) == signature


def test_kakayun_signs_an_order_as_we_reckoned_it():
    said = {"userid": 1001, "timestamp": 1700000000, "goodsid": 88, "buynum": 1}
    said |= {"usorderno": "T001", "maxmoney": "10.00", "attach": "", "callbackurl": None}

    assert adapter(Scripted())._sign(said) == "f415afa3917a2239a9f7531bcffc4002"


def test_what_is_no_text_is_signed_as_they_write_it():
    one = adapter(Scripted())._sign({"a": [{"值": "x/y"}], "b": True, "c": 0})

    assert one == adapter(Scripted())._sign({"a": '[{"值":"x/y"}]', "b": "true", "c": "0"})


def test_an_order_says_what_it_may_cost_as_a_whole():
    said = sent(CARDS)

    assert said.pop("sign")
    assert said == {
        "userid": "1001",
        "timestamp": 1700000000,
        "goodsid": "88",
        "buynum": 2,
        "usorderno": "T001",
        "maxmoney": "20.0000",
    }


def test_one_account_is_sent_alone_and_several_fields_by_their_types():
    fields = {"9": "张三"}
    several = PurchaseOrder(product="1", kind=Kind.TOP_UP, quantity=1, target="138", fields=fields)

    assert sent(TOP_UP)["attach"] == "13088888888"
    assert sent(several)["attach"] == [
        {"attachtype": "9", "value": "张三"},
        {"attachtype": "1", "value": "138"},
    ]


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (in_json(code=1, data={"orderno": "SD1", "usorderno": NUMBER}), Outcome.ACCEPTED),
        (order(status=3), Outcome.ACCEPTED),
        (refused(1205, "用户订单号已存在"), Outcome.ACCEPTED),
        (refused(0, "商家订单号重复"), Outcome.ACCEPTED),
        (refused(0, "Duplicate usorderno"), Outcome.ACCEPTED),
        (refused(0, "余额不足"), Outcome.REJECTED),
        (refused(1213, "用户余额不足"), Outcome.REJECTED),
        (refused("1210", "存在亏本"), Outcome.REJECTED),
        (refused(401), Outcome.REJECTED),
        (refused(0), Outcome.UNKNOWN),
        (refused(0, "系统繁忙，请稍后"), Outcome.UNKNOWN),
        (refused(9999, "系统异常"), Outcome.UNKNOWN),
        (refused(-1, "其他错误"), Outcome.UNKNOWN),
        (refused(404, "请求频繁"), Outcome.UNKNOWN),
        (refused(4711, "new"), Outcome.UNKNOWN),
        (in_json(code=1, data={"orderno": "SD1", "usorderno": "another"}), Outcome.UNKNOWN),
        (in_json(code=1, data={"usorderno": NUMBER}), Outcome.UNKNOWN),
        (in_json(code=1, data=None), Outcome.UNKNOWN),
        (in_json(msg="no code", data={}), Outcome.UNKNOWN),
        (refused(0, "余额不足").decode().encode("gbk"), Outcome.UNKNOWN),
    ],
)
def test_what_it_says_to_an_order(said, outcome):
    assert bought(said).outcome is outcome


def test_an_error_page_with_a_refusal_in_it_is_none():
    assert bought(refused(1213, "用户余额不足"), status=500).outcome is Outcome.UNKNOWN


CARD = {"card_no": "0001", "card_pwd": "007 ", "card_expire_at": 1798732800}
CARD_LIST = [CARD, {"card_no": "", "card_pwd": "008\r"}]


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (order(status=5, cards=CARD_LIST), Outcome.SUCCESS),
        (order(status="5", cards=[]), Outcome.SUCCESS),  # compared with the order: not all there
        (order(status=1), Outcome.ACCEPTED),
        (order(status=2), Outcome.ACCEPTED),
        (order(status=4, refundstatus=1, refundmoney="20.0000"), Outcome.FAILED),
        (order(status=4, refundstatus=0), Outcome.UNKNOWN),
        (order(status=4, refundstatus=2, refundmoney="10.0000"), Outcome.UNKNOWN),
        (order(status=4), Outcome.UNKNOWN),
        (order(status=6), Outcome.UNKNOWN),
        (order(money="20.0000"), Outcome.UNKNOWN),  # no state
        (order(status=5, money="ten"), Outcome.UNKNOWN),
        (order(status=5, money="1.00001"), Outcome.UNKNOWN),
        (order(status=5, usorderno="another"), Outcome.UNKNOWN),
        (order(status=5, cards=[{"card_no": "1"}]), Outcome.UNKNOWN),
        (order(status=5, cards=[{"card_no": "1", "card_pwd": 7}]), Outcome.UNKNOWN),
        (refused(401, "签名效验失败"), Outcome.UNKNOWN),
        (refused(0, "查询失败"), Outcome.UNKNOWN),
        (refused(1214, "商品不存在"), Outcome.UNKNOWN),
    ],
)
def test_what_it_says_when_it_is_asked(said, outcome):
    answer = asked(said)

    assert (answer.outcome, answer.is_absent) == (outcome, False)


@pytest.mark.parametrize("said", [refused(1301, "none"), refused(0, "订单不存在")])
def test_no_such_order_is_unknown_until_the_settle_window_is_over(said):
    answer = asked(said)

    assert (answer.outcome, answer.is_absent) == (Outcome.UNKNOWN, True)


@pytest.mark.parametrize("said", [b"", b"<html>502</html>", b"null", b"{}", b"[" * 9999, b"\xff"])
def test_garbage_says_nothing(said):
    for answer in (bought(said), asked(said)):
        assert (answer.outcome, answer.is_absent) == (Outcome.UNKNOWN, False)


def test_codes_come_to_the_letter():
    answer = asked(order(status=5, cards=CARD_LIST))

    assert [code.secret.reveal() for code in answer.codes] == ["007 ", "008\r"]
    assert [code.number and code.number.reveal() for code in answer.codes] == ["0001", None]
    assert str(answer.codes[0].expires_on) == "2027-01-01"
    assert (answer.cost_e4, answer.supplier_ref, answer.quantity) == (200_000, "SD1", 2)


def test_the_older_list_is_read_where_there_is_no_other():
    answer = asked(order(status=5, cards=[], cardlist=["007\r", "008"]))

    assert [code.secret.reveal() for code in answer.codes] == ["007\r", "008"]


def test_another_quantity_is_not_believed():
    answer = asked(order(status=5, buynum=3, cards=CARD_LIST)).compared_with(CARDS)

    assert (answer.outcome, answer.reason) == (Outcome.UNKNOWN, "another quantity")


def test_a_failed_order_that_lists_cards_delivers_none():
    assert asked(order(status=4, refundstatus=1, cards=CARD_LIST)).codes == ()


def test_the_balance_is_theirs():
    assert adapter(Scripted(in_json(code=1, data={"money": "12.3456"}))).balance_e4() == 123_456


def test_a_callback_is_believed_if_it_is_signed():
    speaker = adapter(Scripted())
    said = {"orderno": "SD1", "usorderno": NUMBER, "status": 5, "cards": [CARD], "receipt": ""}
    said["sign"] = speaker._sign(said)

    called = speaker.read_callback(body=json.dumps(said).encode(), headers={})

    assert (called.number, called.supplier_ref) == (NUMBER, "SD1")
    with pytest.raises(BadSignature):
        speaker.read_callback(body=json.dumps(said | {"status": 4}).encode(), headers={})
    with pytest.raises(BadSignature):
        speaker.read_callback(body=b"{}", headers={})


def test_news_of_goods_is_no_callback_of_an_order():
    speaker = adapter(Scripted())
    said = {"goodsid": 88, "goodsprice": "1.0000", "timestamp": 1700000000}
    said["sign"] = speaker._sign(said)

    with pytest.raises(NoAnswer, match="news of goods"):
        speaker.read_callback(body=json.dumps(said).encode(), headers={})
