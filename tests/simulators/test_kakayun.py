import hashlib
import http.client
import json
import time
from dataclasses import dataclass
from typing import Any

import pytest

from simulators.faults import Fault
from simulators.kakayun_signing import sign
from tests.simulators.calling import Said, post, until
from tests.simulators.faulting import UNBOUGHT, spec_of, survive
from tests.simulators.listening import listening

USER, KEY = "1001", "KEY123"
PRICE = 98_750


def signed(fields: dict[str, Any], key: str = KEY) -> str:
    """Of plain values alone, which are all that the tests send but `attach`."""
    kept = {name: value for name, value in fields.items() if value not in ("", None)}
    text = "&".join(f"{name}={_plain(kept[name])}" for name in sorted(kept)) + key
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 -- the protocol's own


def _plain(value: object) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


@dataclass(frozen=True)
class KakayunClient:
    base_url: str

    def call(self, path: str, *, key: str = KEY, **given: Any) -> Said:
        fields = given | {"userid": USER, "timestamp": 1_700_000_000}
        body = json.dumps(fields | {"sign": signed(fields, key)}).encode()
        return post(f"{self.base_url}/kakayun/dockapiv3/{path}", body)

    def data(self, path: str, **given: Any) -> Any:
        said = self.call(path, **given).json
        assert said["code"] == 1, said
        return said["data"]

    def buy(self, number: str, *, goods: str = "88", **changed: Any) -> Said:
        order: dict[str, Any] = {"goodsid": goods, "buynum": 2, "usorderno": number}
        return self.call("order/create", **order | changed)

    def wait(self, number: str, *, status: int = 5) -> Any:
        return until(
            lambda: self.data("order/get", usorderno=number),
            lambda order: order["status"] == status,
        )


@pytest.fixture
def kakayun(running, desk) -> KakayunClient:
    desk.account(protocol="kakayun", id=USER, secret=KEY, balance_e4=10_000_000, processing_ms=100)
    desk.product(protocol="kakayun", id="88", name="月卡", price_e4=PRICE, magic=True)
    desk.product(protocol="kakayun", id="99", kind="direct", name="直充", price_e4=50_000)
    return KakayunClient(running.base_url)


def test_the_signature_computed_from_the_recipe():
    given = {
        "userid": 1001,
        "timestamp": 1_700_000_000,
        "goodsid": 88,
        "buynum": 1,
        "usorderno": "T001",
        "maxmoney": "10.00",
        "attach": None,
        "sign": "outside",
    }

    assert sign(given, "KEY123") == "f415afa3917a2239a9f7531bcffc4002"


def test_booleans_and_arrays_are_signed_as_json_writes_them():
    given = {"b": True, "a": [{"k": "充/值"}], "n": 0}

    text = 'a=[{"k":"充/值"}]&b=true&n=0K'
    assert sign(given, "K") == hashlib.md5(text.encode()).hexdigest()  # noqa: S324 -- the protocol's own


def test_cards_are_bought_and_fetched_by_both_numbers(kakayun, desk):
    bought = kakayun.buy("V001", maxmoney="19.75").json["data"]

    order = kakayun.wait("V001")
    by_theirs = kakayun.data("order/query", orderno=bought["orderno"])
    assert bought["usorderno"] == "V001"
    assert len({card["card_pwd"] for card in order["cards"]}) == 2
    assert by_theirs == order
    assert order["refundstatus"] == 0
    assert desk.accounts()[0]["balance_e4"] == 10_000_000 - 2 * PRICE


def test_a_number_is_bought_once(kakayun, desk):
    kakayun.buy("V002")

    again = kakayun.buy("V002").json

    assert (again["code"], again["msg"]) == (0, "外部订单号已存在")
    assert desk.totals()["sums"]["purchases"] == 1


def test_an_account_may_be_set_to_return_the_first_order(kakayun, desk):
    desk.account(protocol="kakayun", id=USER, options={"duplicates": "original"})
    first = kakayun.buy("V003").json["data"]

    assert kakayun.buy("V003").json["data"] == first
    assert desk.totals()["sums"]["purchases"] == 1


def test_the_number_may_have_another_name(kakayun, desk):
    desk.account(protocol="kakayun", id=USER, options={"number_field": "outorderno"})

    kakayun.data("order/create", goodsid="88", buynum=1, outorderno="V004")

    assert kakayun.buy("V005").json["code"] == 0
    assert [p["client_no"] for p in desk.purchases()] == ["V004"]


@pytest.mark.parametrize(
    "attach", [{"recharge_account": "12345678"}, ["12345678"], "12345678", [{"value": "12345678"}]]
)
def test_direct_orders_are_charged(kakayun, desk, attach):
    kakayun.data("order/create", goodsid=99, buynum=1, usorderno="V006", attach=attach)

    assert kakayun.wait("V006")["cards"] == []
    assert [p["charged_to"] for p in desk.purchases()] == ["12345678"]


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "other"},
        {"goodsid": "nothing"},
        {"goodsid": "99", "attach": {}},
        {"buynum": 0},
        {"maxmoney": "19.74"},
        {"usorderno": ""},
    ],
    ids=["sign", "no product", "nobody to charge", "none", "too dear", "no number"],
)
def test_a_faulty_order_buys_nothing(kakayun, desk, changed):
    assert kakayun.buy("V007", **changed).json["code"] == 0
    assert desk.purchases() == []


def test_an_order_nobody_placed_is_refused(kakayun):
    assert kakayun.call("order/get", usorderno="nobody").json["code"] == 0


def test_goods_and_balance_are_told(kakayun):
    goods = kakayun.data("goods/all", goodsid="88")

    assert [(g["goodsprice"], g["goodstype"], g["stock"]) for g in goods] == [("9.8750", 1, 1000)]
    assert len(kakayun.data("goods/all", limit=5, page=2)) == 5
    assert kakayun.data("goods/details", goodsid=99)["attach"][0]["key"] == "recharge_account"
    assert kakayun.data("goods/group")[0]["groupid"] == 1
    assert kakayun.data("user/info") == {"money": "1000.00"}


def test_subscribed_goods_are_pushed_when_their_stock_changes(kakayun):
    with listening("ok") as ear:
        kakayun.data("user/seturl", url=ear.url)
        kakayun.data("goods/subscribe", goodsid="88")
        kakayun.data("order/create", goodsid=99, buynum=1, usorderno="V008", attach=["1"])
        kakayun.wait("V008")
        kakayun.buy("V009")
        pushed = json.loads(ear.wait_for(1)[0][1])

    sign_of_push = pushed.pop("sign")
    assert (pushed["goodsid"], pushed["goodsstock"], pushed["goodsprice"]) == ("88", 998, "9.8750")
    assert sign_of_push == signed(pushed)
    assert kakayun.data("user/geturl") == {"url": ear.url}
    assert len(ear.heard) == 1


def test_a_push_may_be_forged(kakayun):
    with listening("ok") as ear:
        kakayun.data("user/seturl", url=ear.url)
        kakayun.data("goods/subscribe", goodsid="889918")
        kakayun.buy("V010", goods="889918")
        pushed = [json.loads(body) for _, body in ear.wait_for(2)]

    signs = [fields.pop("sign") for fields in pushed]
    assert [fields["goodsprice"] for fields in pushed] == ["0.01", "9.8750"]
    assert [sign == signed(fields) for sign, fields in zip(signs, pushed, strict=True)] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("suffix", "code", "count"),
    [
        ("9923", 0, 0),
        ("9924", 0, 0),
        ("9929", 0, 0),
        ("9930", 9999, 0),
        ("9931", 9999, 1),
    ],
    ids=["balance gone", "off shelf", "clock skew", "busy before", "busy after"],
)
def test_a_product_chooses_a_refusal(kakayun, desk, suffix, code, count):
    said = kakayun.buy("V011", goods="88" + suffix).json

    assert (said["code"], len(desk.purchases())) == (code, count)


def test_a_changed_price_is_refused_above_the_limit_and_paid_without_one(kakayun, desk):
    refused = kakayun.buy("V012", goods="889925", maxmoney="19.75").json
    kakayun.buy("V012", goods="889925")

    assert refused["code"] == 0
    assert [p["price_e4"] for p in desk.purchases()] == [2 * (PRICE + PRICE // 2)]


@pytest.mark.parametrize(("suffix", "count"), [("9903", 0), ("9904", 1)], ids=["before", "after"])
def test_a_lost_reply(kakayun, desk, suffix, count):
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        kakayun.buy("V013", goods="88" + suffix)

    assert len(desk.purchases(client_no="V013")) == count


def test_a_body_in_gbk(kakayun):
    assert "成功" in kakayun.buy("V014", goods="889913").body.decode("gbk")


@pytest.mark.parametrize(
    ("suffix", "refundstatus", "back"),
    [("9922", 1, 2 * PRICE), ("9927", 1, 2 * PRICE), ("9933", 2, PRICE)],
    ids=["failed", "refunded", "in part"],
)
def test_what_is_given_back_has_failed(kakayun, desk, suffix, refundstatus, back):
    kakayun.buy("V015", goods="88" + suffix)

    order = kakayun.wait("V015", status=4)

    assert (order["refundstatus"], order["cards"]) == (refundstatus, [])
    assert desk.accounts()[0]["balance_e4"] == 10_000_000 - 2 * PRICE + back


def test_a_query_knows_nothing_at_first(kakayun):
    kakayun.buy("V016", goods="889928")

    codes = [kakayun.call("order/get", usorderno="V016").json["code"] for _ in range(3)]

    assert codes == [0, 0, 1]


@pytest.mark.parametrize(
    ("fault", "seen"), [("codes_later:0.6", 0), ("partial_cards:0.6", 1)], ids=["none", "half"]
)
def test_cards_come_late(kakayun, desk, fault, seen):
    desk.account(protocol="kakayun", id=USER, faults={fault: 1})
    kakayun.buy("V017")

    early = kakayun.wait("V017")["cards"]
    time.sleep(0.7)

    assert (len(early), len(kakayun.wait("V017")["cards"])) == (seen, 2)


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_is_played(kakayun, desk, fault):
    desk.account(protocol="kakayun", id=USER, faults={spec_of(fault): 1})

    survive(lambda: kakayun.buy("V099"))

    assert len(desk.purchases(client_no="V099")) == (fault not in UNBOUGHT)
    assert fault in desk.requests(client_no="V099")[0]["outcome"]
