from datetime import date

import pytest

from core.actors import SYSTEM
from core.errors import InvalidInput, TooManyTries
from core.scope import tenant_atomic
from core.secrets import Secret
from core.states import MoveRefused
from inventory import services as inventory
from inventory.errors import BatchInUse
from inventory.models import Batch, BatchMove, Code, CodeMove, Content, Hold, Shelf
from inventory.selectors import (
    count_available,
    counts_of_batches,
    cover_days,
    due_holds,
    due_shelves,
    expiring_soon,
    find_code_by_text,
    low_stock,
    sold_of_batch,
    stock_of,
)
from inventory.services import batches
from inventory.states import BATCH_MOVES, BatchState, CodeState
from inventory.types import Expiring, NewBatch, NewCode, NewContent
from tenants.models import AuditRow
from tests.inventory.factories import (
    hold_until,
    make_batch,
    make_codes,
    make_content,
    make_sku,
)
from tests.times import MORNING, NEXT_DAY, NOON

in_scope = pytest.mark.usefixtures("scope")

FORBIDDEN = [(old, new) for old in BatchState for new in BatchState if new not in BATCH_MOVES[old]]


@in_scope
@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_no_move_outside_the_table(old, new):
    batch = make_batch(make_sku(), 1)
    Batch.objects.filter(pk=batch.pk).update(state=old)
    batch.refresh_from_db()

    with pytest.raises(MoveRefused):
        batches.move(batch, new, by=SYSTEM, reason="test", now=NOON)

    batch.refresh_from_db()
    assert batch.state == old
    assert batch.moves.count() == 1  # that it was opened


@in_scope
def test_codes_known_before_are_left_out_and_counted():
    sku = make_sku()
    lines = [NewCode(secret=Secret(text)) for text in ("AAAA-1", "AAAA-2", "ＡＡＡＡ-1", "AAAA-1 ")]
    first = inventory.add_codes(given=NewBatch(sku_id=sku.pk), codes=lines, by=SYSTEM, now=MORNING)

    again = inventory.add_codes(
        given=NewBatch(sku_id=sku.pk),
        codes=[*lines, NewCode(secret=Secret("AAAA-3"))],
        by=SYSTEM,
        now=NOON,
    )

    assert (first.added, again.added, again.known) == (2, 1, 2)
    assert count_available(sku_id=sku.pk) == 3


@in_scope
def test_the_same_secret_under_another_card_number_is_another_code():
    sku = make_sku()
    lines = [NewCode(card_no=Secret(card), secret=Secret("123456")) for card in ("C1", "C2")]

    added = inventory.add_codes(given=NewBatch(sku_id=sku.pk), codes=lines, by=SYSTEM, now=NOON)

    assert added.added == 2
    assert len(find_code_by_text(text="C1----123456")) == 2


@in_scope
def test_what_is_stored_is_not_readable():
    sku = make_sku()
    codes = [NewCode(card_no=Secret("CARD-CANARY"), secret=Secret("SECRET-CANARY"))]

    inventory.add_codes(given=NewBatch(sku_id=sku.pk), codes=codes, by=SYSTEM, now=NOON)

    code = Code.objects.get()
    stored = b"".join(
        bytes(part) for part in (code.card_no, code.secret, code.index_hash, code.secret_hash)
    )
    assert b"CANARY" not in stored


@in_scope
def test_a_frozen_batch_is_off_sale_until_it_is_freed():
    sku = make_sku()
    batch = make_batch(sku, 3)
    hold_until(sku, NOON, item_id=7)

    frozen = inventory.freeze_batch(batch_id=batch.pk, by=SYSTEM, reason="check", now=MORNING)
    in_between = count_available(sku_id=sku.pk)
    freed = inventory.unfreeze_batch(batch_id=batch.pk, by=SYSTEM, reason="fine", now=NOON)

    assert (frozen, in_between, freed) == (3, 0, 3)
    assert counts_of_batches(batch_ids=[batch.pk]) == {batch.pk: {"available": 2, "reserved": 1}}
    assert len(inventory.sell(item_id=7, now=NOON)) == 1
    assert list(BatchMove.objects.order_by("pk").values_list("new", "reason")) == [
        ("open", "opened"),
        ("frozen", "check"),
        ("open", "fine"),
    ]
    assert AuditRow.objects.filter(action="batch.frozen", reason="check").count() == 1


@in_scope
def test_a_recalled_batch_names_its_buyers_codes_and_never_comes_back():
    sku = make_sku()
    batch = make_batch(sku, 3)
    hold_until(sku, NOON, item_id=7)
    (good,) = inventory.sell(item_id=7, now=MORNING)

    sold = inventory.recall_batch(batch_id=batch.pk, by=SYSTEM, reason="bad", now=NOON)

    assert sold == 1
    assert [code.pk for code in sold_of_batch(batch_id=batch.pk)] == [good.code_id]
    assert count_available(sku_id=sku.pk) == 0
    with pytest.raises(MoveRefused):
        inventory.unfreeze_batch(batch_id=batch.pk, by=SYSTEM, reason="oops", now=NOON)


@in_scope
def test_an_undone_batch_leaves_no_code_and_may_be_loaded_again():
    sku = make_sku()
    lines = [NewCode(secret=Secret(f"LINE-{n}")) for n in range(3)]
    added = inventory.add_codes(given=NewBatch(sku_id=sku.pk), codes=lines, by=SYSTEM, now=MORNING)
    hold_until(sku, NOON, item_id=7)
    inventory.release(item_id=7, now=MORNING)

    gone = inventory.undo_batch(batch_id=added.batch_id, by=SYSTEM, now=NOON)
    again = inventory.add_codes(given=NewBatch(sku_id=sku.pk), codes=lines, by=SYSTEM, now=NOON)

    assert (gone, again.added) == (3, 3)
    assert Batch.objects.get(pk=added.batch_id).state == BatchState.UNDONE
    assert not Hold.objects.exists()


@in_scope
@pytest.mark.parametrize("is_sold", [True, False])
def test_a_batch_in_use_is_not_undone(is_sold):
    sku = make_sku()
    batch = make_batch(sku, 3)
    hold_until(sku, NOON, item_id=7)
    if is_sold:
        inventory.sell(item_id=7, now=MORNING)

    with pytest.raises(BatchInUse):
        inventory.undo_batch(batch_id=batch.pk, by=SYSTEM, now=NOON)

    batch.refresh_from_db()
    assert batch.state == BatchState.OPEN
    assert count_available(sku_id=sku.pk) == 2


@in_scope
def test_a_day_that_is_past_takes_its_codes_off_the_shelf():
    sku = make_sku()
    make_codes(sku, 3, expires_on=date(2026, 11, 22))
    make_codes(sku, 1, expires_on=date(2026, 11, 23))
    hold_until(sku, NOON, item_id=7)
    shelf = Shelf.objects.get(expires_on=date(2026, 11, 22))

    too_early = inventory.expire_codes(shelf_id=shelf.pk, now=NOON)
    expired = inventory.expire_codes(shelf_id=shelf.pk, now=NEXT_DAY)
    inventory.release(item_id=7, now=NEXT_DAY)
    last = inventory.expire_codes(shelf_id=shelf.pk, now=NEXT_DAY)

    assert (too_early, expired, last) == (0, 2, 1)
    assert Code.objects.filter(state=CodeState.EXPIRED).count() == 3
    assert CodeMove.objects.filter(old="available", new="expired").count() == 3
    assert list(Shelf.objects.values_list("expires_on", flat=True)) == [date(2026, 11, 23)]
    assert inventory.expire_codes(shelf_id=shelf.pk, now=NEXT_DAY) == 0


@in_scope
def test_stock_is_told_in_numbers():
    many, few, none, reusable = (make_sku() for _ in range(4))
    make_codes(many, 11)
    make_codes(few, 10)
    make_content(reusable, most_uses=3)
    ids = [many.pk, few.pk, none.pk, reusable.pk]

    assert stock_of(ids) == {many.pk: 11, few.pk: 10, none.pk: 0, reusable.pk: 3}


@in_scope
def test_stock_that_will_not_last_is_named_first():
    """Fourteen sold in fourteen days is one a day: two left last two days."""
    short, fine, unsold = make_sku(), make_sku(), make_sku()
    make_codes(short, 16)
    make_codes(fine, 24)
    make_codes(unsold, 1)
    for item_id, sku in ((1, short), (2, fine)):
        hold_until(sku, NOON, item_id=item_id, quantity=14)
        inventory.sell(item_id=item_id, now=MORNING)

    (low,) = low_stock(now=NOON)

    assert (low.sku_id, low.available, low.sold_a_day, low.days) == (short.pk, 2, 1.0, 2.0)
    covers = cover_days(sku_ids=[fine.pk, unsold.pk], now=NOON)
    assert [cover.days for cover in covers] == [10.0, None]


@in_scope
def test_stock_that_expires_soon_is_listed_by_day():
    sku = make_sku()
    make_codes(sku, 3, expires_on=date(2026, 12, 22))
    make_codes(sku, 2, expires_on=date(2026, 12, 1))
    make_codes(sku, 4, expires_on=date(2026, 12, 23))

    found = expiring_soon(now=NOON, days=30)

    assert found == [
        Expiring(sku_id=sku.pk, expires_on=date(2026, 12, 1), count=2),
        Expiring(sku_id=sku.pk, expires_on=date(2026, 12, 22), count=3),
    ]


@in_scope
def test_new_content_leaves_earlier_buyers_their_own():
    sku = make_sku()
    make_content(sku, text="old link")
    hold_until(sku, NOON, item_id=7)
    goods = inventory.sell(item_id=7, now=MORNING)

    make_content(sku, text="new link")

    assert inventory.read_goods(goods=goods)[0].secret.reveal() == "old link"
    assert Content.objects.filter(is_current=True).count() == 1


@in_scope
def test_empty_content_is_refused():
    given = NewContent(sku_id=make_sku().pk, body=Secret("  "))

    with pytest.raises(InvalidInput) as refusal:
        inventory.set_content(given=given, by=SYSTEM, now=NOON)

    assert refusal.value.param == "body"


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_reveal_is_audited_with_its_reason_and_has_a_daily_quota(scope):
    (code,) = make_codes(make_sku(), 1)

    for turn in range(50):
        text = inventory.reveal(code_id=code.pk, by=SYSTEM, reason=f"call {turn}", now=NOON)

    assert text.secret.reveal().startswith("SECRET-")
    with pytest.raises(TooManyTries):
        inventory.reveal(code_id=code.pk, by=SYSTEM, reason="one more", now=NOON)
    rows = AuditRow.objects.filter(action="code.reveal", target=f"code:{code.pk}")
    assert rows.count() == 50
    assert "SECRET" not in str(list(rows.values()))
    inventory.reveal(code_id=code.pk, by=SYSTEM, reason="next day", now=NEXT_DAY)


@in_scope
def test_a_reveal_needs_a_reason():
    (code,) = make_codes(make_sku(), 1)

    with pytest.raises(InvalidInput) as refusal:
        inventory.reveal(code_id=code.pk, by=SYSTEM, reason=" ", now=NOON)

    assert refusal.value.param == "reason"
    assert not AuditRow.objects.filter(action="code.reveal").exists()


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_the_sweeper_finds_one_hold_of_each_item_that_is_due(shop):
    with tenant_atomic():
        sku = make_sku()
        make_codes(sku, 4, expires_on=date(2026, 11, 22))
        hold_until(sku, NOON, item_id=7, quantity=2)
        hold_until(sku, NEXT_DAY, item_id=8)
        first = Hold.objects.filter(item_id=7).earliest("pk")
        shelf = Shelf.objects.get()

    due = due_holds(now=NOON, limit=10)

    assert due in ([(shop.pk, first.pk)], [(shop.pk, first.pk + 1)])
    assert due_holds(now=MORNING, limit=10) == []
    assert due_shelves(now=NEXT_DAY, limit=10) == [(shop.pk, shelf.pk)]
    assert due_shelves(now=MORNING, limit=10) == []
