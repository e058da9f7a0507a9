"""Many products at once: done, counted, and undone to exactly what each was."""

from datetime import timedelta

import pytest

from catalog import services as catalog
from catalog.errors import UndoneAlready
from catalog.models import ManyChange, PastTerms, Product, ProductMove
from catalog.services import many
from catalog.states import MOVES, Kind, ProductState
from core.errors import InvalidInput
from core.states import MoveRefused
from tests.catalog.factories import make_brand, make_category, make_product, make_sku
from tests.catalog.people import OWNER
from tests.times import NEXT_DAY, NOON

pytestmark = pytest.mark.usefixtures("scope")
LATER = NOON + timedelta(hours=1)


def goods(state, **fields):
    product = make_product(state=state, **fields)
    make_sku(product=product)
    return product


def states(*products):
    found = Product.objects.in_bulk([one.pk for one in products])
    return [str(found[one.pk].state) for one in products]


def put_on(*products, barred=None):
    ids = [one.pk for one in products]
    return catalog.publish_many(product_ids=ids, barred=barred or {}, by=OWNER, now=NOON)


def test_what_comes_on_the_shelf_is_again_exactly_what_it_was():
    draft, off, on = goods("draft"), goods("unpublished"), goods("published")

    change = put_on(draft, off, on)
    was_on = states(draft, off, on)
    undone = catalog.undo_many(ref=change.ref, by=OWNER, now=LATER)

    assert (change.count, was_on) == (2, ["published"] * 3)
    assert states(draft, off, on) == ["draft", "unpublished", "published"]
    assert undone.restored == 2
    assert [(m.old, m.new) for m in draft.moves.order_by("pk")] == [
        ("draft", "published"),
        ("published", "draft"),
    ]


def test_a_schedule_comes_back_with_the_undoing_but_no_moment_that_has_passed():
    soon, later = goods("draft", publish_at=LATER), goods("draft", publish_at=NEXT_DAY)

    change = put_on(soon, later)
    cleared = list(Product.objects.values_list("publish_at", flat=True))
    catalog.undo_many(ref=change.ref, by=OWNER, now=LATER + timedelta(minutes=1))

    assert cleared == [None, None]
    assert Product.objects.get(pk=soon.pk).publish_at is None
    assert Product.objects.get(pk=later.pk).publish_at == NEXT_DAY


def test_what_could_not_be_delivered_stays_off_and_stops_nobody_else():
    empty, good, barred = make_product(state="draft"), goods("draft"), goods("draft")
    by_voucher = make_product(state="draft")
    make_sku(product=by_voucher, kind=Kind.VOUCHER)

    change = put_on(empty, good, barred, by_voucher, barred={barred.pk: catalog.NO_OFFER})

    assert states(empty, good, barred, by_voucher) == ["draft", "published", "draft", "draft"]
    assert change.refused == {
        str(empty.pk): catalog.NOTHING_ON_SALE,
        str(by_voucher.pk): catalog.NO_SOURCE,
        str(barred.pk): catalog.NO_OFFER,
    }


def test_what_somebody_moved_meanwhile_stays_as_they_left_it():
    ours, theirs = goods("published"), goods("published")
    change = catalog.unpublish_many(product_ids=[ours.pk, theirs.pk], by=OWNER, now=NOON)
    for verb in (catalog.publish, catalog.unpublish):
        verb(product_id=theirs.pk, by=OWNER, now=LATER)

    undone = catalog.undo_many(ref=change.ref, by=OWNER, now=LATER)

    assert states(ours, theirs) == ["published", "unpublished"]
    assert undone.restored == 1


def test_a_second_undoing_is_refused():
    change = put_on(goods("draft"))
    catalog.undo_many(ref=change.ref, by=OWNER, now=LATER)

    with pytest.raises(UndoneAlready):
        catalog.undo_many(ref=change.ref, by=OWNER, now=LATER)


def test_many_get_the_same_values_and_their_own_back():
    new = make_brand(name="新品牌")
    one, two, other = make_product(refund_rule="旧"), make_product(), make_product()
    before = (one.brand_id, one.category_id, f"{one.name} {one.brand.name}".lower())
    given = {"refund_rule": "不退", "brand_id": new.pk, "category_id": make_category(name="新").pk}

    change = catalog.edit_many(product_ids=[one.pk, two.pk], given=given, by=OWNER, now=NOON)
    found = list(Product.objects.filter(refund_rule="不退", brand=new))
    text = Product.objects.get(pk=one.pk).search
    catalog.undo_many(ref=change.ref, by=OWNER, now=LATER)

    assert (change.count, found) == (2, [one, two])
    assert "新品牌" in text
    one.refresh_from_db()
    assert (one.brand_id, one.category_id, one.search, one.refund_rule) == (*before, "旧")
    assert [terms.refund_rule for terms in one.past_terms.order_by("until")] == ["旧", "不退"]
    assert Product.objects.get(pk=other.pk).refund_rule == ""


def test_undoing_leaves_what_was_changed_again_and_what_has_no_category_to_go_back_to():
    gone, kept = make_category(name="旧一"), make_category(name="旧二")
    lost, again, back = (make_product(category=one) for one in (gone, kept, kept))
    new = make_category(name="新")
    given = {"category_id": new.pk}
    ids = [lost.pk, again.pk, back.pk]
    change = catalog.edit_many(product_ids=ids, given=given, by=OWNER, now=NOON)
    other = {"category_id": make_category(name="别的").pk}
    catalog.change_product(product_id=again.pk, given=other, by=OWNER, now=NOON)
    catalog.delete_shelf(row=gone, by=OWNER, now=NOON)

    undone = catalog.undo_many(ref=change.ref, by=OWNER, now=LATER)

    assert undone.restored == 1
    assert Product.objects.get(pk=lost.pk).category_id == new.pk
    assert Product.objects.get(pk=back.pk).category_id == kept.pk


@pytest.mark.parametrize("given", [{"name": "x"}, {"category_id": 999_999_999}])
def test_what_cannot_be_set_on_many_changes_nothing(given):
    with pytest.raises(InvalidInput):
        catalog.edit_many(product_ids=[make_product().pk], given=given, by=OWNER, now=NOON)

    assert not ManyChange.objects.exists()


def test_more_than_can_be_done_at_once_are_refused_and_not_cut_short():
    with pytest.raises(InvalidInput):
        catalog.unpublish_many(product_ids=range(many.MOST_AT_ONCE + 1), by=OWNER, now=NOON)


def test_hundreds_cost_as_many_questions_as_one(django_assert_max_num_queries):
    products = [goods("draft") for _ in range(30)]

    with django_assert_max_num_queries(14):
        put_on(*products)

    assert ProductMove.objects.filter(new="published").count() == 30
    assert PastTerms.objects.count() == 0


@pytest.mark.parametrize("old", ProductState)
def test_no_move_of_many_outside_the_table(old):
    product = make_product(state=old)

    for new in set(ProductState) - MOVES[old]:
        with pytest.raises(MoveRefused):
            many._move_many([product], new, by=OWNER, reason="test", now=NOON)
