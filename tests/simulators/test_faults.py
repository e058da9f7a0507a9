"""Each fault does what the table says: to the reply, to the order and to the money."""

import gzip
import http.client
import json
import time

import pytest

from bench.simulated import simulators
from simulators.faults import MAGIC, MEANINGS, Fault, of_account
from tests.simulators.calling import FULU_KEY, FULU_SECRET, fulu_sign
from tests.simulators.listening import listening

ADD = "fulu.order.card.add"
INFO = "fulu.order.info.get"
SUFFIX = {fault: suffix for suffix, fault in MAGIC.items()}
PRICE = 98_750
LOST = (http.client.RemoteDisconnected, ConnectionResetError)


def add(fulu, fault: Fault, number: str = "X001", **more):
    product = int("1000" + SUFFIX[fault])
    given = {"product_id": product, "buy_num": 2, "customer_order_no": number} | more
    timeout = given.pop("timeout", 20)
    return fulu.call(ADD, timeout=timeout, **given)


def with_ear(desk, ear):
    desk.account(protocol="fulu", id=FULU_KEY, callback_url=ear.url)


def told(heard):
    return [json.loads(body) for _, body in heard]


def is_rightly_signed(fields):
    return fields["sign"] == fulu_sign(
        {name: value for name, value in fields.items() if name != "sign"}, FULU_SECRET
    )


def bought(desk) -> int:
    return len(desk.purchases(client_no="X001"))


def test_the_numbers_of_faults_do_not_move():
    assert len(MAGIC) == len(Fault) == len(MEANINGS) == 33
    assert SUFFIX[Fault.DELAY] == "9901"
    assert SUFFIX[Fault.FAILED] == "9922"
    assert SUFFIX[Fault.PARTIAL_REFUND] == "9933"


def test_the_dice_of_an_account_can_be_thrown_again():
    setting = {"failed": 0.5, "query:http_502_after": 1}

    thrown = [of_account(setting, seed=7, key=str(n), query=False) for n in range(1000)]

    assert thrown == [of_account(setting, seed=7, key=str(n), query=False) for n in range(1000)]
    assert 400 < sum(map(len, thrown)) < 600
    assert of_account(setting, seed=7, key="1", query=True) == {Fault.HTTP_502_AFTER: 0}


@pytest.mark.parametrize("fault", [Fault.REPLY_LOST_BEFORE, Fault.REPLY_LOST_AFTER])
def test_a_lost_reply(fulu, desk, fault):
    with pytest.raises(LOST):
        add(fulu, fault)

    assert bought(desk) == (fault == Fault.REPLY_LOST_AFTER)


@pytest.mark.parametrize(
    ("fault", "status", "count"),
    [
        (Fault.HTTP_502_BEFORE, 502, 0),
        (Fault.HTTP_502_AFTER, 502, 1),
        (Fault.HTTP_500_AFTER, 500, 1),
        (Fault.RATE_LIMITED, 429, 0),
    ],
)
def test_a_page_instead_of_an_answer(fulu, desk, fault, status, count):
    said = add(fulu, fault)

    assert (said.status, bought(desk)) == (status, count)
    assert said.body.startswith(b"<html>")


@pytest.mark.parametrize("fault", [Fault.GARBAGE_BODY, Fault.EMPTY_BODY])
def test_an_unreadable_body(fulu, desk, fault):
    said = add(fulu, fault)

    with pytest.raises((UnicodeDecodeError, json.JSONDecodeError)):
        json.loads(said.body)
    assert (said.status, bought(desk)) == (200, 1)


def test_a_big_body(fulu):
    said = add(fulu, Fault.BIG_BODY)

    assert len(said.body) > 2_000_000
    assert said.json["code"] == 0


def test_a_gzip_bomb(fulu, desk):
    said = add(fulu, Fault.GZIP_BOMB)

    assert said.headers["Content-Encoding"] == "gzip"
    assert len(said.body) < 1_000_000
    assert len(gzip.decompress(said.body)) == 128 << 20
    assert bought(desk) == 1


def test_a_body_in_gbk(fulu):
    said = add(fulu, Fault.GBK_BODY)

    with pytest.raises(UnicodeDecodeError):
        said.body.decode()
    assert json.loads(said.body.decode("gbk"))["code"] == 0


def test_a_reply_with_a_wrong_signature(fulu):
    said = add(fulu, Fault.BAD_SIGNATURE).json

    assert said["code"] == 0
    assert said["sign"] != fulu_sign(json.loads(said["result"]), FULU_SECRET)


def test_a_delay(fulu, desk):
    desk.account(protocol="fulu", id=FULU_KEY, faults={"delay:0.5": 1})
    start = time.monotonic()

    fulu.result(ADD, product_id=1000, buy_num=1, customer_order_no="X001")

    assert time.monotonic() - start >= 0.5


def test_a_hanging_connection_is_closed_in_the_end(fulu, desk):
    desk.account(protocol="fulu", id=FULU_KEY, faults={"hang:0.5": 1})
    given = {"product_id": 1000, "buy_num": 1, "customer_order_no": "X001"}

    with pytest.raises(TimeoutError):
        fulu.call(ADD, timeout=0.2, **given)
    with pytest.raises(LOST):
        fulu.call(ADD, **given)
    assert bought(desk) == 1


def test_a_slow_drip_outlives_a_timeout_between_bytes(fulu, desk):
    desk.account(protocol="fulu", id=FULU_KEY, faults={"slow_drip:0.002": 1})
    start = time.monotonic()

    said = fulu.call(ADD, timeout=1, product_id=1000, buy_num=1, customer_order_no="X001")

    assert said.json["code"] == 0
    assert time.monotonic() - start > 0.002 * len(said.body)


@pytest.mark.parametrize(
    ("fault", "code", "count"),
    [
        (Fault.BALANCE_GONE, 3001, 0),
        (Fault.OFF_SHELF, 2002, 0),
        (Fault.CLOCK_SKEW, 1005, 0),
        (Fault.BUSY_BEFORE, 9999, 0),
        (Fault.BUSY_AFTER, 9999, 1),
    ],
)
def test_a_refusal_in_the_protocols_words(fulu, desk, fault, code, count):
    assert add(fulu, fault).json["code"] == code
    assert bought(desk) == count


def test_a_changed_price_is_refused_above_the_limit_and_paid_without_one(fulu, desk):
    refused = add(fulu, Fault.PRICE_CHANGED, number="X000", customer_price="9.8750").json
    add(fulu, Fault.PRICE_CHANGED)

    assert refused["code"] == 2004
    assert [p["price_e4"] for p in desk.purchases()] == [2 * (PRICE + PRICE // 2)]


def test_a_failed_order_gives_money_and_stock_back(fulu, desk):
    add(fulu, Fault.FAILED)

    order = fulu.wait("X001", state="failed")
    assert order["cards"] == []
    assert desk.accounts()[0]["balance_e4"] == 10_000_000
    assert (
        fulu.result("fulu.goods.stock.check", product_id=10009922, buy_num=1000)["stock_status"]
        == "充足"
    )


@pytest.mark.parametrize(
    ("fault", "back"), [(Fault.REFUND_AFTER_SUCCESS, 2 * PRICE), (Fault.PARTIAL_REFUND, PRICE)]
)
def test_an_order_is_refunded_after_it_was_delivered(fulu, desk, fault, back):
    with listening("success") as ear:
        with_ear(desk, ear)
        add(fulu, fault)
        delivered = fulu.wait("X001")
        ear.wait_for(2)

    first, second = told(ear.heard)
    assert len(delivered["cards"]) == 2
    assert first["order_status"] == "success"
    assert second["refund_status"] == "success"
    assert is_rightly_signed(second)
    assert desk.accounts()[0]["balance_e4"] == 10_000_000 - 2 * PRICE + back


def test_a_query_knows_nothing_at_first(fulu):
    add(fulu, Fault.NOT_FOUND_THEN_FOUND)

    codes = [fulu.call(INFO, customer_order_no="X001").json["code"] for _ in range(3)]

    assert codes == [3003, 3003, 0]


@pytest.mark.parametrize(
    ("fault", "seen"), [("codes_later:0.6", 0), ("partial_cards:0.6", 1)], ids=["none", "half"]
)
def test_cards_come_late(fulu, desk, fault, seen):
    desk.account(protocol="fulu", id=FULU_KEY, faults={fault: 1})
    fulu.result(ADD, product_id=1000, buy_num=2, customer_order_no="X001")

    early = fulu.wait("X001")["cards"]
    time.sleep(0.7)

    late = fulu.wait("X001")["cards"]
    assert (len(early), len(late)) == (seen, 2)
    assert late[:seen] == early


def test_queries_have_faults_of_their_own(fulu, desk):
    desk.account(protocol="fulu", id=FULU_KEY, faults={"query:http_502_after": 1})
    fulu.result(ADD, product_id=1000, buy_num=1, customer_order_no="X001")

    assert fulu.call(INFO, customer_order_no="X001").status == 502


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.DUPLICATE_CALLBACKS, [("success", True)] * 3),
        (Fault.OUT_OF_ORDER_CALLBACKS, [("failed", True), ("success", True)]),
        (Fault.FORGED_CALLBACK, [("failed", False), ("success", True)]),
        (Fault.NO_CALLBACK, []),
    ],
)
def test_callbacks_go_astray(fulu, desk, fault, expected):
    with listening("success") as ear:
        with_ear(desk, ear)
        add(fulu, fault)
        fulu.wait("X001")
        ear.wait_for(len(expected))
        time.sleep(0.3)

    heard = [(fields["order_status"], is_rightly_signed(fields)) for fields in told(ear.heard)]
    assert heard == expected


def test_callbacks_of_a_purchase_go_out_one_after_the_other(fulu, desk):
    """At once, the lie that is to come first came second now and then."""
    with listening("success") as ear:
        with_ear(desk, ear)
        ear.pause = 0.2
        add(fulu, Fault.DUPLICATE_CALLBACKS)
        ear.wait_for(3)
        time.sleep(0.3)

    assert ear.most_at_once == 1


def test_a_callback_is_there_before_the_reply(fulu, desk):
    with listening("success") as ear:
        with_ear(desk, ear)

        add(fulu, Fault.EARLY_CALLBACK)

        assert [fields["order_status"] for fields in told(ear.heard)] == ["success"]


def test_cards_outside_the_signature_may_be_false(kasushou):
    with listening("ok") as ear:
        kasushou.data(
            "order/buy", id=779932, quantity=1, external_orderno="X001", attach={}, url=ear.url
        )
        order = kasushou.wait("X001")
        body = ear.wait_for(1)[0][1]

    assert b"0000FALSE" in body
    assert order["card_list"][0]["card_no"] != "0000FALSE"


def test_a_refunded_order_lists_its_cards_on(kasushou):
    kasushou.data("order/buy", id=779933, quantity=2, external_orderno="X001", attach={})

    order = kasushou.wait("X001", status=5)

    assert len(order["card_list"]) == 2
    assert (order["has_back_money"], order["total_price"]) == ("9.8750", "19.75")


def test_a_busy_kasushou_says_500(kasushou, desk):
    said = kasushou.call("order/buy", id=779931, quantity=1, external_orderno="X001", attach={})

    assert (said.status, said.json["code"], bought(desk)) == (200, 500, 1)


def test_what_was_bought_outlives_the_process(tmp_path, fulu):
    """Killed while an order is open, it finishes it after the start."""
    with simulators(tmp_path) as first:
        first.desk.account(
            protocol="fulu", id=FULU_KEY, secret=FULU_SECRET, balance_e4=PRICE, processing_ms=1500
        )
        first.desk.product(protocol="fulu", id="1000", price_e4=PRICE)
        client = type(fulu)(first.base_url)
        client.result(ADD, product_id=1000, buy_num=1, customer_order_no="X001")
        first.process.kill()

    with simulators(tmp_path) as second:
        order = type(fulu)(second.base_url).wait("X001")

    assert len(order["cards"]) == 1
