import pytest

from catalog import services as catalog
from catalog.selectors import buyer_fields
from core.errors import InvalidInput
from tests.catalog.factories import make_sku, make_template
from tests.catalog.people import OWNER
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")

GAME = (
    {"key": "account", "kind": "account", "label": "游戏账号", "label_en": "Game account"},
    {"key": "region", "kind": "region", "label": "大区", "options": ["微信区", "QQ 区"]},
    {"key": "note", "kind": "text", "label": "备注", "is_required": False},
)


def sku_asking(*fields):
    return make_sku(buyer_template=make_template(*fields))


def one(kind):
    return sku_asking({"key": "it", "kind": kind, "label": "它"})


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("phone", "138 0013 8000", "13800138000"),
        ("phone", "+86-138-0013-8000", "13800138000"),
        ("phone", "13800138000", "13800138000"),
        ("qq", " 10001 ", "10001"),
        ("email", "Li.Lei@Example.com", "li.lei@example.com"),
        ("account", "li_lei#1024", "li_lei#1024"),
        ("text", "给我的朋友", "给我的朋友"),
    ],
)
def test_an_answer_is_kept_in_its_one_right_form(kind, typed, kept):
    assert catalog.clean_buyer_fields(sku=one(kind), given={"it": typed}) == {"it": kept}


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("phone", "1380013800"),
        ("phone", "23800138000"),
        ("phone", "+1 650 253 0000"),
        ("phone", "phone"),
        ("phone", "1" * 200),
        ("qq", "01234"),
        ("qq", "１２３４５６"),
        ("qq", "123456789012"),
        ("email", "li.lei"),
        ("account", "li lei"),
        ("text", "x" * 101),
        ("text", "\0 "),
        ("phone", ""),
    ],
)
def test_an_answer_that_cannot_be_is_refused_at_its_field(kind, typed):
    with pytest.raises(InvalidInput) as refusal:
        catalog.clean_buyer_fields(sku=one(kind), given={"it": typed})

    assert refusal.value.param == "it"


def test_a_game_account_comes_with_its_region_and_nothing_that_was_not_asked():
    given = {"account": "lilei", "region": "微信区", "id_card": "110101199003077777"}

    kept = catalog.clean_buyer_fields(sku=sku_asking(*GAME), given=given)

    assert kept == {"account": "lilei", "region": "微信区"}


def test_a_region_that_is_not_on_the_list_is_refused():
    with pytest.raises(InvalidInput) as refusal:
        catalog.clean_buyer_fields(
            sku=sku_asking(*GAME), given={"account": "lilei", "region": "火星"}
        )

    assert refusal.value.param == "region"


def test_a_code_from_stock_asks_for_nothing():
    assert catalog.clean_buyer_fields(sku=make_sku(), given={"phone": "13800138000"}) == {}


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        ("phone", "13800138000", "138****8000"),
        ("email", "lilei@example.com", "l***@example.com"),
        ("qq", "123456789", "12••••89"),
        ("account", "lilei", "••••"),
    ],
)
def test_a_list_shows_answers_masked(kind, text, shown):
    (field,) = buyer_fields(one(kind))

    assert field.mask(text) == shown


def test_a_form_is_kept_as_it_was_made():
    template = catalog.save_template(name="游戏", fields=GAME, by=OWNER, now=NOON)

    fields = buyer_fields(make_sku(buyer_template=template))

    assert [field.key for field in fields] == ["account", "region", "note"]
    assert fields[0].label_in("en") == "Game account"
    assert fields[1].options == ("微信区", "QQ 区")
    assert not fields[2].is_required


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [{"key": "a", "kind": "text", "label": "A"}] * 2,
        [{"key": "a", "kind": "fingerprint", "label": "A"}],
        [{"key": "A b", "kind": "text", "label": "A"}],
        [{"key": "a", "kind": "text", "label": ""}],
        [{"key": "a", "kind": "region", "label": "A"}],
        [{"key": "a", "kind": "text", "label": "A", "options": ["x"]}],
        [{"key": "a", "kind": "text", "label": "A", "onclick": "x"}],
        [{"key": "a"}],
    ],
)
def test_a_form_that_nobody_could_fill_in_is_refused(fields):
    with pytest.raises(InvalidInput) as refusal:
        catalog.save_template(name="x", fields=fields, by=OWNER, now=NOON)

    assert refusal.value.param == "fields"
