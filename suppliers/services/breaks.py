"""Where our books and a supplier's differ, and what a person says about it.

What a comparison finds comes through `keep_breaks`, so that it can be repeated: it changes what has
changed, and no more.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.actors import SYSTEM, Actor
from core.errors import InvalidInput
from core.scope import tenant_atomic
from core.states import check_move
from suppliers.models import Bill, Break, BreakMove
from suppliers.services.bills import locked_bill
from suppliers.states import BREAK_MOVES, BreakState
from suppliers.types import FoundBreak

MOST_NOTE = 300
_AT_ONCE = 2_000
Key = tuple[str, str, str]


@tenant_atomic
def keep_breaks(
    *, bill_id: int, kinds: Collection[str], found: Iterable[FoundBreak], now: datetime
) -> None:
    """What a comparison of the bill found, of these kinds: new ones are open. What is not found any
    more is closed, unless a person has spoken about it; with other amounts it is open again.

    So many are in memory at a time, of whatever is found.
    """
    bill = locked_bill(bill_id=bill_id)
    there = Break.objects.filter(bill=bill, kind__in=sorted(kinds)).order_by()
    left, rest = set(there.values_list("pk", flat=True)), iter(found)
    while some := list(islice(rest, _AT_ONCE)):
        left -= _keep(bill, some, now=now)
    gone = sorted(left)
    for at in range(0, len(gone), _AT_ONCE):
        for row in _locked(Break.objects.filter(pk__in=gone[at : at + _AT_ONCE])):
            settle_gone(row, now=now)


@tenant_atomic
def explain_break(*, break_id: int, note: str, by: Actor, now: datetime) -> Break:
    """Why it differs; raises InvalidInput without a note."""
    if not note.strip():
        raise InvalidInput(_("Write why it differs."), param="note")
    return _decide(break_id, BreakState.EXPLAINED, note=note, by=by, now=now)


@tenant_atomic
def claim_break(*, break_id: int, note: str, by: Actor, now: datetime) -> Break:
    """The supplier was told, and is to make it good."""
    return _decide(break_id, BreakState.CLAIMED, note=note, by=by, now=now)


@tenant_atomic
def close_break(*, break_id: int, note: str, by: Actor, now: datetime) -> Break:
    return _decide(break_id, BreakState.CLOSED, note=note, by=by, now=now)


def settle_again(row: Break, one: FoundBreak, *, now: datetime) -> None:
    """A locked break that was found once more: with other amounts it is another matter."""
    is_same = (row.ours_e4, row.theirs_e4) == (one.ours_e4, one.theirs_e4)
    was_gone = row.state == BreakState.CLOSED and row.by == SYSTEM.label
    if is_same and not was_gone:
        return
    row.ours_e4, row.theirs_e4 = one.ours_e4, one.theirs_e4
    row.save(update_fields=["ours_e4", "theirs_e4"])
    if row.state != BreakState.OPEN:
        reason = "found_again" if was_gone else "changed"
        _move(row, BreakState.OPEN, reason=reason, by=SYSTEM, now=now)


def settle_gone(row: Break, *, now: datetime) -> None:
    """A locked break that was not found any more; what a person has said of it stays."""
    if row.state == BreakState.OPEN:
        _move(row, BreakState.CLOSED, reason="gone", by=SYSTEM, now=now)


def note_new(rows: list[Break]) -> None:
    """Store breaks that are new, each with the beginning of its history."""
    made = Break.objects.bulk_create(rows, batch_size=_AT_ONCE)
    BreakMove.objects.bulk_create(
        [
            BreakMove(gap=row, old="", new=row.state, by=row.by, reason="found", at=row.at)
            for row in made
        ],
        batch_size=_AT_ONCE,
    )


def _keep(bill: Bill, found: Sequence[FoundBreak], *, now: datetime) -> set[int]:
    """Keep some of what was found; the keys of those that were there."""
    there = {_key(row): row for row in _locked(_alike(bill, found))}
    fresh, known = [], set()
    for one in found:
        row = there.get((one.kind, one.number, one.supplier_ref))
        if row is None:
            fresh.append(_new(bill, one, now=now))
            continue
        settle_again(row, one, now=now)
        known.add(row.pk)
    note_new(fresh)
    return known


def _alike(bill: Bill, found: Sequence[FoundBreak]) -> "QuerySet[Break]":
    """Of the same numbers; a stranger's line may have none of ours."""
    numbers = {one.number for one in found} - {""}
    refs = {one.supplier_ref for one in found if not one.number}
    is_alike = Q(number__in=numbers) | Q(number="", supplier_ref__in=refs)
    return Break.objects.filter(is_alike, bill=bill)


def _key(row: Break) -> Key:
    return row.kind, row.number, row.supplier_ref


def _new(bill: Bill, one: FoundBreak, *, now: datetime) -> Break:
    return Break(
        supplier_id=bill.supplier_id,
        bill=bill,
        kind=one.kind,
        number=one.number,
        supplier_ref=one.supplier_ref,
        ours_e4=one.ours_e4,
        theirs_e4=one.theirs_e4,
        by=SYSTEM.label,
        at=now,
    )


def _decide(break_id: int, new: BreakState, *, note: str, by: Actor, now: datetime) -> Break:
    row = _locked(Break.objects.filter(pk=break_id)).get()
    told = note.replace("\0", "").strip()[:MOST_NOTE]
    _move(row, new, reason="decided", note=told, by=by, now=now)
    return row


def _locked(rows: "QuerySet[Break]") -> "QuerySet[Break]":
    return rows.select_for_update(no_key=True, of=("self",)).order_by("pk")


def _move(
    row: Break, new: BreakState, *, reason: str, note: str = "", by: Actor, now: datetime
) -> None:
    """Move a locked break, or raise MoveRefused, its history with it."""
    old = BreakState(row.state)
    check_move(BREAK_MOVES, old, new)
    row.state, row.by, row.at = new, by.label[:80], now
    row.note = note or row.note
    row.save(update_fields=["state", "by", "at", "note"])
    BreakMove.objects.create(
        gap=row,
        old=old,
        new=new,
        by=row.by,
        reason=reason,
        data={"note": note} if note else {},
        at=now,
    )
