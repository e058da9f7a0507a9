import hashlib
import http.client
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from simulators.faults import Fault
from simulators.juhe import sign
from tests.simulators.calling import Said, get, post, until
from tests.simulators.faulting import UNBOUGHT, spec_of, survive
from tests.simulators.listening import listening

OPENID = "JH0123456789abcdef0123456789abcdef"
KEY = "appkey01"
PHONE = "18913513535"
PRICE = 495_000


def md5(*parts: str) -> str:
    return hashlib.md5("".join(parts).encode()).hexdigest()  # noqa: S324 -- the protocol's own


@dataclass(frozen=True)
class JuheClient:
    base_url: str

    def order(
        self, number: str, *, phone: str = PHONE, cardnum: str = "50", **changed: str
    ) -> Said:
        fields = {"phoneno": phone, "cardnum": cardnum, "orderid": number, "key": KEY}
        fields["sign"] = md5(OPENID, KEY, phone, cardnum, number)
        return post(self._url("onlineorder"), urlencode(fields | changed).encode())

    def ask(self, path: str, **given: str) -> Any:
        return get(f"{self._url(path)}?{urlencode({'key': KEY} | given)}").json

    def wait(self, number: str, *, state: str = "1") -> Any:
        return until(
            lambda: self.ask("ordersta", orderid=number)["result"],
            lambda result: result and result["game_state"] == state,
        )

    def _url(self, path: str) -> str:
        return f"{self.base_url}/juhe/ofpay/mobile/{path}"


@pytest.fixture
def juhe(running, desk) -> JuheClient:
    desk.account(protocol="juhe", id=KEY, secret=OPENID, balance_e4=10_000_000, processing_ms=100)
    desk.product(
        protocol="juhe", id="1", kind="mobile", name="话费50元", price_e4=PRICE, face_e4=500_000
    )
    return JuheClient(running.base_url)


def told(heard: list[tuple[str, bytes]]) -> list[dict[str, str]]:
    return [dict(parse_qsl(body.decode(), keep_blank_values=True)) for _, body in heard]


def is_rightly_signed(fields: dict[str, str]) -> bool:
    return fields["sign"] == md5(KEY, fields["sporder_id"], fields["orderid"])


def test_the_signatures_computed_from_the_recipe():
    order = sign(OPENID, KEY, PHONE, "50", "T20240102001")
    callback = sign(KEY, "sp001", "T20240102001")

    assert order == "afb7544ad1b406929d8495d1ce5a952f"
    assert callback == "68a45ecfc22ec353f2382e7d07b50e28"


def test_credit_is_bought_queried_and_told(juhe, desk):
    with listening("success") as ear:
        desk.account(protocol="juhe", id=KEY, callback_url=ear.url)
        bought = juhe.order("J0000001").json
        state = juhe.wait("J0000001")
        callback = told(ear.wait_for(1))[0]

    result = bought["result"]
    assert bought["error_code"] == 0
    assert (result["uorderid"], result["ordercash"], result["game_state"]) == (
        "J0000001",
        "49.50",
        "0",
    )
    assert state["sporder_id"] == result["sporder_id"] == callback["sporder_id"]
    assert (callback["sta"], callback["orderid"]) == ("1", "J0000001")
    assert is_rightly_signed(callback)
    assert desk.accounts()[0]["balance_e4"] == 10_000_000 - PRICE


def test_a_callback_is_repeated_until_understood(juhe, desk):
    with listening("busy", "success") as ear:
        desk.account(
            protocol="juhe", id=KEY, callback_url=ear.url, options={"callback_retry_s": 0.1}
        )
        juhe.order("J0000002")

        heard = ear.wait_for(2)

    assert heard[0] == heard[1]


def test_a_number_is_bought_once(juhe, desk):
    juhe.order("J0000003")

    again = juhe.order("J0000003").json

    assert (again["error_code"], again["result"]) == (208502, None)
    assert desk.totals()["sums"]["purchases"] == 1


def test_an_account_may_be_set_to_return_the_first_order(juhe, desk):
    desk.account(protocol="juhe", id=KEY, options={"duplicates": "original"})
    first = juhe.order("J0000004").json["result"]

    again = juhe.order("J0000004").json["result"]

    assert again["sporder_id"] == first["sporder_id"]
    assert desk.totals()["sums"]["purchases"] == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"sign": "0" * 32}, 208517),
        ({"orderid": "short"}, 208517),
        ({"cardnum": "7"}, 208517),
        ({"cardnum": "100"}, 208517),
        ({"phoneno": "123"}, 208517),
        ({"key": "nobody"}, 10001),
    ],
    ids=["sign", "number", "no such value", "no product", "phone", "key"],
)
def test_a_faulty_order_buys_nothing(juhe, desk, changed, code):
    said = juhe.order("J0000005", **changed).json

    assert said["error_code"] == code
    assert desk.purchases() == []


def test_an_order_nobody_placed_is_unknown(juhe):
    assert juhe.ask("ordersta", orderid="nobody00")["error_code"] == 208503


def test_prices_and_the_balance_are_told(juhe):
    asked = {"phoneno": PHONE, "cardnum": "50"}

    assert juhe.ask("telcheck", **asked)["error_code"] == 0
    assert juhe.ask("telquery", **asked)["result"]["inprice"] == "49.50"
    assert juhe.ask("telcheck", phoneno=PHONE, cardnum="30")["error_code"] == 208517
    balance = juhe.ask("yue", timestamp="1700000000", sign=md5(OPENID, KEY, "1700000000"))
    assert balance["result"] == {"money": "1000.00"}


@pytest.mark.parametrize(
    ("suffix", "code", "count"),
    [
        ("9923", 208515, 0),
        ("9924", 208517, 0),
        ("9929", 10003, 0),
        ("9930", 208500, 0),
        ("9931", 208500, 1),
    ],
    ids=["balance gone", "off shelf", "clock skew", "busy before", "busy after"],
)
def test_a_phone_number_chooses_a_refusal(juhe, desk, suffix, code, count):
    said = juhe.order("J0000006", phone="1891351" + suffix).json

    assert (said["error_code"], len(desk.purchases())) == (code, count)


@pytest.mark.parametrize(("suffix", "count"), [("9903", 0), ("9904", 1)], ids=["before", "after"])
def test_a_lost_reply(juhe, desk, suffix, count):
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        juhe.order("J0000007", phone="1891351" + suffix)

    assert len(desk.purchases(client_no="J0000007")) == count


@pytest.mark.parametrize(("suffix", "status"), [("9906", 502), ("9926", 429)])
def test_a_page_instead_of_an_answer(juhe, suffix, status):
    assert juhe.order("J0000008", phone="1891351" + suffix).status == status


def test_a_body_in_gbk(juhe):
    said = juhe.order("J0000009", phone="18913519913")

    assert "话费50元" in said.body.decode("gbk")


@pytest.mark.parametrize("suffix", ["9922", "9927"], ids=["failed", "refunded"])
def test_what_is_given_back_is_nine(juhe, desk, suffix):
    juhe.order("J0000010", phone="1891351" + suffix)

    juhe.wait("J0000010", state="9")

    assert desk.accounts()[0]["balance_e4"] == 10_000_000


def test_a_query_knows_nothing_at_first(juhe):
    juhe.order("J0000011", phone="18913519928")

    codes = [juhe.ask("ordersta", orderid="J0000011")["error_code"] for _ in range(3)]

    assert codes == [208503, 208503, 0]


@pytest.mark.parametrize(
    ("suffix", "expected"),
    [
        ("9915", [("1", True)] * 3),
        ("9916", [("1", True)]),
        ("9917", [("9", True), ("1", True)]),
        ("9918", [("9", False), ("1", True)]),
    ],
    ids=["thrice", "early", "out of order", "forged"],
)
def test_callbacks_go_astray(juhe, desk, suffix, expected):
    with listening("success") as ear:
        desk.account(protocol="juhe", id=KEY, callback_url=ear.url)
        juhe.order("J0000012", phone="1891351" + suffix)
        heard = told(ear.wait_for(len(expected)))

    assert [(fields["sta"], is_rightly_signed(fields)) for fields in heard] == expected


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_is_played(juhe, desk, fault):
    desk.account(protocol="juhe", id=KEY, faults={spec_of(fault): 1})

    survive(lambda: juhe.order("J0000099"))

    assert len(desk.purchases(client_no="J0000099")) == (fault not in UNBOUGHT)
    assert fault in desk.requests(client_no="J0000099")[0]["outcome"]
