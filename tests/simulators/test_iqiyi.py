import hashlib
import http.client
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from simulators.faults import Fault
from simulators.iqiyi import sign
from tests.simulators.calling import Said, get, post, until
from tests.simulators.faulting import UNBOUGHT, spec_of, survive

PARTNER, KEY = "P2024", "qwer"
SUBSCRIBE, QUERY = "partner/subscribe.action", "partner/query.action"
SEND = "partner/card/cardSend.action"
PRICE = 150_000


@dataclass(frozen=True)
class IqiyiClient:
    base_url: str

    def call(self, path: str, *, key: str = KEY, **given: str) -> Said:
        return post(f"{self.base_url}/iqiyi/{path}", self._signed(given, key).encode())

    def get(self, path: str, **given: str) -> Any:
        return get(f"{self.base_url}/iqiyi/{path}?{self._signed(given, KEY)}").json

    def subscribe(self, number: str, *, item: str = "1000", **changed: str) -> Said:
        order = {"orderNo": number, "item": item, "amount": "1", "sum": "1500"}
        return self.call(SUBSCRIBE, **order | {"mobile": "18913513535"} | changed)

    def send_cards(self, number: str, *, code: str = "2000", **changed: str) -> Any:
        order = {"partnerOrderCode": number, "productCode": code, "productAmount": "2"}
        return self.call(SEND, **order | {"subscribeTime": "1700000000"} | changed).json

    def wait(self, number: str, done: Any) -> Any:
        return until(lambda: self.get(QUERY, orderNo=number), done)

    def _signed(self, given: dict[str, str], key: str) -> str:
        fields = dict(sorted((given | {"partnerNo": PARTNER}).items()))
        text = "&".join(f"{name}={value}" for name, value in fields.items()) + key
        return urlencode(fields | {"sign": hashlib.md5(text.encode()).hexdigest()})  # noqa: S324 -- the protocol's own


@pytest.fixture
def iqiyi(running, desk) -> IqiyiClient:
    desk.account(protocol="iqiyi", id=PARTNER, secret=KEY, balance_e4=10_000_000, processing_ms=100)
    desk.product(
        protocol="iqiyi", id="1000", kind="direct", name="黄金会员", price_e4=PRICE, magic=True
    )
    desk.product(
        protocol="iqiyi", id="2000", kind="card", name="会员卡", price_e4=PRICE, magic=True
    )
    return IqiyiClient(running.base_url)


def balance(desk):
    return desk.accounts()[0]["balance_e4"]


def test_the_signature_published_by_the_vendor():
    given = {"c": "1", "b": "2", "a": "3", "sign": "outside"}

    assert sign(given, "qwer") == "f80118ff523f25eda67cb799bdc9c52d"


def test_a_subscription_is_synced_then_opened(iqiyi, desk):
    bought = iqiyi.subscribe("Q001").json
    early = iqiyi.get(QUERY, orderNo="Q001")

    opened = iqiyi.wait("Q001", lambda said: said["data"]["status"] == 1)

    assert bought == {"code": "A00000", "msg": "成功", "data": None}
    assert (early["code"], early["data"]["status"]) == ("A00000", 0)
    assert opened["code"] == "A00000"
    assert [p["charged_to"] for p in desk.purchases()] == ["18913513535"]
    assert balance(desk) == 10_000_000 - PRICE


def test_a_number_is_bought_once_and_answered_again(iqiyi, desk):
    first = iqiyi.subscribe("Q002").json

    again = iqiyi.subscribe("Q002").json

    assert again == first
    assert desk.totals()["sums"]["purchases"] == 1


def test_an_account_may_be_set_to_refuse_a_repeat(iqiyi, desk):
    desk.account(protocol="iqiyi", id=PARTNER, options={"duplicates": "refused"})
    iqiyi.subscribe("Q003")

    assert iqiyi.subscribe("Q003").json["code"] == "Q00202"
    assert desk.totals()["sums"]["purchases"] == 1


def test_cards_come_with_the_reply_and_with_a_query(iqiyi, desk):
    sent = iqiyi.send_cards("Q004")

    again = iqiyi.send_cards("Q004")
    asked = iqiyi.get(QUERY, orderNo="Q004")
    assert sent["code"] == "A00000"
    assert len(set(sent["data"]["codes"])) == 2
    assert sent == again
    assert asked["data"]["codes"] == sent["data"]["codes"]
    assert balance(desk) == 10_000_000 - 2 * PRICE


def test_no_more_cards_than_a_message_holds(iqiyi, desk):
    by_sms = iqiyi.send_cards("Q005", productAmount="11", mobile="18913513535")
    without = iqiyi.send_cards("Q005", productAmount="101")

    assert (by_sms["code"], without["code"]) == ("Q00301", "Q00301")
    assert desk.purchases() == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"key": "other"}, "Q00307"),
        ({"partnerUserId": "two of them"}, "Q00301"),
        ({"mobile": ""}, "Q00301"),
        ({"amount": "0"}, "Q00301"),
        ({"sum": "1499"}, "Q00301"),
        ({"item": "2000"}, "Q00305"),
        ({"item": "nothing"}, "Q00305"),
    ],
    ids=["sign", "two accounts", "no account", "none", "too little", "a card", "no product"],
)
def test_a_faulty_order_buys_nothing(iqiyi, desk, changed, code):
    assert iqiyi.subscribe("Q006", **changed).json["code"] == code
    assert desk.purchases() == []


def test_an_order_is_received_once(iqiyi, desk):
    desk.account(protocol="iqiyi", id=PARTNER, processing_ms=60_000)
    iqiyi.subscribe("Q007")

    codes = [
        iqiyi.get("partner/receive", orderNo=number, receiveAccount="u1")["code"]
        for number in ("Q007", "Q007", "nobody")
    ]

    assert codes == ["A00000", "Q00410", "Q00409"]
    assert iqiyi.get(QUERY, orderNo="Q007")["data"]["status"] == 1


def test_a_customer_gets_a_tag(iqiyi):
    asked = {"customerName": "某公司", "socialCreditCode": "91310000X"}

    first, again = (iqiyi.call("partnerFv/create", **asked).json["data"] for _ in range(2))

    assert first == again
    assert first["fv"]


@pytest.mark.parametrize(
    ("suffix", "code", "count"),
    [
        ("9923", "Q00305", 0),
        ("9924", "Q00305", 0),
        ("9925", "Q00301", 0),
        ("9929", "Q00301", 0),
        ("9930", "A00002", 0),
        ("9931", "A00002", 1),
    ],
    ids=["balance gone", "off shelf", "price changed", "clock skew", "busy before", "busy after"],
)
def test_a_product_chooses_a_refusal(iqiyi, desk, suffix, code, count):
    said = iqiyi.subscribe("Q008", item="1000" + suffix).json

    assert (said["code"], len(desk.purchases())) == (code, count)


@pytest.mark.parametrize(("suffix", "count"), [("9903", 0), ("9904", 1)], ids=["before", "after"])
def test_a_lost_reply(iqiyi, desk, suffix, count):
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        iqiyi.send_cards("Q009", code="2000" + suffix)

    assert len(desk.purchases(client_no="Q009")) == count


def test_cards_of_a_lost_reply_are_found_by_asking(iqiyi):
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        iqiyi.send_cards("Q010", code="20009904")

    assert len(iqiyi.get(QUERY, orderNo="Q010")["data"]["codes"]) == 2


def test_a_body_in_gbk(iqiyi):
    assert "成功" in iqiyi.subscribe("Q011", item="10009913").body.decode("gbk")


@pytest.mark.parametrize("suffix", ["9922", "9927"], ids=["failed", "refunded"])
def test_what_is_given_back_is_refunded(iqiyi, desk, suffix):
    iqiyi.subscribe("Q012", item="1000" + suffix)

    said = iqiyi.wait("Q012", lambda said: said["code"] == "Q00418")

    assert said["data"]["status"] == 0
    assert balance(desk) == 10_000_000


def test_cards_that_could_not_be_made_are_refunded(iqiyi, desk):
    said = iqiyi.send_cards("Q013", code="20009922")

    assert (said["code"], said["data"]["codes"]) == ("Q00418", [])
    assert balance(desk) == 10_000_000


def test_a_query_knows_nothing_at_first(iqiyi):
    iqiyi.subscribe("Q014", item="10009928")

    codes = [iqiyi.get(QUERY, orderNo="Q014")["code"] for _ in range(3)]

    assert codes == ["Q00409", "Q00409", "A00000"]


@pytest.mark.parametrize(
    ("fault", "seen"), [("codes_later:0.6", 0), ("partial_cards:0.6", 1)], ids=["none", "half"]
)
def test_codes_come_late(iqiyi, desk, fault, seen):
    desk.account(protocol="iqiyi", id=PARTNER, faults={fault: 1})

    early = iqiyi.send_cards("Q015")["data"]["codes"]
    time.sleep(0.7)

    late = iqiyi.get(QUERY, orderNo="Q015")["data"]["codes"]
    assert (len(early), len(late)) == (seen, 2)


def test_queries_have_faults_of_their_own(iqiyi, desk):
    desk.account(protocol="iqiyi", id=PARTNER, faults={"query:http_502_after": 1})
    iqiyi.subscribe("Q016")

    assert iqiyi.call(QUERY, orderNo="Q016").status == 502


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_is_played(iqiyi, desk, fault):
    desk.account(protocol="iqiyi", id=PARTNER, faults={spec_of(fault): 1})

    survive(lambda: iqiyi.send_cards("Q099"))

    assert len(desk.purchases(client_no="Q099")) == (fault not in UNBOUGHT)
    assert fault in desk.requests(client_no="Q099")[0]["outcome"]
