"""A supplier's balance from one day to the next: it moves by what was booked, and by nothing else.

What was booked is in the ledger, which this floor does not see: the caller says it.
"""

from datetime import datetime

from core.actors import SYSTEM
from core.scope import tenant_atomic
from suppliers.models import BalanceNote, Break, Supplier
from suppliers.selectors.settlement import find_note_before, shop_zone
from suppliers.services.breaks import note_new, settle_again, settle_gone
from suppliers.states import BreakKind
from suppliers.types import FoundBreak


@tenant_atomic
def note_balance(
    *, supplier_id: int, balance_e4: int, booked_e4: int, now: datetime
) -> Break | None:
    """Keep what the supplier says we have there, and compare it with the last of an earlier day.

    `booked_e4` is what our ledger says it moved by since then: less what goods cost, and more what
    was paid to the supplier. A difference is the day's break, which goes away by itself if a later
    look on the same day finds none. The first note of all is compared with nothing.
    """
    supplier = Supplier.objects.select_for_update(no_key=True).get(pk=supplier_id)
    before = find_note_before(supplier_id=supplier.pk, now=now)
    BalanceNote.objects.create(supplier=supplier, at=now, balance_e4=balance_e4)
    if before is None:
        return None
    found = FoundBreak(
        kind=BreakKind.BALANCE, ours_e4=booked_e4, theirs_e4=balance_e4 - before.balance_e4
    )
    return _kept(supplier, found, now=now)


def _kept(supplier: Supplier, found: FoundBreak, *, now: datetime) -> Break | None:
    day = now.astimezone(shop_zone()).date()
    is_right = found.ours_e4 == found.theirs_e4
    rows = Break.objects.select_for_update(no_key=True, of=("self",))
    row = rows.filter(supplier=supplier, bill=None, day=day).first()
    if row is not None and is_right:
        settle_gone(row, now=now)
    elif row is not None:
        settle_again(row, found, now=now)
    elif not is_right:
        row = Break(
            supplier=supplier,
            day=day,
            kind=found.kind,
            ours_e4=found.ours_e4,
            theirs_e4=found.theirs_e4,
            by=SYSTEM.label,
            at=now,
        )
        note_new([row])
    return None if is_right else row
