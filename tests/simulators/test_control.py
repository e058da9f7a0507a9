import http.client
import urllib.error
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from tests.simulators.calling import FULU_KEY, post

ADD = "fulu.order.card.add"


def test_totals_agree_with_the_money(fulu, desk):
    for number in ("C001", "C002"):
        fulu.result(ADD, product_id=1000, buy_num=2, customer_order_no=number)
    fulu.call(ADD, product_id=10009922, buy_num=1, customer_order_no="C003")
    fulu.wait("C003", state="failed")

    totals = desk.totals()

    account = totals["accounts"][0]
    assert totals["double"] == []
    assert totals["client_numbers"]["C001"] == {
        "purchases": 1,
        "not_failed": 1,
        "quantity": 2,
        "paid_e4": 197_500,
    }
    assert totals["client_numbers"]["C003"]["not_failed"] == 0
    assert account["balance_e4"] == account["moved_e4"] == 10_000_000 - 2 * 197_500
    assert totals["sums"]["price_e4"] - totals["sums"]["refunded_e4"] == 2 * 197_500


def test_a_number_bought_in_two_places_is_double(fulu, kasushou, desk):
    fulu.result(ADD, product_id=1000, buy_num=1, customer_order_no="C004")
    kasushou.data("order/buy", id=77, quantity=1, external_orderno="C004", attach={})

    assert desk.totals()["double"] == ["C004"]


def test_an_account_charged_under_two_numbers_shows(fulu, desk):
    for number in ("C005", "C006"):
        fulu.result(
            "fulu.order.direct.add",
            product_id=2000,
            buy_num=1,
            charge_account="12345678",
            customer_order_no=number,
        )

    totals = desk.totals()
    assert totals["double"] == []
    assert [row["charged_to"] for row in totals["charged_twice"]] == ["12345678"]


def test_one_number_from_many_threads_is_bought_once(fulu, desk):
    with ThreadPoolExecutor(16) as threads:
        codes = list(
            threads.map(
                lambda _: fulu.call(ADD, product_id=1000, buy_num=1, customer_order_no="C007").json[
                    "code"
                ],
                range(32),
            )
        )

    assert sorted(codes) == [0] + [3002] * 31
    assert desk.totals()["accounts"][0]["balance_e4"] == 10_000_000 - 98_750


def test_many_orders_never_overdraw(fulu, desk):
    desk.account(protocol="fulu", id=FULU_KEY, balance_e4=5 * 98_750)

    with ThreadPoolExecutor(16) as threads:
        codes = list(
            threads.map(
                lambda n: fulu.call(
                    ADD, product_id=1000, buy_num=1, customer_order_no=f"C1{n:02d}"
                ).json["code"],
                range(20),
            )
        )

    assert sorted(codes) == [0] * 5 + [3001] * 15
    assert desk.accounts()[0]["balance_e4"] == 0


def test_every_request_is_written_down(fulu, desk):
    fulu.result(ADD, product_id=1000, buy_num=1, customer_order_no="C008")
    fulu.call(ADD, product_id=10009922, buy_num=0, customer_order_no="C008")
    fulu.wait("C008")

    outcomes = [row["outcome"] for row in desk.requests(client_no="C008")]
    assert outcomes[-1].split() == ["ok"]
    assert outcomes[-2].split() == ["refused", "param:", "buy_num"]
    assert set(map(str.strip, outcomes[:-2])) == {"ok"}


def test_an_update_keeps_what_it_does_not_name(fulu, desk):
    fulu.result(ADD, product_id=1000, buy_num=1, customer_order_no="C009")

    desk.account(protocol="fulu", id=FULU_KEY, seed=5)

    account = desk.accounts()[0]
    assert (account["seed"], account["processing_ms"]) == (5, 100)
    assert account["balance_e4"] == 10_000_000 - 98_750


def test_a_fault_that_does_not_exist_is_refused(fulu, desk):
    with pytest.raises(urllib.error.HTTPError, match="400") as refusal:
        desk.account(protocol="fulu", id=FULU_KEY, faults={"nonsense": 1})

    refusal.value.close()
    assert desk.accounts()[0]["faults"] == {}


def test_the_page_shows_accounts_and_switches_a_fault(fulu, desk, running):
    fulu.result(ADD, product_id=1000, buy_num=1, customer_order_no="C010<b>")
    form = {"protocol": "fulu", "id": FULU_KEY, "fault": "failed", "probability": "1"}

    switched = post(f"{running.base_url}/control/fault", urlencode(form).encode())

    connection = http.client.HTTPConnection(running.base_url.removeprefix("http://"))
    connection.request("GET", "/control/")
    page = connection.getresponse().read().decode()
    connection.close()
    assert switched.status == 303
    assert desk.accounts()[0]["faults"] == {"failed": 1.0}
    assert "账户 Accounts" in page
    assert "C010&lt;b&gt;" in page


def test_the_desk_answers_this_machine_only(running):
    said = post(f"{running.base_url}/control/reset", b"{}", {"Host": "evil.example"})

    assert said.status == 403
