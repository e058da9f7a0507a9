import http.client
import time
from base64 import b64decode

import pytest

from simulators.faults import Fault
from tests.simulators.calling_kinguin import PRICE, STORE, KinguinClient
from tests.simulators.faulting import UNBOUGHT, spec_of, survive


def line(product="5c9b", **changed):
    return {"productId": product, "qty": 1, "price": 5.79} | changed


def test_an_unknown_key_is_refused_in_the_published_words(kinguin):
    said = KinguinClient(kinguin.base_url, key="other").get("v1/balance")

    assert said.status == 401
    assert said.json == {
        "kind": "Authorization",
        "status": 401,
        "detail": "Invalid authentication data.",
        "type": "Unauthorized",
    }


def test_keys_are_bought_and_downloaded(kinguin, desk):
    said = kinguin.order("K001")

    done = kinguin.wait("K001")
    order = said.json["orderId"]
    keys = kinguin.keys(order)
    assert (said.status, said.json["status"], said.json["totalPrice"]) == (201, "processing", 11.58)
    assert "keys" not in said.json["products"][0]
    assert [key["status"] for key in done["products"][0]["keys"]] == ["DELIVERED"] * 2
    assert [key["id"] for key in keys] == [key["id"] for key in done["products"][0]["keys"]]
    assert {key["type"] for key in keys} == {"text/plain"}
    assert len({key["serial"] for key in keys}) == 2
    assert keys[0].keys() == {"id", "serial", "type", "name", "kinguinId", "offerId", "productId"}
    assert desk.accounts()[0]["balance_e4"] == 10_000_000 - 2 * PRICE


def test_an_order_is_the_same_by_either_version_and_by_search(kinguin):
    order = kinguin.order("K002").json["orderId"]

    done = kinguin.wait("K002")

    assert kinguin.get(f"v2/order/{order}").json == done
    assert kinguin.get(f"v1/order/{order}").json == done
    assert kinguin.get(f"v1/order?orderId={order}&status=completed").json["results"] == [done]
    assert kinguin.get(f"v1/order?orderId={order}&status=canceled").json["item_count"] == 0


def test_a_search_without_the_number_finds_the_orders_of_others(kinguin):
    for number in ("K003", "K004"):
        kinguin.order(number)

    found = kinguin.get("v1/order?externalId=K003").json

    assert found["item_count"] == 2
    assert [order["orderExternalId"] for order in found["results"]] == ["K004", "K003"]
    assert len(kinguin.get("v1/order?limit=1&page=2").json["results"]) == 1


def test_keys_come_in_pages(kinguin):
    order = kinguin.order("K005", qty=5).json["orderId"]
    kinguin.wait("K005")

    pages = [kinguin.keys(order, page=page, limit=2) for page in (1, 2, 3, 4)]

    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert [key for page in pages for key in page] == kinguin.keys(order)
    assert kinguin.keys(order, limit=101)["kind"] == "ConstraintViolation"


def test_who_does_not_ask_for_text_gets_pictures_too(kinguin):
    order = kinguin.order("K006", keyType=None).json["orderId"]
    kinguin.wait("K006")

    picture, text = kinguin.keys(order)

    assert (picture["type"], text["type"]) == ("image/png", "text/plain")
    assert b64decode(picture["serial"]).startswith(b"\x89PNG")


def test_the_first_version_orders_by_the_older_number(kinguin, desk):
    given = {"kinguinId": 1949, "qty": 1, "price": 1}

    said = kinguin.post("v1/order", {"products": [given], "orderExternalId": "K007"})

    assert said.status == 201
    assert [p["product"] for p in desk.purchases(client_no="K007")] == ["1949"]


def test_a_number_is_bought_once_and_none_each_time(kinguin, desk):
    kinguin.order("K008")

    again = kinguin.order("K008")
    for _ in range(2):
        kinguin.order(None)

    assert (again.status, again.json["kind"]) == (400, "ConstraintViolation")
    assert again.json["propertyPath"] == "orderExternalId"
    assert desk.totals()["client_numbers"]["K008"]["purchases"] == 1
    assert desk.totals()["unnumbered"] == 2


@pytest.mark.parametrize(("kind", "status"), [("OrderFailed", 422), ("ResourceLock", 409)])
def test_a_repeated_number_may_be_refused_in_other_words(kinguin, desk, kind, status):
    desk.account(protocol="kinguin", id=STORE, options={"duplicates": kind})
    kinguin.order("K009")

    again = kinguin.order("K009")

    assert (again.status, again.json["kind"]) == (status, kind)


def test_an_account_may_be_set_to_return_the_first_order(kinguin, desk):
    desk.account(protocol="kinguin", id=STORE, options={"duplicates": "original"})
    first = kinguin.order("K010").json["orderId"]

    assert kinguin.order("K010").json["orderId"] == first
    assert desk.totals()["sums"]["purchases"] == 1


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ([], "products"),
        ([line()] * 11, "products"),
        ([line(qty=10)], "products[0].qty"),
        ([line(qty="1")], "products[0].qty"),
        ([line(price="5.79")], "products[0].price"),
        ([line(price=0)], "products[0].price"),
        ([line(keyType="image")], "products[0].keyType"),
        ([line(productId=1949)], "products[0].productId"),
        ([line(), line()], "products[1].productId"),
    ],
    ids=[
        "none",
        "eleven",
        "ten of one",
        "text for a count",
        "text for a price",
        "for nothing",
        "key type",
        "number for an id",
        "twice",
    ],
)
def test_a_faulty_order_buys_nothing(kinguin, desk, lines, wrong):
    said = kinguin.post("v2/order", {"products": lines, "orderExternalId": "K011"})

    assert (said.status, said.json["kind"]) == (400, "ConstraintViolation")
    assert (said.json["propertyPath"], said.json["path"]) == (wrong, "/api/v2/order")
    assert desk.purchases() == []


@pytest.mark.parametrize(
    "changed",
    [{"product": "unknown"}, {"price": 5.78}, {"offerId": "of another"}],
    ids=["no product", "dearer", "no such offer"],
)
def test_no_offer_meets_the_wish(kinguin, desk, changed):
    said = kinguin.order("K012", **changed)

    assert (said.status, said.json["kind"]) == (422, "ProductUnavailable")
    assert desk.purchases() == []


def test_a_price_above_the_asking_one_pays_the_asking_one(kinguin, desk):
    order = kinguin.order("K013", price=7.5).json

    assert (order["totalPrice"], order["requestTotalPrice"]) == (11.58, 15.0)
    assert desk.accounts()[0]["balance_e4"] == 10_000_000 - 2 * PRICE


def test_goods_and_balance_are_told(kinguin):
    page = kinguin.get("v1/products?limit=100").json
    one = kinguin.get("v2/products/5c9b").json

    assert page["item_count"] == 35
    assert (one["price"], one["qty"], one["textQty"]) == (5.79, 1000, 1000)
    assert one["offers"][0]["offerId"] == one["cheapestOfferId"][0]
    assert kinguin.get(f"v1/products/{one['kinguinId']}").json["productId"] == "5c9b"
    found = kinguin.get("v1/products?productId=1949,5c9b&name=second").json["results"]
    assert [product["kinguinId"] for product in found] == [1949]
    assert kinguin.get("v1/balance").json == {"balance": 1000.0}
    assert kinguin.get("v1/nothing").json["kind"] == "Http"


def test_an_offer_is_bought_by_its_own_id(kinguin):
    offer = kinguin.get("v2/products/5c9b").json["cheapestOfferId"][0]

    assert kinguin.order("K014", offerId=offer).json["products"][0]["offerId"] == offer


def test_a_product_that_is_sold_out_is_not_shown(kinguin, desk):
    desk.product(protocol="kinguin", id="5c9b", price_e4=PRICE, stock=0)

    said = kinguin.get("v2/products/5c9b")

    assert (said.status, said.json["kind"]) == (404, "HttpClient")
    assert kinguin.order("K015").json["kind"] == "ProductUnavailable"


def test_unclaimed_keys_are_returned_once(kinguin, desk):
    order = kinguin.order("K016").json["orderId"]
    early = kinguin.return_keys(order)
    kinguin.wait("K016")

    returned = kinguin.return_keys(order)
    again = kinguin.return_keys(order)

    states = kinguin.find("K016")[0]["products"][0]["keys"]
    assert [key["id"] for key in returned.json] == [key["id"] for key in states]
    assert {key["status"] for key in states} == {"REFUNDED"}
    assert (early.status, early.json["kind"]) == (422, "NoKeysToReturn")
    assert again.json["kind"] == "NoKeysToReturn"
    assert kinguin.keys(order) == []
    assert desk.accounts()[0]["balance_e4"] == 10_000_000


@pytest.mark.parametrize(("options", "claims"), [({}, True), ({"return_s": 0}, False)])
def test_claimed_or_old_keys_stay_sold(kinguin, desk, options, claims):
    desk.account(protocol="kinguin", id=STORE, options=options)
    order = kinguin.order("K017").json["orderId"]
    kinguin.wait("K017")
    if claims:
        kinguin.keys(order)

    assert kinguin.return_keys(order).json["kind"] == "NoKeysToReturn"
    assert kinguin.find("K017")[0]["status"] == "completed"


@pytest.mark.parametrize(
    ("suffix", "status", "kind", "count"),
    [
        ("9923", 422, "InsufficientBalance", 0),
        ("9924", 422, "ProductUnavailable", 0),
        ("9925", 422, "ProductUnavailable", 0),
        ("9929", 401, "Authorization", 0),
        ("9930", 500, "Error", 0),
        ("9931", 500, "Error", 1),
    ],
    ids=["balance gone", "off shelf", "dearer", "clock skew", "busy before", "busy after"],
)
def test_a_product_chooses_a_refusal(kinguin, desk, suffix, status, kind, count):
    said = kinguin.order("K018", product="5c9b" + suffix)

    assert (said.status, said.json["kind"]) == (status, kind)
    assert len(desk.purchases()) == count


@pytest.mark.parametrize(("kind", "status"), [("HttpClient", 503), ("ResourceLock", 409)])
def test_busy_may_have_another_name(kinguin, desk, kind, status):
    desk.account(protocol="kinguin", id=STORE, options={"busy": kind})

    said = kinguin.order("K019", product="5c9b9931")

    assert (said.status, said.json["kind"]) == (status, kind)
    assert len(desk.purchases()) == 1


@pytest.mark.parametrize(("suffix", "count"), [("9903", 0), ("9904", 1)], ids=["before", "after"])
def test_a_lost_reply(kinguin, desk, suffix, count):
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        kinguin.order("K020", product="5c9b" + suffix)

    assert len(desk.purchases(client_no="K020")) == count


@pytest.mark.parametrize(("suffix", "status"), [("9906", 502), ("9926", 429)])
def test_a_page_instead_of_an_answer(kinguin, suffix, status):
    assert kinguin.order("K021", product="5c9b" + suffix).status == status


def test_a_body_in_gbk(kinguin):
    assert "游戏" in kinguin.order("K022", product="5c9b9913").body.decode("gbk")


@pytest.mark.parametrize(
    ("suffix", "status", "key", "back"),
    [
        ("9922", "canceled", "CANCELED", 2 * PRICE),
        ("9927", "refunded", "REFUNDED", 2 * PRICE),
        ("9933", "refunded", "REFUNDED", PRICE),
    ],
    ids=["failed", "refunded", "in part"],
)
def test_money_is_given_back(kinguin, desk, suffix, status, key, back):
    order = kinguin.order("K023", product="5c9b" + suffix).json["orderId"]

    done = kinguin.wait("K023", status=status)

    assert {one["status"] for one in done["products"][0]["keys"]} == {key}
    assert kinguin.keys(order) == []
    assert desk.accounts()[0]["balance_e4"] == 10_000_000 - 2 * PRICE + back


def test_a_query_knows_nothing_at_first(kinguin):
    order = kinguin.order("K024", product="5c9b9928").json["orderId"]

    searched = len(kinguin.find("K024"))
    statuses = [kinguin.get(f"v2/order/{order}").status for _ in range(2)]

    assert (searched, statuses) == (0, [404, 200])


def test_a_spoiled_query_is_known_by_the_clients_number(kinguin, desk):
    order = kinguin.order("K025").json["orderId"]
    desk.account(protocol="kinguin", id=STORE, faults={"query:busy_before": 1})

    said = kinguin.get(f"v2/order/{order}")

    assert (said.status, said.json["kind"]) == (500, "Error")
    assert "busy_before" in desk.requests(client_no="K025")[0]["outcome"]


@pytest.mark.parametrize(
    ("fault", "seen"), [("codes_later:0.6", 0), ("partial_cards:0.6", 1)], ids=["none", "half"]
)
def test_keys_lag_behind_completion(kinguin, desk, fault, seen):
    desk.account(protocol="kinguin", id=STORE, faults={fault: 1})
    order = kinguin.order("K026").json["orderId"]
    states = kinguin.wait("K026")["products"][0]["keys"]

    early = kinguin.keys(order)
    time.sleep(0.7)

    assert [key["status"] for key in states].count("DELIVERED") == seen
    assert (len(early), len(kinguin.keys(order))) == (seen, 2)


def test_a_stranger_does_not_see_the_order(kinguin, desk):
    order = kinguin.order("K027").json["orderId"]
    desk.account(protocol="kinguin", id="another", secret="other")
    stranger = KinguinClient(kinguin.base_url, key="other")

    said = stranger.get(f"v2/order/{order}")

    assert (said.status, said.json["kind"]) == (404, "OrderNotFound")
    assert stranger.get("v1/order").json == {"results": [], "item_count": 0}


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_is_played(kinguin, desk, fault):
    desk.account(protocol="kinguin", id=STORE, faults={spec_of(fault): 1})

    survive(lambda: kinguin.order("K099", price=99))

    assert len(desk.purchases(client_no="K099")) == (fault not in UNBOUGHT)
    assert fault in desk.requests(client_no="K099")[0]["outcome"]
