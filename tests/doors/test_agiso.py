"""Agiso's door: what it is told, what it buys, and how it is refused."""

import base64
import json

import pytest

from catalog.states import Kind
from channels.models import DoorWatch
from core.scope import tenant_atomic
from core.secrets import Secret
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from inventory.models import Hold
from orders.models import Order
from payments.selectors import balance_of
from risk.models import Assessment
from tests.catalog.factories import make_sku, make_template
from tests.channels.factories import RICH, WANG, make_tier
from tests.doors.callers import Agiso, open_door, opened_cards
from tests.orders.factories import PRICE, stocked_sku
from tests.risk.factories import make_rule
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
CALLBACK = "http://cb.acpr.agiso.com/notify"
PHONE = "13800138000"


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return stocked_sku(3)


@pytest.fixture
def by_hand(shop):
    with tenant_atomic():
        return make_sku(kind=Kind.BY_HAND, buyer_template=make_template())


def balance(caller):
    with tenant_atomic():
        return balance_of(account_id=caller.opened.partner.account_id)


def count():
    with tenant_atomic():
        return Order.objects.count()


def nothing_moved(caller):
    with tenant_atomic():
        assert not Hold.objects.exists()
    return count() == 0 and balance(caller) == RICH


def test_anybody_is_told_the_app_s_number(agiso):
    assert agiso.post("app/getAppId", {}) == {
        "code": 200,
        "message": "接口调用成功",
        "data": {"appId": 677859093659717},
    }


def test_goods_are_listed_by_kind_and_word_in_pages(agiso, sku, by_hand):
    first = agiso.call("product/getList", keyword="", productType=2, pageIndex=1, pageSize=1)
    second = agiso.call("product/getList", pageIndex="2", pageSize="1")
    named = agiso.call("product/getList", keyword=sku.ref)
    none = agiso.call("product/getList", productType=1)

    assert [one["productNo"] for one in first["data"]["items"]] == [by_hand.ref]
    assert (first["data"]["hasNextPage"], second["data"]["hasNextPage"]) == (True, False)
    assert named["data"]["items"] == [
        {
            "productNo": sku.ref,
            "productTitle": f"{sku.product.name} {sku.name}",
            "productCost": 10,
            "productType": 2,
            "disableSaleChannels": None,
        }
    ]
    assert none["data"] == {"items": [], "hasNextPage": False}


def test_a_template_says_whether_the_goods_come_at_once_and_what_is_asked(agiso, sku, by_hand):
    at_once = agiso.call("product/getTemplate", productNo=sku.ref)["data"]
    later = agiso.call("product/getTemplate", productNo=by_hand.ref)["data"]

    assert (at_once["apiType"], at_once["productCost"], at_once["attach"]) == (1, 10, [])
    assert later["apiType"] == 2
    assert later["attach"] == [{"name": "phone", "title": "充值手机号", "inputCheck": 1}]


def test_what_is_in_stock_is_in_the_answer_enciphered(agiso, sku):
    told = agiso.buy(sku, buyNum=2, maxAmount="20.00", callbackUrl="")

    data = told["data"]
    assert (told["code"], data["orderNo"], data["orderStatus"]) == (200, "A1", 20)
    assert (data["orderCost"], data["failCode"], data["failReason"]) == (20, 0, "")
    cards = opened_cards(data["cards"])
    assert len({card["cardPwd"] for card in cards}) == 2
    assert balance(agiso) == RICH - 2 * PRICE
    with tenant_atomic():
        order = Order.objects.get()
    assert (order.number, order.channel, order.state) == (data["outTradeNo"], "taobao", "completed")


def test_cards_may_be_wrapped_only(shop, sku):
    with tenant_atomic():
        caller = Agiso(open_door("agiso", options={"cards": "plain"}))

    told = caller.buy(sku)

    (card,) = json.loads(base64.b64decode(told["data"]["cards"]))
    assert card["cardPwd"]
    assert card["expireTime"] == ""


def test_the_same_number_is_the_same_order(agiso, sku):
    first = agiso.buy(sku)

    again = agiso.buy(sku)

    assert again == first
    assert (count(), balance(agiso)) == (1, RICH - PRICE)


def test_the_same_number_with_another_order_is_told_which_one_it_names(agiso, sku):
    first = agiso.buy(sku)

    told = agiso.buy(sku, buyNum=2)

    assert (told["code"], told["data"]) == (1250, first["data"])
    assert (count(), balance(agiso)) == (1, RICH - PRICE)


def test_what_was_bought_is_told_again_when_it_is_not_on_sale_any_more(agiso, sku):
    first = agiso.buy(sku)
    with tenant_atomic():
        sku.is_on_sale = False
        sku.save()

    assert agiso.buy(sku) == first


def test_a_number_of_the_partner_s_other_orders_is_taken_too(agiso, sku):
    with tenant_atomic():
        other = Agiso(open_door("agiso", partner=agiso.opened.partner))
    other.buy(sku, "A1")

    told = agiso.buy(sku, "A1")

    assert (told["code"], told["data"]) == (1250, None)
    assert count() == 1


def test_an_order_is_found_by_its_number(agiso, sku):
    bought = agiso.buy(sku)

    assert agiso.call("order/get", orderNo="A1") == bought
    assert agiso.call("order/queryOrder", orderNo="A1") == bought
    told = agiso.call("order/get", orderNo="A2")
    assert (told["code"], told["data"]) == (500, None)


def test_an_order_of_another_door_is_not_there(agiso, sku):
    agiso.buy(sku)
    with tenant_atomic():
        stranger = Agiso(open_door("agiso"))

    assert stranger.call("order/get", orderNo="A1")["code"] == 500
    assert stranger.call("order/cancelOrder", orderNo="A1")["code"] == 500


@pytest.mark.parametrize(
    "account", [{"attach": json.dumps({"phone": PHONE})}, {"attach": "", "account": PHONE}]
)
def test_a_buyer_s_account_may_be_in_the_form_or_beside_it(agiso, by_hand, account):
    told = agiso.buy(by_hand, callbackUrl=CALLBACK, **account)

    assert (told["data"]["orderStatus"], told["data"]["cards"]) == (10, "")
    with tenant_atomic():
        assert Unit.objects.get().item.buyer_fields_shown == {"phone": "138****8000"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"buyNum": 101}, "buyNum: 请填写 1 到 100 的整数。"),
        ({"orderNo": ""}, "orderNo: 请填写 1 到 64 个字符的单行文本，首尾不带空格。"),
        ({"maxAmount": "1,5"}, "maxAmount: 请填写最多四位小数的金额，如 12.5。"),
        ({"attach": '{"phone": "12"}'}, "attach.phone: 请填写 11 位手机号。"),
        ({"account": "12"}, "attach.phone: 请填写 11 位手机号。"),
        ({"attach": '{"phone": []}'}, "attach.phone: 请填写数字，或最多 200 个字符的单行文本。"),
        ({"attach": {"phone": PHONE}}, "attach: 请填写 JSON 对象，以文本形式，最多 4000 个字符。"),
        ({"attach": "{"}, "attach: 请填写 JSON 对象，以文本形式，最多 4000 个字符。"),
        (
            {"callbackUrl": "https://a.example/"},
            "callbackUrl: 此对接口只回调已登记的主机，请让商家登记该主机（含端口）。",
        ),
    ],
)  # fmt: skip
def test_a_wrong_field_is_called_by_the_protocol_s_name_and_what_it_takes_is_said(
    agiso, by_hand, given, said
):
    told = agiso.buy(by_hand, **given)

    assert (told["code"], told["message"]) == (500, said)


def test_more_than_one_order_may_have_is_told_at_the_protocol_s_field(agiso, shop):
    with tenant_atomic():
        sku = stocked_sku(3, most_per_order=2)

    assert agiso.buy(sku, buyNum=3)["message"].startswith("buyNum: ")


def test_a_top_up_is_not_bought_as_a_card_nor_a_card_as_a_top_up(agiso, sku):
    given = {"orderNo": "A1", "productNo": sku.ref, "buyNum": 1, "account": PHONE}

    assert agiso.call("order/createRecharge", **given)["code"] == 500
    assert nothing_moved(agiso)


def test_it_is_not_sold_above_what_the_caller_allows(agiso, sku):
    assert agiso.buy(sku, maxAmount="9.9999")["code"] == 1220
    assert nothing_moved(agiso)


def test_what_the_risk_rules_refuse_is_told_as_not_to_be_had_and_remembered(agiso, sku):
    with tenant_atomic():
        make_rule({"fact": "amount", "op": ">", "value": "1.00"}, action="deny")

    assert agiso.buy(sku)["code"] == 1230
    assert nothing_moved(agiso)
    with tenant_atomic():
        assert Assessment.objects.get().action == "deny"


def test_what_is_sold_out_says_so(agiso, sku):
    assert agiso.buy(sku, buyNum=4)["code"] == 1230
    assert nothing_moved(agiso)


def test_who_has_too_little_money_is_told_that_it_cannot_be_had(shop, sku):
    with tenant_atomic():
        poor = Agiso(open_door("agiso", balance_e4=PRICE - 1))

    assert poor.buy(sku)["code"] == 1230
    assert count() == 0


def test_unknown_goods_are_told_so(agiso, shop):
    with tenant_atomic():
        hidden = make_sku(is_on_sale=False)

    assert agiso.buy(hidden)["code"] == 1100
    assert agiso.call("product/getTemplate", productNo="nothing")["code"] == 1100


def test_a_tier_s_price_is_what_it_costs(shop, sku):
    with tenant_atomic():
        caller = Agiso(open_door("agiso", tier_id=make_tier(rate=9_875).pk))

    assert caller.call("product/getTemplate", productNo=sku.ref)["data"]["productCost"] == 9.875
    assert caller.buy(sku)["data"]["orderCost"] == 9.875


WRONG = [
    {"orderNo": ""},
    {"orderNo": 7},
    {"orderNo": "x" * 65},
    {"orderNo": ["x"]},
    {"orderNo": "a\0b"},
    {"productNo": None},
    {"buyNum": 0},
    {"buyNum": 101},
    {"buyNum": "two"},
    {"buyNum": "٣"},
    {"buyNum": 1.5},
    {"buyNum": "True"},
    {"maxAmount": "NaN"},
    {"maxAmount": "-1"},
    {"maxAmount": "1E+100"},
    {"attach": "{"},
    {"attach": "[]"},
    {"attach": '{"phone": ["a"]}'},
    {"attach": '{"phone": "a\\u202e"}'},
    {"callbackUrl": "https://evil.example/"},
    {"callbackUrl": "https://cb.acpr.agiso.com/"},
    {"callbackUrl": "http://cb.acpr.agiso.com.evil.example/"},
    {"callbackUrl": "http://cb.acpr.agiso.com@evil.example/"},
    {"callbackUrl": "http://[::1"},
]


@pytest.mark.parametrize("wrong", WRONG, ids=range(len(WRONG)))
def test_a_field_that_is_not_as_agreed_is_named(agiso, sku, wrong):
    told = agiso.buy(sku, **wrong)

    assert (agiso.status, told["code"], told["data"]) == (200, 500, None)
    (name,) = wrong
    assert told["message"].startswith(f"{name}")
    assert nothing_moved(agiso)


def test_what_is_not_delivered_can_be_given_up(agiso, by_hand):
    agiso.buy(by_hand, account=PHONE)

    told = agiso.call("order/cancelOrder", orderNo="A1")
    again = agiso.call("order/cancel", orderNo="A1")

    assert told["code"] == 200
    assert (told["data"]["cancelStatus"], told["data"]["refundAmount"]) == (20, 10)
    assert (told["data"]["refuseReason"], told["data"]["refuseProof"]) == ("", "")
    assert again == told
    order = agiso.call("order/get", orderNo="A1")["data"]
    assert (order["orderStatus"], order["failCode"], order["orderCost"]) == (30, 1, 0)
    assert order["failReason"]


def test_what_is_delivered_is_not_given_up(agiso, sku):
    agiso.buy(sku)

    told = agiso.call("order/cancelOrder", orderNo="A1")["data"]

    assert (told["cancelStatus"], told["refundAmount"], told["refuseProof"]) == (30, 0, "")
    assert told["refuseReason"]
    assert balance(agiso) == RICH - PRICE


def test_what_came_in_part_is_told_with_what_came_and_what_it_costs(agiso, by_hand):
    agiso.buy(by_hand, buyNum=2, account=PHONE)
    with tenant_atomic():
        first, second = Unit.objects.order_by("position")
    fulfillment.deliver_by_hand(unit_id=first.pk, text=Secret("ONE"), by=WANG, now=NOON)
    fulfillment.refund_units(
        order_id=first.order_id, unit_ids=[second.pk], by=WANG, reason="none left", now=NOON
    )

    data = agiso.call("order/get", orderNo="A1")["data"]

    assert (data["orderStatus"], data["orderCost"]) == (20, 10)
    assert [card["cardPwd"] for card in opened_cards(data["cards"])] == ["ONE"]
    assert "1" in data["failReason"]


def test_prices_are_watched_once_and_no_more_when_that_is_said(agiso, sku):
    given = {"productNo": sku.ref, "supplierAccountGuid": "2fe15520c6ac45ff83a270aaef71a873"}

    first = agiso.call("product/subscribePriceNotify", **given)
    agiso.call("product/subscribePriceNotify", **given)

    assert first == {"code": 200, "message": "接口调用成功", "data": None}
    with tenant_atomic():
        watch = DoorWatch.objects.get()
    assert (watch.who, watch.told) == (given["supplierAccountGuid"], str(PRICE))
    assert agiso.call("product/cancelSubscribePriceNotify", **given)["code"] == 200
    gone = {"productNo": "nothing", "supplierAccountGuid": "x"}
    assert agiso.call("product/cancelSubscribePriceNotify", **gone)["code"] == 200
    assert agiso.call("product/subscribePriceNotify", **gone)["code"] == 1100
    with tenant_atomic():
        assert not DoorWatch.objects.exists()
