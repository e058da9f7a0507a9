"""What becomes of a hold: kept, sold, given back, replaced. Each is a conditional update."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from core.actors import SYSTEM, Actor
from core.scope import ScopeError, require_tenant, tenant_atomic, tenant_in_force
from core.statements import run
from core.states import check_move
from inventory.errors import CodeNotSold, NothingHeld, OutOfStock
from inventory.models import Code, CodeMove, Hold
from inventory.selectors import live_holds, today_here
from inventory.services.claim import claim
from inventory.states import CODE_MOVES, CodeState, HoldEnd, HoldState
from inventory.types import Goods, HoldRequest

# All or nothing: one code that may not be sold any more (expired, frozen) keeps the others back. A
# worker freezes a large batch code by code; from the first moment on none of them is sold.
# Holds are locked first, in the order of their ids, codes after them. A second call finds all of it
# sold and changes nothing.
_SELL = """
    WITH held AS (
        SELECT id, code_id, content_id, state FROM inventory_hold
         WHERE tenant_id = %(tenant)s AND item_id = %(item)s
           AND state IN ('reserved', 'kept', 'sold')
         ORDER BY id FOR NO KEY UPDATE),
    codes AS (
        SELECT id FROM inventory_code
         WHERE tenant_id = %(tenant)s
           AND id IN (SELECT code_id FROM held WHERE state <> 'sold')
           AND state = 'reserved' AND expires_on >= %(today)s
           AND (SELECT batch.state FROM inventory_batch AS batch
                 WHERE batch.tenant_id = %(tenant)s AND batch.id = inventory_code.batch_id)
               NOT IN ('freezing', 'recalling')
         ORDER BY id FOR NO KEY UPDATE),
    judged AS (
        SELECT *, content_id IS NOT NULL OR code_id IN (SELECT id FROM codes) AS is_good FROM held
         WHERE state <> 'sold'),
    chosen AS (
        SELECT id, code_id FROM judged WHERE (SELECT bool_and(is_good) FROM judged)),
    sold AS (
        UPDATE inventory_code SET state = 'sold'
         WHERE tenant_id = %(tenant)s AND id IN (SELECT code_id FROM chosen)),
    ended AS (
        UPDATE inventory_hold SET state = 'sold', until = NULL, ended_at = %(now)s
         WHERE tenant_id = %(tenant)s AND id IN (SELECT id FROM chosen))
    SELECT id, code_id, content_id, state = 'sold' OR id IN (SELECT id FROM judged WHERE is_good)
      FROM held ORDER BY id
"""

# A code comes back only if it is still the hold's: a frozen or expired one stays what it is. Two
# statements in one message: who had the holds' lock may have put their codes back on sale.
# A locked shelf is left alone, it is but a hint.
_RELEASE = """
    SELECT id FROM inventory_hold
     WHERE tenant_id = %(tenant)s AND item_id = %(item)s AND state IN ('reserved', 'kept')
     ORDER BY id FOR NO KEY UPDATE;
    WITH held AS (
        SELECT id, code_id FROM inventory_hold
         WHERE tenant_id = %(tenant)s AND item_id = %(item)s
           AND (state = 'reserved' AND ({is_due}) OR state = 'kept' AND {kept_too})
         ORDER BY id FOR NO KEY UPDATE),
    chosen AS (
        SELECT held.id FROM held
          LEFT JOIN inventory_code AS code
            ON code.tenant_id = %(tenant)s AND code.id = held.code_id
         ORDER BY code.state = 'reserved', held.id DESC LIMIT %(most)s),
    ended AS (
        UPDATE inventory_hold SET state = 'released', ended_at = %(now)s, ended_why = %(why)s
         WHERE tenant_id = %(tenant)s AND id IN (SELECT id FROM chosen)
        RETURNING code_id, content_id),
    back AS (
        UPDATE inventory_code SET state = 'available'
         WHERE tenant_id = %(tenant)s AND state = 'reserved'
           AND id IN (SELECT code_id FROM ended)
        RETURNING sku_id, expires_on),
    uses AS (
        UPDATE inventory_content SET uses = uses - freed.n
          FROM (SELECT content_id, count(*) AS n FROM ended WHERE content_id IS NOT NULL
                 GROUP BY content_id) AS freed
         WHERE tenant_id = %(tenant)s AND id = freed.content_id),
    shelved AS (
        UPDATE inventory_shelf SET is_empty = false
         WHERE tenant_id = %(tenant)s AND id IN (
               SELECT shelf.id FROM inventory_shelf AS shelf
                WHERE shelf.tenant_id = %(tenant)s AND shelf.is_empty
                  AND (shelf.sku_id, shelf.expires_on) IN (SELECT sku_id, expires_on FROM back)
                  FOR NO KEY UPDATE SKIP LOCKED))
    SELECT count(*) FROM ended
"""
# Locked before it is judged: a release that is a moment ahead is seen as what it made of the hold.
_KEEP = """
    WITH held AS (
        SELECT id, state, ended_why FROM inventory_hold
         WHERE tenant_id = %(tenant)s AND item_id = %(item)s
         ORDER BY id FOR NO KEY UPDATE),
    kept AS (
        UPDATE inventory_hold SET state = 'kept', until = NULL
         WHERE tenant_id = %(tenant)s AND id IN (SELECT id FROM held WHERE state = 'reserved'))
    SELECT id FROM held WHERE ended_why = ANY(%(back)s) ORDER BY id
"""
_RELEASE_ALL = _RELEASE.format(is_due="true", kept_too="true")
_RELEASE_OVERDUE = _RELEASE.format(is_due="until <= %(now)s", kept_too="false")


_MAY_COME_BACK = [HoldEnd.GIVEN_BACK.value, HoldEnd.RAN_OUT.value]


@tenant_atomic
def keep(*, item_id: int, now: datetime) -> None:
    """Paid: what the item holds has no time limit any more.

    What ran out or was given back is taken again; raises OutOfStock when it is gone. An item that
    never held anything is left alone.
    """
    given = {"tenant": require_tenant(), "item": item_id, "back": _MAY_COME_BACK}
    lost_ids = [hold_id for (hold_id,) in run(_KEEP, given).rows]
    if not lost_ids:
        return
    lost = list(Hold.objects.filter(pk__in=lost_ids))
    _claim_again(lost[0], quantity=len(lost), now=now)
    Hold.objects.filter(pk__in=lost_ids).update(ended_why=HoldEnd.TAKEN_ANEW)


def sell(*, item_id: int, now: datetime) -> list[Goods]:
    """The item's goods, sold from now on; a second call returns the same.

    A code that expired or was frozen while it was held is swapped for a fresh one, or OutOfStock is
    raised and nothing is sold. Raises NothingHeld. Within a caller's transaction.
    """
    if tenant_in_force() is None:
        raise ScopeError("Codes are sold in the transaction that hands them over.")
    # No savepoint: this statement writes all that it should, or nothing.
    with tenant_atomic(savepoint=False):
        rows = _claim_sold(item_id, now=now)
    if not rows:
        raise NothingHeld(_("Nothing is held for this order any more."))
    spoiled = [hold_id for hold_id, _code, _content, is_good in rows if not is_good]
    if spoiled:
        with tenant_atomic():
            _swap(spoiled, now=now)
            rows = _claim_sold(item_id, now=now)
            _check_sold(rows)
    return [Goods(code_id=code_id, content_id=content_id) for _id, code_id, content_id, _g in rows]


@tenant_atomic
def release(*, item_id: int, now: datetime, most: int | None = None) -> int:
    """Give back what the item holds unsold, or `most` of it; returns how many.

    What cannot be sold any more goes first.
    """
    return _move_back(_RELEASE_ALL, item_id=item_id, why=HoldEnd.GIVEN_BACK, most=most, now=now)


@tenant_atomic
def release_expired(*, hold_id: int, now: datetime) -> int:
    """Give back what the hold's item holds past its time; a paid or sold hold is left alone."""
    hold = Hold.objects.filter(pk=hold_id).first()
    if hold is None:
        return 0
    return _move_back(_RELEASE_OVERDUE, item_id=hold.item_id, why=HoldEnd.RAN_OUT, now=now)


@tenant_atomic
def replace(*, code_id: int, item_id: int, by: Actor, reason: str, now: datetime) -> Goods:
    """The sold code is bad: it becomes void, and a fresh one is sold in its place.

    Raises CodeNotSold for a code that this item has not (or no longer), OutOfStock when there is no
    other: nothing changes then.
    """
    held = Hold.objects.filter(code_id=code_id, item_id=item_id, state=HoldState.SOLD)
    hold = held.select_for_update(no_key=True).first()
    if hold is None:
        raise CodeNotSold(_("This code is not with this order any more. Reload the page."))
    code = Code.objects.select_for_update(no_key=True).get(pk=code_id)
    _move_code(code, CodeState.VOID, by=by, reason=reason, now=now)
    _move_holds([hold.pk], why=HoldEnd.REPLACED, now=now)
    try:
        _claim_again(hold, quantity=1, now=now)
    except OutOfStock as why:
        said = _("There is no other code in stock. Load some first, or pay it back.")
        raise OutOfStock(wanted=1, found=0, message=said) from why
    fresh = live_holds(item_id=item_id).filter(state=HoldState.KEPT).order_by("-pk")[0]
    _check_sold(_claim_sold(item_id, now=now))
    return Goods(code_id=fresh.code_id)


def _claim_sold(item_id: int, *, now: datetime) -> list[tuple[int, int | None, int | None, bool]]:
    """(hold, code, content, may be sold) of everything the item holds: sold now, if all may."""
    today = today_here(now=now)
    given: dict[str, Any] = {"tenant": require_tenant(), "item": item_id, "today": today}
    return run(_SELL, given | {"now": now}).rows


def _check_sold(rows: list[tuple[int, int | None, int | None, bool]]) -> None:
    """Raise OutOfStock if a fresh code cannot be sold: its batch's freeze began in this moment."""
    good = sum(is_good for *_ids, is_good in rows)
    if good < len(rows):
        raise OutOfStock(wanted=len(rows), found=good)


def _claim_again(hold: Hold, *, quantity: int, now: datetime) -> None:
    request = HoldRequest(
        sku_id=hold.sku_id,
        quantity=quantity,
        item_id=hold.item_id,
        buyer_key=hold.buyer_key,
        min_days_left=hold.min_days_left,
    )
    claim(request=request, state=HoldState.KEPT, now=now)


def _swap(hold_ids: list[int], *, now: datetime) -> None:
    """Fresh codes for held ones that may not be sold any more."""
    holds = list(Hold.objects.filter(pk__in=hold_ids).select_related("code").order_by("pk"))
    today = today_here(now=now)
    for hold in holds:
        if hold.code is None or hold.code.state != CodeState.RESERVED:
            continue
        if hold.code.expires_on < today:
            _move_code(
                hold.code, CodeState.EXPIRED, by=SYSTEM, reason="expired_while_held", now=now
            )
        else:  # of a batch that is being frozen: the worker comes to it, or a person turns round
            reserved = Code.objects.filter(pk=hold.code.pk, state=CodeState.RESERVED)
            reserved.update(state=CodeState.AVAILABLE)
    _move_holds(hold_ids, why=HoldEnd.SWAPPED, now=now)
    _claim_again(holds[0], quantity=len(holds), now=now)


def _move_back(
    sql: str, *, item_id: int, why: HoldEnd, now: datetime, most: int | None = None
) -> int:
    given: dict[str, Any] = {"tenant": require_tenant(), "item": item_id, "why": why.value}
    given["most"] = most
    with connection.cursor() as cursor:
        cursor.execute(sql, given | {"now": now})
        (released,) = cursor.fetchone()
        return int(released)


def _move_holds(hold_ids: list[int], *, why: HoldEnd, now: datetime) -> None:
    Hold.objects.filter(pk__in=hold_ids).update(
        state=HoldState.RELEASED, until=None, ended_at=now, ended_why=why
    )


def _move_code(code: Code, new: CodeState, *, by: Actor, reason: str, now: datetime) -> None:
    """Move a locked code, or raise MoveRefused; the history row goes with it."""
    old = CodeState(code.state)
    check_move(CODE_MOVES, old, new)
    code.state = new
    code.save(update_fields=["state"])
    CodeMove.objects.create(
        code=code, old=old, new=new, by=by.label[:80], reason=reason[:60], at=now
    )
