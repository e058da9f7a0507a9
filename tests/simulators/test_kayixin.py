import hashlib
import http.client
import json
from dataclasses import dataclass
from typing import Any

import pytest

from simulators.faults import Fault
from simulators.kayixin import sign
from tests.simulators.calling import Said, post, until
from tests.simulators.faulting import UNBOUGHT, spec_of, survive

APP, SECRET = "app01", "s3cret"
STAMP = "1700000000000"
PRICE = 98_750


@dataclass(frozen=True)
class KayixinClient:
    base_url: str

    def call(self, path: str, *, headers: dict[str, str] | None = None, **given: Any) -> Said:
        body = json.dumps(given)
        text = APP + SECRET + "3.0" + STAMP + body
        right = {
            "X-Version": "3.0",
            "X-App-Id": APP,
            "X-Timestamp": STAMP,
            "X-Signature": hashlib.md5(text.encode()).hexdigest(),  # noqa: S324 -- the protocol's own
        }
        url = f"{self.base_url}/kayixin/api/v3/{path}"
        return post(url, body.encode(), right | (headers or {}))

    def buy(self, number: str, *, goods: str = "88", **changed: Any) -> Said:
        order: dict[str, Any] = {"goodsid": goods, "buynum": 2, "usorderno": number}
        return self.call("order/create", **order | changed)

    def wait(self, number: str, *, status: int = 5) -> Any:
        return until(
            lambda: self.call("order/get", usorderno=number).json["data"],
            lambda order: order["status"] == status,
        )


@pytest.fixture
def kayixin(running, desk) -> KayixinClient:
    desk.account(
        protocol="kayixin", id=APP, secret=SECRET, balance_e4=10_000_000, processing_ms=100
    )
    desk.product(protocol="kayixin", id="88", name="月卡", price_e4=PRICE, magic=True)
    return KayixinClient(running.base_url)


def test_the_signature_is_of_the_bytes_as_they_came():
    right = hashlib.md5(b'app01s3cret3.01700000000000{"a": 1}').hexdigest()  # noqa: S324 -- the protocol's own

    assert sign(APP, SECRET, STAMP, b'{"a": 1}') == right


def test_cards_are_bought_and_fetched(kayixin, desk):
    bought = kayixin.buy("Y001", maxmoney="19.75").json

    order = kayixin.wait("Y001")
    assert bought["code"] == 1000
    assert order["orderno"] == bought["data"]["orderno"]
    assert len({card["card_no"] for card in order["cards"]}) == 2
    assert desk.accounts()[0]["balance_e4"] == 10_000_000 - 2 * PRICE
    assert desk.callbacks() == []


def test_a_number_is_bought_once(kayixin, desk):
    kayixin.buy("Y002")

    again = kayixin.buy("Y002").json

    assert (again["code"], again["message"]) == (0, "外部订单号已存在")
    assert desk.totals()["sums"]["purchases"] == 1


def test_the_balance_is_told_and_needs_no_body(kayixin):
    stamped = APP + SECRET + "3.0" + STAMP
    headers = {
        "X-Version": "3.0",
        "X-App-Id": APP,
        "X-Timestamp": STAMP,
        "X-Signature": hashlib.md5(stamped.encode()).hexdigest(),  # noqa: S324 -- the protocol's own
    }

    said = post(f"{kayixin.base_url}/kayixin/api/v3/user/getAccount", b"", headers).json

    assert (said["code"], said["data"]) == (1000, {"money": "1000.00"})


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Signature": "0" * 32},
        {"X-Version": "2.0"},
        {"X-App-Id": "nobody"},
        {"X-Timestamp": "1700000000"},
    ],
    ids=["sign", "version", "account", "seconds"],
)
def test_a_faulty_envelope_buys_nothing(kayixin, desk, headers):
    assert kayixin.buy("Y003", headers=headers).json["code"] == 0
    assert desk.purchases() == []


@pytest.mark.parametrize(
    ("suffix", "code", "count"),
    [("9923", 0, 0), ("9930", 9999, 0), ("9931", 9999, 1)],
    ids=["balance gone", "busy before", "busy after"],
)
def test_a_product_chooses_a_refusal(kayixin, desk, suffix, code, count):
    said = kayixin.buy("Y004", goods="88" + suffix).json

    assert (said["code"], len(desk.purchases())) == (code, count)


def test_a_lost_reply(kayixin, desk):
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        kayixin.buy("Y005", goods="889904")

    assert len(kayixin.wait("Y005")["cards"]) == 2


def test_an_early_callback_is_an_early_end_where_there_are_no_callbacks(kayixin, desk):
    kayixin.buy("Y006", goods="889916")

    assert [p["state"] for p in desk.purchases()] == ["succeeded"]
    assert desk.callbacks() == []


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_is_played(kayixin, desk, fault):
    desk.account(protocol="kayixin", id=APP, faults={spec_of(fault): 1})

    survive(lambda: kayixin.buy("Y099"))

    assert len(desk.purchases(client_no="Y099")) == (fault not in UNBOUGHT)
    assert fault in desk.requests(client_no="Y099")[0]["outcome"]
