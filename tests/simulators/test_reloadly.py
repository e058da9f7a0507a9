import time

import pytest

from simulators.faults import Fault
from tests.simulators.calling import get
from tests.simulators.calling_reloadly import CLIENT, PRICE
from tests.simulators.faulting import UNBOUGHT, spec_of, survive


def test_a_token_is_for_one_host_and_one_time(reloadly, desk):
    said = reloadly.token("giftcards").json
    bearer = {"Authorization": f"Bearer {said['access_token']}"}
    url = f"{reloadly.base_url}/reloadly"
    accept = {"Accept": "application/com.reloadly.giftcards-v1+json"}

    assert (said["expires_in"], said["token_type"]) == (86_400, "Bearer")
    assert get(f"{url}/giftcards/products", bearer | accept).status == 200
    assert get(f"{url}/giftcards/products", bearer).status == 400
    assert get(f"{url}/topups/topups/1/status", bearer | accept).status == 401
    assert get(f"{url}/giftcards/products", {"Authorization": "Bearer x"} | accept).status == 401
    desk.account(protocol="reloadly", id=CLIENT, options={"token_s": -1})
    late = reloadly.get("giftcards/products")
    assert (late.status, late.json["errorCode"]) == (401, "TOKEN_EXPIRED")


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"client_secret": "other"}, 401),
        ({"client_id": "nobody"}, 401),
        ({"grant_type": "password"}, 400),
        ({"audience": "https://example.org"}, 400),
    ],
    ids=["secret", "client", "grant", "audience"],
)
def test_a_token_is_refused(reloadly, changed, status):
    assert reloadly.token("giftcards", **changed).status == status


def test_gift_cards_are_bought_and_fetched(reloadly, desk):
    bought = reloadly.order("R001").json

    done = reloadly.wait("R001")
    cards = reloadly.cards(bought["transactionId"])
    alone = reloadly.get(f"giftcards/reports/transactions/{bought['transactionId']}").json
    assert (bought["status"], bought["amount"], bought["customIdentifier"]) == (
        "PENDING",
        47.5,
        "R001",
    )
    assert alone == done
    assert done["product"]["totalPrice"] == 50.0
    assert len({card["pinCode"] for card in cards}) == 2
    assert desk.accounts()[0]["balance_e4"] == 10_000_000 - 2 * PRICE


@pytest.mark.parametrize("host", ["giftcards", "topups"])
def test_both_hosts_tell_the_balance_and_what_it_counts_in(reloadly, desk, host):
    desk.account(protocol="reloadly", id=CLIENT, options={"currency": "EUR"})

    assert reloadly.get(f"{host}/accounts/balance").json == {
        "balance": 1000.0,
        "currencyCode": "EUR",
    }


def test_a_number_is_bought_once_and_none_each_time(reloadly, desk):
    reloadly.order("R002")

    again = reloadly.order("R002")
    elsewhere = reloadly.topup("R002")
    for _ in range(2):
        reloadly.order(None)

    assert again.status == elsewhere.status == 400
    assert again.json["errorCode"] == "CUSTOM_IDENTIFIER_ALREADY_USED"
    assert desk.totals()["client_numbers"]["R002"]["purchases"] == 1
    assert desk.totals()["unnumbered"] == 2


def test_an_account_may_be_set_to_return_the_first_order(reloadly, desk):
    desk.account(protocol="reloadly", id=CLIENT, options={"duplicates": "original"})
    first = reloadly.order("R003").json["transactionId"]

    assert reloadly.order("R003").json["transactionId"] == first
    assert desk.totals()["sums"]["purchases"] == 1


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"product": 16}, 404, "PRODUCT_NOT_FOUND"),
        ({"product": 341}, 404, "PRODUCT_NOT_FOUND"),
        ({"unitPrice": 20}, 400, "IMPOSSIBLE_AMOUNT"),
        ({"quantity": 0}, 400, "INVALID_REQUEST"),
        ({"senderName": ""}, 400, "INVALID_REQUEST"),
        ({"quantity": 5000}, 400, "TEMPORARY_OUT_OF_STOCK"),
    ],
    ids=["no product", "an operator", "denomination", "none", "nobody sends", "too many"],
)
def test_a_faulty_order_buys_nothing(reloadly, desk, changed, status, code):
    said = reloadly.order("R004", **changed)

    assert (said.status, said.json["errorCode"]) == (status, code)
    assert said.json["path"] == "/orders"
    assert desk.purchases() == []


def test_goods_are_told(reloadly):
    page = reloadly.get("giftcards/products").json
    one = reloadly.get("giftcards/products/15").json

    assert page["totalElements"] == 34
    assert one["fixedRecipientToSenderDenominationsMap"] == {"25.0": 23.75}
    assert reloadly.get("giftcards/countries/US/products").json[0] == one
    assert reloadly.get("giftcards/countries/DE/products").json == []
    assert reloadly.get("giftcards/discounts").json["content"][0]["discountPercentage"] == 0
    assert reloadly.get("giftcards/products/15/redeem-instructions").json["productId"] == 15
    assert reloadly.get("giftcards/nothing").status == 404


@pytest.mark.parametrize(
    ("suffix", "status", "code", "count"),
    [
        ("9923", 400, "INSUFFICIENT_BALANCE", 0),
        ("9924", 400, "TEMPORARY_OUT_OF_STOCK", 0),
        ("9929", 401, "TOKEN_EXPIRED", 0),
        ("9930", 503, "SERVICE_UNAVAILABLE", 0),
        ("9931", 503, "SERVICE_UNAVAILABLE", 1),
    ],
    ids=["balance gone", "off shelf", "clock skew", "busy before", "busy after"],
)
def test_a_product_chooses_a_refusal(reloadly, desk, suffix, status, code, count):
    said = reloadly.order("R011", product="15" + suffix)

    assert (said.status, said.json["errorCode"]) == (status, code)
    assert len(desk.purchases()) == count


@pytest.mark.parametrize(("suffix", "status"), [("9906", 502), ("9926", 429)])
def test_a_page_instead_of_an_answer(reloadly, suffix, status):
    assert reloadly.order("R013", product="15" + suffix).status == status


def test_a_body_in_gbk(reloadly):
    assert "游戏卡" in reloadly.order("R014", product="159913").body.decode("gbk")


@pytest.mark.parametrize(
    ("suffix", "status", "back"),
    [("9922", "FAILED", 2 * PRICE), ("9933", "REFUNDED", PRICE)],
    ids=["failed", "refunded in part"],
)
def test_money_is_given_back(reloadly, desk, suffix, status, back):
    bought = reloadly.order("R015", product="15" + suffix).json

    reloadly.wait("R015", status=status)

    assert reloadly.cards(bought["transactionId"]) == []
    assert desk.accounts()[0]["balance_e4"] == 10_000_000 - 2 * PRICE + back


def test_a_query_knows_nothing_at_first(reloadly):
    reloadly.order("R017", product="159928")

    found = [len(reloadly.find("R017")) for _ in range(3)]

    assert found == [0, 0, 1]


@pytest.mark.parametrize(
    ("fault", "seen"), [("codes_later:0.6", 0), ("partial_cards:0.6", 1)], ids=["none", "half"]
)
def test_cards_lag_behind_success(reloadly, desk, fault, seen):
    desk.account(protocol="reloadly", id=CLIENT, faults={fault: 1})
    bought = reloadly.order("R018").json["transactionId"]
    reloadly.wait("R018")

    early = reloadly.cards(bought)
    time.sleep(0.7)

    assert (len(early), len(reloadly.cards(bought))) == (seen, 2)


def test_a_stranger_does_not_see_the_order(reloadly, desk):
    bought = reloadly.order("R019").json["transactionId"]
    desk.account(protocol="reloadly", id="client02", secret="other")
    stranger = reloadly.token("giftcards", client_id="client02", client_secret="other").json
    headers = reloadly.headers("giftcards") | {
        "Authorization": f"Bearer {stranger['access_token']}"
    }

    said = get(f"{reloadly.base_url}/reloadly/giftcards/reports/transactions/{bought}", headers)

    assert (said.status, said.json["errorCode"]) == (404, "TRANSACTION_NOT_FOUND")


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_is_played(reloadly, desk, fault):
    desk.account(protocol="reloadly", id=CLIENT, faults={spec_of(fault): 1})

    survive(lambda: reloadly.order("R099"))

    assert len(desk.purchases(client_no="R099")) == (fault not in UNBOUGHT)
    assert fault in desk.requests(client_no="R099")[0]["outcome"]
