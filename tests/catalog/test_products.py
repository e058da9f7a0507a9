from datetime import timedelta

import pytest

from catalog import services as catalog
from catalog.errors import NoSource
from catalog.models import PastTerms, Product
from catalog.selectors import find_on_sale, terms_at
from catalog.services import products
from catalog.states import MOVES, Kind, ProductState
from core.actors import SYSTEM
from core.errors import InvalidInput, NotFound
from core.scope import tenant_atomic
from core.states import MoveRefused
from tenants.models import AuditRow
from tests.catalog.factories import make_brand, make_category, make_product, make_sku
from tests.catalog.people import OWNER
from tests.conftest import as_tenant
from tests.times import MORNING, NEXT_DAY, NOON

pytestmark = pytest.mark.usefixtures("scope")


def given(**fields):
    return {
        "name": "优酷会员年卡",
        "brand_id": make_brand(name="优酷").pk,
        "category_id": make_category().pk,
    } | fields


def draft(**fields):
    product = make_product(state=ProductState.DRAFT, **fields)
    make_sku(product=product)
    return product


def test_a_new_product_is_a_draft_that_can_be_searched_by_its_brand():
    product = catalog.create_product(given=given(name_en="VIP 1 Year"), by=OWNER, now=NOON)

    product.refresh_from_db()
    assert product.state == ProductState.DRAFT
    assert product.search == "优酷会员年卡 vip 1 year 优酷"
    assert [(m.old, m.new, m.by) for m in product.moves.all()] == [("", "draft", OWNER.label)]


def test_a_description_keeps_its_form_and_loses_its_script():
    body = (
        '<p onclick="x()">好<script>alert(1)</script></p><a href="javascript:x()">a</a><h3>t</h3>'
    )

    product = catalog.create_product(given=given(body=body), by=OWNER, now=NOON)

    assert product.body == '<p>好</p><a rel="noopener noreferrer">a</a><h3>t</h3>'


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "\0"}, "name"),
        ({"brand_id": 0}, "brand_id"),
        ({"category_id": None}, "category_id"),
        ({"redeem_url": "javascript:alert(1)"}, "redeem_url"),
        ({"redeem_url": "https://"}, "redeem_url"),
        ({"picture": "f" * 64}, "picture"),
        ({"position": "many"}, "position"),
        ({"state": "published"}, "state"),
        ({"tenant_id": 7}, "tenant_id"),
    ],
)
def test_what_cannot_be_is_refused_by_name(fields, param):
    with pytest.raises(InvalidInput) as refusal:
        catalog.create_product(given=given(**fields), by=OWNER, now=NOON)

    assert refusal.value.param == param
    assert not Product.objects.exists()


def test_another_shops_brand_cannot_be_chosen(other_shop, shop):
    with as_tenant(other_shop.pk), tenant_atomic():
        theirs = make_brand().pk

    with pytest.raises(InvalidInput) as refusal:
        catalog.create_product(given=given(brand_id=theirs), by=OWNER, now=NOON)

    assert refusal.value.param == "brand_id"


def test_another_shops_product_cannot_be_changed(other_shop):
    with as_tenant(other_shop.pk), tenant_atomic():
        theirs = make_product(name="theirs")

    with pytest.raises(NotFound):
        catalog.change_product(product_id=theirs.pk, given={"name": "ours"}, by=OWNER, now=NOON)


def test_publishing_puts_it_on_the_shelf_and_says_so():
    product = draft()

    catalog.publish(product_id=product.pk, by=OWNER, now=NOON)
    catalog.publish(product_id=product.pk, by=OWNER, now=NOON)

    assert find_on_sale(ref=product.ref, now=NOON) == product
    assert product.moves.count() == 1
    assert AuditRow.objects.filter(action="product.published", target=product.ref).count() == 1


def test_a_product_without_anything_on_sale_is_not_published():
    product = make_product(state=ProductState.DRAFT)
    make_sku(product=product, is_on_sale=False)

    with pytest.raises(NoSource):
        catalog.publish(product_id=product.pk, by=OWNER, now=NOON)

    product.refresh_from_db()
    assert product.state == ProductState.DRAFT


@pytest.mark.parametrize("kind", [Kind.VOUCHER])
def test_a_product_that_nobody_could_deliver_is_not_published(kind):
    product = draft()
    make_sku(product=product, kind=kind)

    with pytest.raises(NoSource) as refusal:
        catalog.publish(product_id=product.pk, by=OWNER, now=NOON)

    assert refusal.value.data == {"kind": kind}


@pytest.mark.parametrize("kind", [Kind.STOCK_CODE, Kind.REUSABLE, Kind.BY_HAND])
def test_a_product_with_a_source_is_published(kind):
    product = make_product(state=ProductState.DRAFT)
    make_sku(product=product, kind=kind)

    assert catalog.publish(product_id=product.pk, by=OWNER, now=NOON).state == "published"


def test_taking_it_off_the_shelf_and_putting_it_back():
    product = draft()
    catalog.publish(product_id=product.pk, by=OWNER, now=MORNING)

    catalog.unpublish(product_id=product.pk, by=OWNER, now=NOON)

    assert find_on_sale(ref=product.ref, now=NOON) is None
    assert catalog.publish(product_id=product.pk, by=OWNER, now=NOON).state == "published"


def test_a_schedule_is_followed_when_its_moment_comes():
    product = draft()
    late = NEXT_DAY + timedelta(hours=1)
    catalog.schedule(
        product_id=product.pk, publish_at=NEXT_DAY, unpublish_at=late, by=OWNER, now=NOON
    )

    catalog.follow_schedule(product_id=product.pk, now=NOON)
    assert find_on_sale(ref=product.ref, now=NOON) is None

    catalog.follow_schedule(product_id=product.pk, now=NEXT_DAY)
    catalog.follow_schedule(product_id=product.pk, now=NEXT_DAY)
    assert find_on_sale(ref=product.ref, now=NEXT_DAY) == product

    catalog.follow_schedule(product_id=product.pk, now=late)
    moves = [(m.new, m.by) for m in product.moves.order_by("id")]
    assert moves == [("published", "system"), ("unpublished", "system")]


def test_a_schedule_whose_source_is_gone_stays_off_the_shelf_and_says_why():
    product = draft()
    catalog.schedule(
        product_id=product.pk, publish_at=NEXT_DAY, unpublish_at=None, by=OWNER, now=NOON
    )
    product.skus.update(is_on_sale=False)

    catalog.follow_schedule(product_id=product.pk, now=NEXT_DAY)

    product.refresh_from_db()
    assert (product.state, product.publish_at) == ("draft", None)
    assert product.moves.get().reason == "no_source"


@pytest.mark.parametrize(
    ("publish_at", "unpublish_at", "param"),
    [
        (MORNING, None, "publish_at"),
        (None, MORNING, "unpublish_at"),
        (NEXT_DAY, NEXT_DAY, "unpublish_at"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(publish_at, unpublish_at, param):
    product = draft()

    with pytest.raises(InvalidInput) as refusal:
        catalog.schedule(
            product_id=product.pk,
            publish_at=publish_at,
            unpublish_at=unpublish_at,
            by=OWNER,
            now=NOON,
        )

    assert refusal.value.param == param


def test_a_copy_is_a_draft_with_the_same_skus_and_names_of_its_own():
    sku = make_sku(product=make_product(name="优酷会员", state="published"), price_e4=1_480_000)

    copy = catalog.copy_product(product_id=sku.product.pk, by=OWNER, now=NOON)

    assert copy.state == ProductState.DRAFT
    assert copy.ref != sku.product.ref
    copied = copy.skus.get()
    assert (copied.name, copied.price_e4) == (sku.name, 1_480_000)
    assert copied.ref != sku.ref


def test_products_stand_in_the_order_they_were_given():
    one, two, three = make_product(), make_product(), make_product()

    catalog.sort(product_ids=[three.pk, one.pk, two.pk], by=OWNER, now=NOON)

    assert list(Product.objects.order_by("position")) == [three, one, two]


def rules_at(product, *moments):
    return [
        terms_at(products=[product], moment=moment)[product.pk].shown.refund_rule
        for moment in moments
    ]


def test_terms_stay_what_they_were_for_who_ordered_before_they_were_changed():
    product = make_product(refund_rule="七天可退")
    for moment, rule in ((NOON, "三天可退"), (NEXT_DAY, "不可退")):
        changed = {"product_id": product.pk, "given": {"refund_rule": rule}}
        catalog.change_product(**changed, by=OWNER, now=moment)

    product.refresh_from_db()
    late = NEXT_DAY + timedelta(days=1)
    told = rules_at(product, MORNING, NOON, NEXT_DAY - timedelta(seconds=1), NEXT_DAY, late)
    assert told == ["七天可退", "三天可退", "三天可退", "不可退", "不可退"]


def test_a_change_of_other_words_keeps_no_terms():
    product = make_product(refund_rule="七天可退")

    catalog.change_product(
        product_id=product.pk, given={"how_to_use": "打开 App"}, by=OWNER, now=NOON
    )

    assert PastTerms.objects.count() == 0


def test_each_product_has_the_terms_of_its_own_time(django_assert_num_queries):
    products = [make_product(name=f"{number}", refund_rule="旧") for number in range(3)]
    catalog.edit_many(
        product_ids=[one.pk for one in products[:2]],
        given={"refund_rule": "新"},
        by=OWNER,
        now=NOON,
    )
    products = list(Product.objects.order_by("pk"))

    with django_assert_num_queries(1):
        before = terms_at(products=products, moment=MORNING)
    after = terms_at(products=products, moment=NOON)

    assert [before[one.pk].refund_rule for one in products] == ["旧", "旧", "旧"]
    assert [after[one.pk].refund_rule for one in products] == ["新", "新", "旧"]


FORBIDDEN = [(old, new) for old in ProductState for new in ProductState if new not in MOVES[old]]


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_no_move_outside_the_table(old, new):
    product = make_product(state=old)

    with pytest.raises(MoveRefused):
        products._move(product, new, by=SYSTEM, reason="test", now=NOON)

    product.refresh_from_db()
    assert product.state == old
    assert not product.moves.exists()
