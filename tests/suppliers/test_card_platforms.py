"""Card platforms as data: what a file says is a recipe, and what its document publishes fits it."""

import json
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs

import pytest

from core.secrets import Secret
from suppliers.adapters.connector import Connector, preview, read_recipe
from suppliers.selectors.recipes import card_platforms
from suppliers.transport import answered
from suppliers.types import Account, Kind, Outcome, PurchaseOrder
from tests.suppliers.card_platforms import preset
from tests.suppliers.test_connector import NOW, NUMBER, Scripted, in_json

PLATFORMS = {each.name: each for each in card_platforms()}
BUYING = [name for name, each in PLATFORMS.items() if each.can_buy]
SECRET = "hush"
BEIJING = timezone(timedelta(hours=8))
CARDS = PurchaseOrder(product="88", kind=Kind.CODES, quantity=2, most_e4=200_000)
TOP_UP = PurchaseOrder(
    product="101", kind=Kind.TOP_UP, quantity=1, target="18888888888", most_e4=100_000
)


def speaker(name, said=b"", *, status=200):
    account = Account(
        app_id="10000", secret=Secret("hush"), further={"recipe": Secret(PLATFORMS[name].recipe)}
    )
    return Connector(account=account, http=Scripted(said, status), clock=NOW.timestamp)


def bought(name, said, *, order=TOP_UP):
    return answered(lambda: speaker(name, said).buy(order=order, number=NUMBER), is_purchase=True)


def asked(name, said):
    return answered(lambda: speaker(name, said).query(number=NUMBER), is_purchase=False)


def sent(found, order, *, number=NUMBER, now=NOW, app_id="10000", secret=SECRET):
    account = Account(app_id=app_id, secret=Secret(secret))
    return preview(read_recipe(json.dumps(found)), order, number, now, account=account)


def test_which_platforms_are_brought():
    assert BUYING == ["feisuyuan", "julangyun", "kayixin", "xinghai", "xingquanyi", "youkayun"]
    assert sorted(set(PLATFORMS) - set(BUYING)) == [
        "chengquan",
        "fanchen",
        "fengzhushou",
        "jingzhao",
    ]


@pytest.mark.parametrize("name", PLATFORMS)
def test_what_is_unsure_is_a_key_of_the_recipe(name):
    for key in PLATFORMS[name].unsure:
        place = preset(name)
        for step in key.split(".", 2):
            assert step in place, key
            place = place[step]


@pytest.mark.parametrize("name", PLATFORMS)
def test_only_what_a_document_says_can_buy(name):
    platform = PLATFORMS[name]

    assert platform.evidence in {"D", "2"}
    assert platform.can_buy is (platform.evidence == "D")
    assert platform.source.startswith("http") is (platform.evidence == "D")


def test_published_kayixin_is_signed_by_its_recipe():
    found = preset("kayixin")
    found["order"] |= {"json": {"orderNumber": "{number}", "outerNumber": ""}, "numbers": ["most"]}

    request = sent(
        found,
        CARDS,
        number="20251016165825069",
        now=datetime.fromtimestamp(1760767397, BEIJING),
        secret="652fbdd2f637606a2afbb2fe0ca72419",
    )

    assert request.headers["X-Signature"] == "6a414e658265ff3ca665cee3b161c4e9"


def test_published_feisuyuan_is_signed_by_its_recipe():
    found = preset("feisuyuan")
    found["order"]["form"] |= {"accountType": "1", "notifyUrl": "http://test.openapi.1688sup.cn"}

    request = sent(
        found,
        TOP_UP,
        number="41858615686074369",
        now=datetime.fromtimestamp(1575010281, BEIJING),
        secret="11111111",
    )

    assert parse_qs(request.body.decode())["sign"] == ["25400A2ED4F77693C6C4E3B40E4D576E"]


def test_published_xinghai_is_signed_by_its_recipe():
    found = preset("xinghai")
    found["order"]["form"]["callbackUrl"] = "http://127.0.0.1:8921/api/callback/test"
    order = PurchaseOrder(product="100001", kind=Kind.TOP_UP, quantity=1, target="18898810602")

    request = sent(
        found,
        order,
        number="2975857684279803",
        now=datetime(2020, 7, 17, 13, 36, 1, 1000, tzinfo=BEIJING),
        app_id="YTUvZeeOdx",
        secret="owfwFkDnlCuiUTYz",
    )

    fields = parse_qs(request.body.decode())
    assert fields["timestamp"] == ["20200717133601001"]
    assert fields["sign"] == ["2f64566717836f1b62276519ac71aaf3"]


def test_an_order_at_kayixin_as_it_goes_out():
    request = sent(preset("kayixin"), TOP_UP)

    assert (request.method, request.path) == ("POST", "/api/v3/order/create")
    assert request.body.decode() == (
        f'{{"goodsId":101,"count":1,"notifyUrl":"","outerNumber":"{NUMBER}","safePrice":10,'
        '"sku":"","attach":[{"name":"充值账号","value":"18888888888"}]}'
    )
    assert request.headers["X-Timestamp"] == "1704135845"


def test_what_is_empty_is_not_sent_to_youkayun():
    request = sent(preset("youkayun"), CARDS)

    assert b'name="outorderno"' in request.body
    assert b"accountname" not in request.body


@pytest.mark.parametrize("name", ["feisuyuan", "julangyun", "xinghai"])
def test_cards_that_a_recipe_cannot_open_are_not_bought(name):
    http = Scripted()
    further = {"recipe": Secret(PLATFORMS[name].recipe)}
    account = Account(app_id="1", secret=Secret("hush"), further=further)
    connector = Connector(account=account, http=http, clock=NOW.timestamp)

    answer = answered(lambda: connector.buy(order=CARDS, number=NUMBER), is_purchase=True)

    assert answer.outcome is Outcome.REJECTED
    assert not hasattr(http, "sent")


# Answers as the documents show them, with our number in them.


@pytest.mark.parametrize(
    ("name", "said", "outcome"),
    [
        ("kayixin", in_json(code=1000, msg="购买成功", data={"cards": [], "orderNumber": "2025"}),
         Outcome.ACCEPTED),
        ("kayixin", in_json(code=1001, msg="余额不足"), Outcome.REJECTED),
        ("kayixin", in_json(code=1001, msg="采购单号重复"), Outcome.ACCEPTED),
        ("kayixin", in_json(code=500, msg="系统异常"), Outcome.UNKNOWN),
        ("xingquanyi", in_json(code="ok", message="", data={"order_id": "5", "state": 200}),
         Outcome.ACCEPTED),
        ("xingquanyi", in_json(code="error", message="余额不足"), Outcome.REJECTED),
        ("xingquanyi", in_json(code="server_error", message=""), Outcome.UNKNOWN),
        ("xingquanyi", in_json(code="ok", data={"order_id": "5", "state": 501}), Outcome.UNKNOWN),
        ("youkayun", in_json(code=1000, msg="下单成功", data={"ordersn": "1"}), Outcome.ACCEPTED),
        ("julangyun", in_json(code=200, data={"accessOrderNo": NUMBER, "orderStatus": 20}),
         Outcome.ACCEPTED),
        ("julangyun", in_json(code=803, message="接入方订单编号已存在"), Outcome.ACCEPTED),
        ("julangyun", in_json(code=1104, message="余额不足"), Outcome.REJECTED),
        ("julangyun", in_json(code=500, message="系统异常"), Outcome.UNKNOWN),
        ("julangyun", in_json(code=1305, message="请稍后再试"), Outcome.UNKNOWN),
        ("feisuyuan", in_json(code="2000", message="ok"), Outcome.ACCEPTED),
        ("feisuyuan", in_json(code="1008", message="Insufficient Balance"), Outcome.REJECTED),
        ("feisuyuan", in_json(code="1999", message="unknown error"), Outcome.UNKNOWN),
        ("xinghai", in_json(code="00", msg="下单成功", outOrderId=NUMBER, cost="10.335"),
         Outcome.ACCEPTED),
        ("xinghai", in_json(code="-18", msg="余额不足"), Outcome.REJECTED),
        ("xinghai", in_json(code="-16", msg="重复下单"), Outcome.ACCEPTED),
        ("xinghai", in_json(code="-99", msg="系统异常"), Outcome.UNKNOWN),
    ],
)  # fmt: skip
def test_what_is_understood_of_an_order(name, said, outcome):
    assert bought(name, said).outcome is outcome


KAYIXIN = {"orderNumber": "2", "outerNumber": NUMBER, "count": 1, "money": 0.11, "retMoney": 0}
STAR = {"id": "5", "product_id": 1887, "quantity": 1, "total_price": "3.0000", "state": 200}


@pytest.mark.parametrize(
    ("name", "said", "outcome"),
    [
        ("kayixin", in_json(code=1000, data=KAYIXIN | {"status": 3}), Outcome.SUCCESS),
        ("kayixin", in_json(code=1000, data=KAYIXIN | {"status": 8}), Outcome.ACCEPTED),
        ("kayixin", in_json(code=1000, data=KAYIXIN | {"status": 4}), Outcome.FAILED),
        ("kayixin", in_json(code=1000, data=KAYIXIN | {"status": 5}), Outcome.UNKNOWN),
        ("xingquanyi", in_json(code="ok", data=STAR), Outcome.SUCCESS),
        ("youkayun", in_json(code=1000, data={"outer_order_no": NUMBER, "status": 5}),
         Outcome.FAILED),
        ("julangyun", in_json(code=200, data={"accessOrderNo": NUMBER, "orderStatus": 30}),
         Outcome.SUCCESS),
        ("feisuyuan", in_json(code="0000", status="01", outTradeNo=NUMBER), Outcome.SUCCESS),
        ("feisuyuan", in_json(code="0000", status="03", outTradeNo=NUMBER), Outcome.FAILED),
        ("feisuyuan", in_json(code="0000", status="04", outTradeNo=NUMBER), Outcome.ACCEPTED),
        ("xinghai", in_json(code="00", orderStatus="2", outOrderId=NUMBER), Outcome.SUCCESS),
        ("xinghai", in_json(code="00", orderStatus="3", outOrderId=NUMBER), Outcome.FAILED),
    ],
)  # fmt: skip
def test_what_is_understood_of_a_query(name, said, outcome):
    answer = asked(name, said)

    assert (answer.outcome, answer.is_absent) == (outcome, False)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("kayixin", in_json(code=1001, msg="订单不存在")),
        ("xingquanyi", in_json(code="error", message="订单不存在")),
        ("youkayun", in_json(code=1001, msg="订单不存在")),
        ("julangyun", in_json(code=1301, message="订单不存在")),
        ("feisuyuan", in_json(code="1012", message="no order")),
        ("xinghai", in_json(code="00", orderStatus="4", outOrderId=NUMBER)),
    ],
)
def test_they_say_that_there_is_no_such_order(name, said):
    assert asked(name, said).is_absent


def test_cards_come_to_the_letter():
    card = {"cardId": "764", "cardNo": "0123456789", "cardPwd": "", "status": 0}
    said = in_json(code=1000, data=KAYIXIN | {"status": 3, "cards": [card]})
    star = in_json(code="ok", data=STAR | {"cards": [{"no": "vip001", "password": "0pPN"}]})

    (one,), (other,) = asked("kayixin", said).codes, asked("xingquanyi", star).codes

    assert (one.secret.reveal(), one.number) == ("0123456789", None)
    assert (other.secret.reveal(), other.number.reveal()) == ("0pPN", "vip001")


@pytest.mark.parametrize(
    ("name", "said", "balance_e4"),
    [
        ("kayixin", in_json(code=1000, msg="success", data={"balance": 363.52}), 3_635_200),
        ("xingquanyi", in_json(code="ok", data={"balance": "575.6000"}), 5_756_000),
        ("youkayun", in_json(code=1000, msg="查询成功", money="1.00"), 10_000),
        ("julangyun", in_json(code=200, data={"amount": 2369.72, "credit": 2000}), 23_697_200),
        ("feisuyuan", in_json(code="0000", balance="33.22"), 332_200),
        ("xinghai", in_json(code="00", msg="查询成功", balance="6788.654"), 67_886_540),
        ("fengzhushou", in_json(retcode=0, data={"balance": 1}), 10_000),
        ("chengquan", in_json(code=7000, data={"balance": 1}), 10_000),
        ("fanchen", in_json(resultno="1", balance="1"), 10_000),
        ("jingzhao", in_json(code="ok", data={"balance": "1"}), 10_000),
    ],
)
def test_the_balance_is_theirs(name, said, balance_e4):
    assert speaker(name, said).balance_e4() == balance_e4
