"""A supplier by a recipe: what a merchant starts from, and what a trial shows."""

import json

import pytest

from core.scope import tenant_atomic
from suppliers import services
from suppliers.models import Supplier
from suppliers.selectors.recipes import card_platforms
from tests.dashboard.people import browser_of
from tests.suppliers.card_platforms import preset

pytestmark = pytest.mark.django_db(databases="__all__")
PAGE = "/office/suppliers/recipe/"
CONTRACT = {
    "name": "Kayixin",
    "base_url": "https://kyx.test/",
    "app_id": "10000",
    "secret": "652fbdd2f637606a2afbb2fe0ca72419",
}
TRIAL = {"then": "try", "product": "88", "quantity": "2", "target": "", "call": "query"}
HALF = '"\\ud83d"'  # of a character: JSON may say it, a page cannot
BOUGHT = {"orderNumber": "S1", "outerNumber": "another", "status": 3, "count": 2, "money": 0.11}


def recipe_of(name):
    return json.dumps(preset(name))


def tried(shop, **changes):
    """The page after a trial."""
    given = CONTRACT | TRIAL | {"recipe": recipe_of("kayixin")} | changes
    return browser_of(shop, "owner").post(PAGE, given)


def test_every_platform_is_offered(shop):
    page = browser_of(shop, "owner").get(PAGE).content.decode()

    for platform in card_platforms():
        assert platform.label_en in page


@pytest.mark.parametrize("name", [each.name for each in card_platforms()])
def test_a_platform_fills_the_recipe(shop, name):
    page = browser_of(shop, "owner").get(f"{PAGE}?start={name}")

    assert json.loads(page.context["form"]["recipe"].value()) == preset(name)


def test_in_chinese_a_platform_has_its_chinese_name(shop):
    browser = browser_of(shop, "owner")
    browser.post("/office/language/", {"language": "zh-hans", "next": "/office/"})

    page = browser.get(f"{PAGE}?start=kayixin").content.decode()

    assert "按配方新增供应商：卡易信" in page
    assert "依据平台官方文档。" in page


def test_a_platform_of_which_only_the_balance_is_known_says_so(shop):
    browser = browser_of(shop, "owner")

    pages = [browser.get(f"{PAGE}?start={name}") for name in ("fanchen", "kayixin")]

    assert ["Balance only until" in one.content.decode() for one in pages] == [True, False]


def test_a_platform_that_is_not_known_starts_nothing(shop):
    page = browser_of(shop, "owner").get(f"{PAGE}?start=../nobody")

    assert (page.status_code, page.context["start"]) == (200, None)


def test_a_preset_is_docked_as_it_is(shop):
    given = CONTRACT | {"recipe": recipe_of("kayixin")}

    browser_of(shop, "owner").post(f"{PAGE}?start=kayixin", given)

    with tenant_atomic():
        supplier = Supplier.objects.get()
        further = services.speaker(supplier)._account.further
    assert supplier.protocol == "connector"
    assert json.loads(further["recipe"].reveal()) == preset("kayixin")


def test_what_is_wrong_is_told_at_the_recipe(shop):
    page = browser_of(shop, "owner").post(PAGE, CONTRACT | {"recipe": '{"order": {}}'})

    assert page.status_code == 422
    assert "query" in str(page.context["form"].errors["recipe"])
    with tenant_atomic():
        assert not Supplier.objects.exists()


def test_a_trial_shows_what_would_be_sent_and_keeps_nothing(shop):
    page = tried(shop)

    order, query, balance = page.context["tried"]
    assert order["text"].startswith("POST https://kyx.test/api/v3/order/create\n")
    assert '"goodsId":88,"count":2' in order["text"]
    assert query["text"].startswith("POST https://kyx.test/api/v3/order/getDetail\n")
    assert balance["text"].endswith("\n\n{}")
    with tenant_atomic():
        assert not Supplier.objects.exists()


def test_a_trial_never_shows_the_secret(shop):
    recipe = preset("kayixin")
    recipe["order"]["headers"]["X-Key"] = CONTRACT["secret"]

    page = tried(shop, recipe=json.dumps(recipe))

    assert CONTRACT["secret"] not in page.context["tried"][0]["text"]
    assert "X-Key: ••••" in page.context["tried"][0]["text"]
    assert page.context["form"]["secret"].as_widget().find(CONTRACT["secret"]) == -1


def test_a_trial_keeps_what_was_typed(shop):
    page = tried(shop, name="Mine")

    assert page.context["form"]["name"].value() == "Mine"
    assert page.context["trial"]["product"].value() == "88"
    assert page.context["form"].errors == {}


def test_a_trial_reads_their_answer_and_masks_its_codes(shop):
    cards = [{"cardNo": "N1", "cardPwd": "SECRETCODE1"}, {"cardNo": "N2", "cardPwd": "SECRETCODE2"}]
    reply = json.dumps({"code": 1000, "msg": "success", "data": BOUGHT | {"cards": cards}})

    page = tried(shop, reply=reply)

    lines = {str(label): str(text) for label, text in page.context["answer"]}
    assert lines["Taken for"] == "bought: the codes are delivered"
    assert "0.1100" in lines.values()
    assert "S••••1, S••••2" in lines.values()


@pytest.mark.parametrize(
    ("call", "reply", "told"),
    [
        ("query", {"code": 1000, "data": BOUGHT | {"status": 5}}, "not among the outcomes: 1000/5"),
        ("query", {"code": 1, "msg": "订单不存在"}, "no such order"),
        ("order", {"code": 1, "msg": "余额不足"}, "refused: the next"),
        ("balance", {"code": 1000, "data": {"balance": 363.52}}, "363.5200"),
        ("balance", {"code": 7, "msg": "签名错误"}, "签名错误"),
        ("query", [], "It is no JSON object."),
    ],
)
def test_a_trial_says_what_an_answer_would_be_taken_for(shop, call, reply, told):
    page = tried(shop, call=call, reply=json.dumps(reply, ensure_ascii=False))

    assert told in " ".join(str(text) for _label, text in page.context["answer"])


def test_a_trial_of_what_is_no_recipe_says_why(shop):
    page = tried(shop, recipe="{")

    assert page.status_code == 422
    assert "recipe: is no JSON" in page.context["why"]


def test_a_trial_needs_no_contract(shop):
    page = browser_of(shop, "owner").post(
        PAGE, {"then": "try", "call": "query", "recipe": recipe_of("feisuyuan")}
    )

    order, query, _balance = page.context["tried"]
    assert (page.status_code, order["why"], query["why"]) == (200, "", "")
    assert order["text"].startswith("POST /recharge/order\n")
    assert "merchantId=10001" in query["text"]


def test_fields_that_a_buyer_fills_in_are_shown_by_their_names(shop):
    recipe = preset("feisuyuan")
    recipe["order"]["form"]["extendParameter"] = "{fields.区服}"

    page = tried(shop, recipe=json.dumps(recipe), quantity="1", target="13800000000")

    assert "extendParameter=%E5%8C%BA%E6%9C%8D" in page.context["tried"][0]["text"]


def test_a_trial_with_a_quantity_that_is_none_is_told_at_its_field(shop):
    page = tried(shop, quantity="0")

    assert page.status_code == 422
    assert "quantity" in page.context["trial"].errors


def test_half_a_character_in_an_answer_is_shown_as_a_question_mark(shop):
    page = tried(shop, call="balance", reply=f'{{"code": 7, "msg": {HALF}}}')

    assert page.status_code == 200
    assert "7 ?" in {text for _label, text in page.context["answer"]}


@pytest.mark.parametrize("then", [{"then": "try"}, {}])
def test_half_a_character_in_a_key_of_a_recipe_is_told_and_shown(shop, then):
    recipe = recipe_of("kayixin").removesuffix("}") + f", {HALF}: 1}}"

    page = browser_of(shop, "owner").post(
        PAGE, CONTRACT | {"recipe": recipe, "call": "query"} | then
    )

    assert page.status_code == 422
    assert "?: is no key of a recipe" in page.content.decode()


def test_half_a_character_that_a_recipe_sends_is_told_in_a_trial(shop):
    recipe = preset("kayixin")
    recipe["order"]["json"] = recipe["order"].get("json", {}) | {"half": "\ud83d"}

    page = tried(shop, recipe=json.dumps(recipe))

    assert page.status_code == 200
    assert "cannot be written" in page.context["tried"][0]["why"]
