import hashlib
import json
from urllib.parse import parse_qsl

from simulators.kasushou_signing import is_canonical, sign_body, sign_callback
from tests.simulators.calling import KASUSHOU_KEY
from tests.simulators.listening import listening


def heard_fields(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode(), keep_blank_values=True))


def test_the_signature_published_by_the_vendor():
    body = '{"day":10,"external_orderno":"","ordersn":"D100759082558859640832"}'

    assert (
        sign_body("1696645385740", body, KASUSHOU_KEY) == "15b8f541eb10e3fbb33efd92c8d52d50ddca0784"
    )


def test_the_signature_of_a_callback_computed_from_the_recipe():
    fields = {
        "external_orderno": "T001",
        "has_back_money": "0.00",
        "ordersn": "D1",
        "recharge_hints": "充值成功",
        "status": "3",
        "time": "1695072521534",
        "total_price": "10.00",
        "card_list": [{"card_no": "outside"}],
    }

    assert sign_callback(fields, KASUSHOU_KEY) == "162c8535cd3deb7823802a0247c323080e5e16bf"


def test_a_body_is_judged_as_it_was_sent():
    assert is_canonical('{"a":{"z":1,"b":2},"safe_price":10.50,"url":"http://x/充"}')
    assert not is_canonical('{"b":1,"a":2}')
    assert not is_canonical('{"a": 1}')
    assert not is_canonical('{"url":"http:\\/\\/x"}')
    assert not is_canonical('{"name":"\\u5145"}')


def test_cards_are_bought_and_their_callback_is_understood(kasushou, desk):
    with listening("ok") as ear:
        bought = kasushou.data(
            "order/buy", id=77, quantity=2, external_orderno="K001", attach={}, url=ear.url
        )
        order = kasushou.wait("K001")
        told = heard_fields(ear.wait_for(1)[0][1])

    signed = {k: v for k, v in told.items() if k != "sign" and not k.startswith("card_list")}
    text = json.dumps(
        dict(sorted(signed.items())), ensure_ascii=False, separators=(",", ":")
    ).replace("/", "\\/")
    right = hashlib.sha1((told["time"] + text + KASUSHOU_KEY).encode()).hexdigest()  # noqa: S324 -- the protocol's own
    assert bought["total_price"] == order["total_price"] == "19.75"
    assert [told["card_list[0][card_no]"], told["card_list[1][card_no]"]] == [
        card["card_no"] for card in order["card_list"]
    ]
    assert (told["status"], told["has_back_money"], told["sign"]) == ("3", "0.00", right)


def test_a_number_is_bought_once_and_an_empty_one_each_time(kasushou, desk):
    kasushou.data("order/buy", id=77, quantity=1, external_orderno="K002", attach={})

    again = kasushou.call("order/buy", id=77, quantity=1, external_orderno="K002", attach={}).json
    for _ in range(2):
        kasushou.data("order/buy", id=77, quantity=1, external_orderno="", attach={})

    assert again["code"] == 400
    assert desk.totals()["client_numbers"]["K002"]["purchases"] == 1
    assert desk.totals()["unnumbered"] == 2


def test_direct_orders_need_an_account_to_charge(kasushou, desk):
    refused = kasushou.call("order/buy", id=88, quantity=1, external_orderno="K003", attach={}).json
    kasushou.data(
        "order/buy",
        id=88,
        quantity=1,
        external_orderno="K004",
        attach={"recharge_account": "12345678", "lblName1": "一区"},
    )

    assert refused["code"] == 400
    assert kasushou.wait("K004")["recharge_info"][0]["v"] == "12345678"
    assert [p["charged_to"] for p in desk.purchases()] == ["12345678"]


def test_safe_price_must_reach_the_price(kasushou, desk):
    low = {"id": 77, "quantity": 1, "external_orderno": "K005", "attach": {}}

    assert kasushou.call("order/buy", **low, safe_price=9.87).json["code"] == 400
    assert desk.purchases() == []
    assert kasushou.call("order/buy", **low, safe_price=9.875).json["code"] == 200


def test_a_wrong_signature_or_an_unsorted_body_is_refused(kasushou, desk):
    unsorted = '{"quantity":1,"id":77,"external_orderno":"K006","attach":{}}'

    assert kasushou.send("order/buy", unsorted).json["msg"] == "签名错误"
    assert kasushou.send("order/buy", "{}", sign="0" * 40).json["msg"] == "签名错误"
    assert desk.purchases() == []


def test_an_unknown_order_is_an_empty_list(kasushou):
    assert kasushou.data("order/info", external_orderno="nobody") == []


def test_orders_are_found_by_both_numbers_several_at_once(kasushou):
    refs = [
        kasushou.data("order/buy", id=77, quantity=1, external_orderno=n, attach={})["ordersn"]
        for n in ("K007", "K008")
    ]

    assert len(kasushou.data("order/info", external_orderno="K007,K008", day=0)) == 2
    assert [o["ordersn"] for o in kasushou.data("order/info", ordersn=",".join(refs))] == refs


def test_an_open_order_can_be_closed(kasushou, desk):
    desk.account(protocol="kasushou", id="10001", processing_ms=60_000)
    bought = kasushou.data("order/buy", id=77, quantity=1, external_orderno="K009", attach={})

    kasushou.data("order/close", ordersn=bought["ordersn"])

    order = kasushou.wait("K009", status=4)
    assert order["has_back_money"] == "9.8750"
    assert desk.accounts()[0]["balance_e4"] == 10_000_000
    assert kasushou.call("order/close", ordersn=bought["ordersn"]).json["code"] == 400


def test_goods_balance_and_form_are_told(kasushou):
    assert kasushou.data("user/info")["balance"] == "1000.00"
    assert kasushou.data("goods/info", id=77)["goods_price"] == "9.8750"
    assert kasushou.data("goods/list", keyword="直充")["total"] == 1
    assert kasushou.data("goods/attach", goods_id=88)[0]["key"] == "recharge_account"
