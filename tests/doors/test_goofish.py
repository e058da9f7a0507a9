"""Goofish's door: what it is told, what it buys, and how it is refused."""

import pytest

from catalog.states import Kind
from channels.models import DoorWatch
from channels.services import telling
from core.scope import tenant_atomic
from orders.models import Order
from payments.selectors import balance_of
from tenants.models import AuditRow
from tests.catalog.factories import make_sku, make_template
from tests.channels.factories import RICH, make_tier
from tests.doors.callers import APP_ID, Goofish, open_door
from tests.orders.factories import PRICE, stocked_sku
from tests.suppliers.factories import make_offer

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
CALLBACK = "https://open.goofish.pro/api/open/callback/virtual/order/notify/abc"
PHONE = "13800138000"


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return stocked_sku(3)


@pytest.fixture
def top_up(shop):
    with tenant_atomic():
        found = make_sku(kind=Kind.TOP_UP, buyer_template=make_template())
        make_offer(sku=found, cost_e4=PRICE // 2)
        return found


def balance(caller):
    with tenant_atomic():
        return balance_of(account_id=caller.opened.partner.account_id)


def count():
    with tenant_atomic():
        return Order.objects.count()


def test_the_platform_is_told_what_it_may_expect(goofish):
    assert goofish.call("open/info")["data"] == {
        "app_id": int(APP_ID),
        "features": {
            "is_support_order_refund": True,
            "is_support_goods_notify": True,
            "is_support_loss_purchase": False,
        },
    }
    assert goofish.call("platform/info")["code"] == 0


def test_the_balance_is_in_fen_with_the_credit_line(shop):
    with tenant_atomic():
        caller = Goofish(open_door("goofish", balance_e4=98_750, credit_e4=PRICE))

    assert caller.call("user/info") == {"code": 0, "msg": "OK", "data": {"balance": 1_987}}


def test_goods_are_told_in_the_protocol_s_types(goofish, sku):
    (told,) = goofish.call("goods/list", goods_type=2, page_no=1, page_size=100)["data"]["list"]

    assert told == {
        "goods_no": sku.ref,
        "goods_type": 2,
        "goods_name": f"{sku.product.name} {sku.name}",
        "price": 1_000,
        "stock": 3,
        "status": 1,
        "update_time": int(sku.product.changed_at.timestamp()),
    }
    assert goofish.call("goods/detail", goods_no=sku.ref, goods_type=2)["data"] == told
    assert goofish.call("goods/detail", goods_no=sku.ref, goods_type=1)["code"] == 1100
    assert goofish.call("goods/list", goods_type=3)["data"] == {"list": [], "count": 0}


def test_a_top_up_says_what_its_buyer_must_tell(goofish, top_up):
    told = goofish.call("goods/detail", goods_no=top_up.ref)["data"]

    assert (told["goods_type"], told["stock"]) == (1, 999)
    assert told["template"] == [{"code": "account", "name": "充值手机号", "check": 1}]


@pytest.mark.parametrize(("is_required", "is_sold"), [(True, False), (False, True)])
def test_cards_that_must_ask_their_buyer_are_not_sold_where_nothing_is_said(
    goofish, shop, is_required, is_sold
):
    field = {"key": "note", "kind": "text", "label": "备注", "is_required": is_required}
    with tenant_atomic():
        sku = stocked_sku(1, buyer_template=make_template(field))

    listed = goofish.call("goods/list")["data"]["list"]
    detail, bought = goofish.call("goods/detail", goods_no=sku.ref), goofish.buy(sku)

    assert [one["goods_no"] for one in listed] == ([sku.ref] if is_sold else [])
    assert {detail["code"], bought["code"]} == ({0} if is_sold else {1100})
    assert count() == is_sold


def test_goods_are_found_by_a_part_of_the_name_or_the_whole_number(goofish, sku):
    with tenant_atomic():
        other = stocked_sku(1)

    by_name = goofish.call("goods/list", keyword=sku.product.name)["data"]
    by_number = goofish.call("goods/list", keyword=other.ref)["data"]

    assert sku.ref in [one["goods_no"] for one in by_name["list"]]
    assert [one["goods_no"] for one in by_number["list"]][:1] == [other.ref]


def test_cards_in_stock_are_in_the_answer(goofish, sku):
    told = goofish.buy(sku, buy_quantity=2, max_amount=2_000, notify_url=CALLBACK, item_id=0)

    data = told["data"]
    assert (told["code"], told["msg"]) == (0, "OK")
    with tenant_atomic():
        order = Order.objects.get()
    assert data | {"card_items": []} == {
        "order_type": 2,
        "order_no": "G1",
        "out_order_no": order.number,
        "order_status": 20,
        "order_amount": 2_000,
        "goods_no": sku.ref,
        "goods_name": f"{sku.product.name} {sku.name}",
        "buy_quantity": 2,
        "order_time": int(order.placed_at.timestamp()),
        "end_time": int(order.ended_at.timestamp()),
        "card_items": [],
        "ticket_items": [],
        "remark": "",
    }
    assert len({card["card_pwd"] for card in data["card_items"]}) == 2
    assert balance(goofish) == RICH - 2 * PRICE


def test_a_top_up_is_bought_with_what_the_platform_calls_its_account(goofish, top_up):
    content = {"account": PHONE, "game_name": "", "buyer_ip": "113.87.236.130"}

    told = goofish.call(
        "order/recharge/create",
        order_no="G1", goods_no=top_up.ref, buy_quantity=1, biz_content=content,
        notify_url=CALLBACK,
    )  # fmt: skip

    assert (told["code"], told["data"]["order_status"], told["data"]["order_type"]) == (0, 10, 1)
    assert told["data"]["card_items"] == []
    assert (count(), balance(goofish)) == (1, RICH - PRICE)


def test_the_same_number_is_the_same_order(goofish, sku):
    first = goofish.buy(sku, biz_order_no="B1")

    assert goofish.buy(sku, biz_order_no="B1") == first
    assert (count(), balance(goofish)) == (1, RICH - PRICE)


def test_the_seller_s_number_keeps_another_try_from_buying_again(goofish, sku):
    first = goofish.buy(sku, "G1", biz_order_no="B1")

    assert goofish.buy(sku, "G2", biz_order_no="B1") == first
    assert count() == 1


def test_a_number_with_another_order_is_taken(goofish, sku):
    goofish.buy(sku, "G1", biz_order_no="B1")

    assert goofish.buy(sku, "G1", biz_order_no="B1", buy_quantity=2)["code"] == 1203
    assert goofish.buy(sku, "G1", biz_order_no="B2")["code"] == 1203
    assert (count(), balance(goofish)) == (1, RICH - PRICE)


def test_an_order_is_found_by_either_number(goofish, sku):
    bought = goofish.buy(sku)
    number = bought["data"]["out_order_no"]

    assert goofish.call("order/detail", order_no="G1", out_order_no=number) == bought
    assert goofish.call("order/detail", out_order_no=number, order_type=2) == bought
    assert goofish.call("order/info", order_no="G1") == bought
    assert goofish.call("order/detail", order_no="G2")["code"] == 1200
    assert goofish.call("order/detail", order_no="G1", out_order_no="other")["code"] == 1200


def test_an_order_of_another_door_is_not_there(goofish, sku):
    number = goofish.buy(sku)["data"]["out_order_no"]
    with tenant_atomic():
        stranger = Goofish(open_door("goofish"))

    assert stranger.call("order/detail", out_order_no=number)["code"] == 1200
    assert stranger.call("order/refund/apply", order_no="G1")["code"] == 1200


def test_a_voucher_is_refused_as_unknown_goods(goofish, sku):
    told = goofish.call("order/ticket/create", order_no="G1", goods_no=sku.ref, buy_quantity=1)

    assert told["code"] == 1100
    assert count() == 0


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"buy_quantity": 4}, 1102),
        ({"max_amount": 999}, 1202),
        ({"goods_no": "nothing"}, 1100),
        ({"goods_no": 7}, 1201),
        ({"order_no": ""}, 1201),
        ({"order_no": 1}, 1201),
        ({"order_no": "a\nb"}, 1201),
        ({"buy_quantity": "1"}, 1201),
        ({"buy_quantity": True}, 1201),
        ({"buy_quantity": 1.0}, 1201),
        ({"buy_quantity": 0}, 1201),
        ({"max_amount": "1000"}, 1201),
        ({"max_amount": 10**30}, 1201),
        ({"biz_order_no": 7}, 1201),
        ({"notify_url": "https://evil.example/"}, 1201),
        ({"notify_url": "http://open.goofish.pro/"}, 1201),
        ({"notify_url": "https://open.goofish.pro:8443/"}, 1201),
        ({"notify_url": "https://127.0.0.1/"}, 1201),
        ({"notify_url": ["https://open.goofish.pro/"]}, 1201),
    ],
)
def test_what_is_not_as_agreed_moves_nothing(goofish, sku, fields, code):
    told = goofish.buy(sku, **fields)

    assert (goofish.status, told["code"]) == (200, code)
    assert "data" not in told
    assert (count(), balance(goofish)) == (0, RICH)


@pytest.mark.parametrize("content", [None, "text", [], {"account": ["1"]}, {}, {"account": "12"}])
def test_a_top_up_without_an_account_is_not_bought(goofish, top_up, content):
    given = {"order_no": "G1", "goods_no": top_up.ref, "buy_quantity": 1, "biz_content": content}

    assert goofish.call("order/recharge/create", **given)["code"] == 1201
    assert count() == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"biz_content": {"account": "12"}}, "biz_content.account: 请填写 11 位手机号。"),
        ({"biz_content": {"phone": "12"}}, "biz_content.phone: 请填写 11 位手机号。"),
        ({"biz_content": {}}, "biz_content.account: 请填写此项。"),
        ({"biz_content": []}, "biz_content: 请填写对象，包含商品模板要求的内容。"),
        ({"buy_quantity": 0}, "buy_quantity: 请填写 1 到 100 的整数。"),
    ],
)
def test_a_wrong_field_is_called_by_the_protocol_s_name(goofish, top_up, given, said):
    asked = {"order_no": "G1", "goods_no": top_up.ref, "buy_quantity": 1} | given

    told = goofish.call("order/recharge/create", **asked)

    assert (told["code"], told["msg"]) == (1201, said)


def test_who_has_too_little_money_is_told_that_it_cannot_be_had(shop, sku):
    with tenant_atomic():
        poor = Goofish(open_door("goofish", balance_e4=PRICE - 1))

    assert poor.buy(sku)["code"] == 1102
    assert count() == 0


def test_a_tier_s_price_is_rounded_up_to_the_fen_and_paid_to_the_hair(shop, sku):
    with tenant_atomic():
        caller = Goofish(open_door("goofish", tier_id=make_tier(rate=9_875).pk))

    assert caller.call("goods/detail", goods_no=sku.ref)["data"]["price"] == 988
    assert caller.buy(sku, max_amount=988)["data"]["order_amount"] == 988
    assert balance(caller) == RICH - 98_750


def test_a_refund_is_agreed_to_while_nothing_is_delivered(goofish, shop):
    with tenant_atomic():
        by_hand = make_sku(kind=Kind.BY_HAND)
    goofish.buy(by_hand)

    told = goofish.call("order/refund/apply", order_no="G1", order_type=2, refund_amount=1_000)
    again = goofish.call("order/refund/apply", order_no="G1")

    assert told["data"] == {"result": "agree", "remark": "", "refund_data": {}}
    assert again == told
    data = goofish.call("order/detail", order_no="G1")["data"]
    assert (data["order_status"], data["order_amount"], data["card_items"]) == (30, 0, [])


def test_a_refund_of_what_is_delivered_is_refused(goofish, sku):
    goofish.buy(sku)

    told = goofish.call("order/refund/apply", order_no="G1", refund_scene="expire_refund")["data"]

    assert told["result"] == "refuse"
    assert told["remark"]
    assert balance(goofish) == RICH - PRICE


def test_that_the_platform_has_paid_back_is_written_down(goofish, sku):
    number = goofish.buy(sku)["data"]["out_order_no"]

    told = goofish.call("order/refund/notify", order_no="G1", refund_time=1)

    assert told["data"] == {"result": "success", "msg": "OK"}
    with tenant_atomic():
        assert AuditRow.objects.get(action="api.refund_told").target == number


def test_goods_are_watched_for_one_address_or_token(goofish, sku):
    url = "https://open.goofish.pro/api/open/callback/virtual/goods/notify/t1"
    given = {"goods_no": sku.ref, "goods_type": 2}

    assert goofish.call("goods/change/subscribe", **given, notify_url=url)["code"] == 0
    assert goofish.call("goods/change/subscribe", **given, token="t2")["code"] == 0
    assert goofish.call("goods/change/subscribe", **given)["code"] == 1201
    assert (
        goofish.call("goods/change/subscribe", **given, notify_url="https://a.b/")["code"] == 1201
    )

    listed = goofish.call("goods/change/subscribe/list", page_no=1, page_size=10)["data"]
    assert listed["count"] == 2
    assert listed["list"] == [
        {"goods_no": sku.ref, "goods_type": 2, "token": "", "notify_url": url},
        {"goods_no": sku.ref, "goods_type": 2, "token": "t2", "notify_url": url[:-1] + "2"},
    ]
    assert goofish.call("goods/change/unsubscribe", **given, token="t2")["code"] == 0
    with tenant_atomic():
        assert [watch.notify_url for watch in DoorWatch.objects.all()] == [url]
    goofish.call("goods/change/unsubscribe", **given)
    with tenant_atomic():
        assert not DoorWatch.objects.exists()


def test_a_door_watches_so_many_and_no_more(goofish, sku, monkeypatch):
    monkeypatch.setattr(telling, "MOST_WATCHED_OF_ONE", 2)
    given = {"goods_no": sku.ref, "goods_type": 2}

    told = [goofish.call("goods/change/subscribe", **given, token=f"t{n}") for n in (1, 2, 3, 2)]

    assert [one["code"] for one in told] == [0, 0, 1209, 0]
    goofish.call("goods/change/unsubscribe", **given, token="t1")
    assert goofish.call("goods/change/subscribe", **given, token="t3")["code"] == 0
