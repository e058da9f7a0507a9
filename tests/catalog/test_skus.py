import pytest

from catalog import services as catalog
from catalog.errors import NameTaken, NoSource
from catalog.models import Sku
from catalog.states import Kind, ProductState
from core.errors import InvalidInput, NotFound
from core.money import MOST_E4
from core.scope import tenant_atomic
from tenants.models import AuditRow
from tests.catalog.factories import make_product, make_sku, make_template
from tests.catalog.people import OWNER
from tests.conftest import as_tenant
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")

GIVEN = {"name": "年卡", "price_e4": 1_480_000}


def create(product=None, **fields):
    product = product or make_product(state=ProductState.DRAFT)
    return catalog.create_sku(product_id=product.pk, given=GIVEN | fields, by=OWNER, now=NOON)


def test_a_sku_says_what_it_costs_and_how_it_is_delivered():
    template = make_template()

    sku = create(buyer_template_id=template.pk, kind="by_hand", promise="fast", duration_days=365)

    sku.refresh_from_db()
    assert (sku.price_e4, sku.kind, sku.promise) == (1_480_000, "by_hand", "fast")
    assert sku.buyer_template == template


def test_a_changed_price_is_in_the_audit_log_with_what_it_was():
    sku = make_sku(price_e4=100_000)

    catalog.change_sku(sku_id=sku.pk, given={"price_e4": 90_000}, by=OWNER, now=NOON)

    row = AuditRow.objects.get(action="sku.changed")
    assert (row.data["before_e4"], row.data["after_e4"]) == (100_000, 90_000)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"name": " "}, "name"),
        ({"price_e4": 0}, "price_e4"),
        ({"price_e4": -100}, "price_e4"),
        ({"price_e4": 12_345}, "price_e4"),
        ({"price_e4": MOST_E4 + 100}, "price_e4"),
        ({"price_e4": None}, "price_e4"),
        ({"list_price_e4": -1}, "list_price_e4"),
        ({"most_per_order": 0}, "most_per_order"),
        ({"most_per_order": 101}, "most_per_order"),
        ({"min_days_left": -1}, "min_days_left"),
        ({"kind": "magic"}, "kind"),
        ({"promise": "never"}, "promise"),
        ({"buyer_template_id": 999_999_999}, "buyer_template_id"),
        ({"ref": "MINE"}, "ref"),
    ],
)
def test_what_cannot_be_is_refused_by_name(fields, param):
    with pytest.raises(InvalidInput) as refusal:
        create(**fields)

    assert refusal.value.param == param
    assert not Sku.objects.exists()


def test_two_skus_of_one_product_cannot_share_a_name():
    product = create().product

    with pytest.raises(NameTaken):
        create(product)

    assert product.skus.count() == 1


def test_a_product_on_the_shelf_stays_deliverable():
    sku = make_sku()

    with pytest.raises(NoSource), tenant_atomic():
        catalog.change_sku(sku_id=sku.pk, given={"kind": Kind.VOUCHER}, by=OWNER, now=NOON)

    sku.refresh_from_db()
    assert sku.kind == Kind.STOCK_CODE


def test_another_shops_sku_is_not_there(other_shop):
    with as_tenant(other_shop.pk), tenant_atomic():
        theirs = make_sku()

    with pytest.raises(NotFound):
        catalog.change_sku(sku_id=theirs.pk, given={"price_e4": 100}, by=OWNER, now=NOON)


@pytest.mark.parametrize(
    "pattern", ["[A-Z0-9]{16}", r"\d{10}", "YK[0-9A-F]{4}-[0-9A-F]{4}", "a+b*"]
)
def test_a_plain_pattern_is_kept(pattern):
    sku = create(code_format={"secret": {"pattern": pattern}, "card_no": {}})

    assert sku.code_format == {"secret": {"min": 1, "max": 200, "pattern": pattern}}


@pytest.mark.parametrize(
    "rule",
    [
        {"secret": {"pattern": "(a+)+b"}},
        {"secret": {"pattern": "a*a*a*a*b"}},
        {"secret": {"pattern": "[z-a]"}},
        {"secret": {"pattern": "["}},
        {"secret": {"pattern": "A" * 101}},
        {"secret": {"min": 9, "max": 3}},
        {"secret": {"min": "x"}},
        {"secret": "x"},
        {"pin": {"min": 1}},
        "x",
    ],
)
def test_a_pattern_that_could_keep_the_importer_busy_or_means_nothing_is_refused(rule):
    with pytest.raises(InvalidInput) as refusal:
        create(code_format=rule)

    assert refusal.value.param == "code_format"
