"""Who may have which code. Every claim is made here.

A code is claimed and its hold written by one SQL statement. It looks into one random lane at the
SKU's first day of expiry: lane, day and id all come from the partial index, so sold rows are never
walked (a test reads the plan), and buyers rarely meet. Ordering by id would let the planner walk
the primary key past every sold code; to join the batch would let it fetch and sort the whole shelf.
"""

import random
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core.scope import ScopeError, require_tenant, tenant_atomic, tenant_in_force
from core.sheets import Sheet
from core.statements import run
from inventory.errors import OutOfStock, TooManyHeld
from inventory.models import LANES
from inventory.selectors import today_here
from inventory.services.content import claim_content
from inventory.states import HoldState
from inventory.types import HoldRequest

Given = dict[str, Any]

# {lane}, {day} and {lock} are filled in below, from our own words only.
_CLAIM = """
    WITH picked AS (
        SELECT id FROM inventory_code
         WHERE tenant_id = %(tenant)s AND sku_id = %(sku)s AND state = 'available'
           {lane} AND expires_on {day}
           AND (SELECT batch.state FROM inventory_batch AS batch
                 WHERE batch.tenant_id = %(tenant)s AND batch.id = inventory_code.batch_id)
               NOT IN ('freezing', 'recalling')
         ORDER BY expires_on, id LIMIT %(wanted)s
           FOR NO KEY UPDATE OF inventory_code {lock}),
    taken AS (
        UPDATE inventory_code SET state = 'reserved'
         WHERE tenant_id = %(tenant)s AND id IN (SELECT id FROM picked)
        RETURNING id)
    INSERT INTO inventory_hold (tenant_id, item_id, sku_id, code_id, buyer_key, min_days_left,
                                state, until, made_at, ended_why)
    SELECT %(tenant)s, %(item)s, %(sku)s, id, %(buyer)s, %(min_days)s,
           %(state)s, %(until)s::timestamptz, %(now)s, ''
      FROM taken ORDER BY id
    RETURNING code_id
"""
_IN_LANE = "AND lane = %(lane)s"
_FIRST_SHELF = """= (
               SELECT min(expires_on) FROM inventory_shelf
                WHERE tenant_id = %(tenant)s AND sku_id = %(sku)s
                  AND expires_on >= %(first_day)s AND NOT is_empty)"""
_CLAIM_FIRST = _CLAIM.format(lane=_IN_LANE, day=_FIRST_SHELF, lock="SKIP LOCKED")
# The same for one code, as a function whose plan the server keeps (see its migration).
_ONE_CODE = "inventory_claim_one(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
_ONE_CODE_TAKES = (
    "tenant", "sku", "lane", "first_day", "item", "buyer", "min_days", "state", "until", "now",
)  # fmt: skip
_CLAIM_DAY = _CLAIM.format(lane=_IN_LANE, day="= %(day)s", lock="SKIP LOCKED")
# Skipping locked rows lets buyers take different codes instead of queueing for the same one; its
# price is that codes which another buyer is about to give back look taken. So the last word waits.
_CLAIM_WAITING = _CLAIM.format(lane="", day=">= %(first_day)s", lock="")

# The first code of each lane, soonest expiry first, and the day that the shelves would begin with.
_HEADS = f"""
    SELECT lanes.lane, head.expires_on, (
           SELECT min(expires_on) FROM inventory_shelf
            WHERE tenant_id = %(tenant)s AND sku_id = %(sku)s
              AND expires_on >= %(first_day)s AND NOT is_empty)
      FROM generate_series(0, {LANES - 1}) AS lanes(lane)
     CROSS JOIN LATERAL (
           SELECT code.expires_on FROM inventory_code AS code
            WHERE code.tenant_id = %(tenant)s AND code.sku_id = %(sku)s AND code.lane = lanes.lane
              AND code.state = 'available' AND code.expires_on >= %(first_day)s
            ORDER BY code.expires_on, code.id LIMIT 1) AS head
     ORDER BY head.expires_on, random()
"""  # noqa: S608 -- only our own constant

# Locked shelves are left alone: somebody corrects them this moment, and nobody waits for a hint.
_CORRECT_SHELVES = """
    INSERT INTO inventory_shelf (tenant_id, sku_id, expires_on, is_empty)
    VALUES (%(tenant)s, %(sku)s, %(day)s, false) ON CONFLICT DO NOTHING;
    UPDATE inventory_shelf SET is_empty = expires_on < %(day)s
     WHERE tenant_id = %(tenant)s AND id IN (
           SELECT id FROM inventory_shelf
            WHERE tenant_id = %(tenant)s AND sku_id = %(sku)s
              AND expires_on BETWEEN %(first_day)s AND %(day)s
              AND is_empty = (expires_on = %(day)s)
              FOR NO KEY UPDATE SKIP LOCKED)
"""

# Two statements in one message: the count must see what the buyer's other tab has just committed.
_COUNT_HELD = """
    SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0));
    SELECT count(*) FROM inventory_hold
     WHERE tenant_id = %(tenant)s AND buyer_key = %(buyer)s AND sku_id = %(sku)s
       AND state = 'reserved'
"""


@tenant_atomic
def reserve(*, request: HoldRequest, now: datetime, sheet: Sheet | None = None) -> int:
    """Hold codes (or uses of a content) for an order item, all or none; returns how many.

    Raises OutOfStock, or TooManyHeld when the buyer holds too many unpaid ones of this SKU. Who
    gives a `sheet` writes it, and it is then that a single code is held, or OutOfStock raised.
    """
    check_cap(request=request)
    if sheet is None or request.quantity > 1:
        claim(request=request, state=HoldState.RESERVED, now=now)
        return request.quantity
    given = needs_of(request, state=HoldState.RESERVED, now=now)
    of_one = given | {"lane": any_lane()}

    def look_further(code_id: int | None) -> None:
        if code_id is None:
            _claim_further(given)

    sheet.ask(_ONE_CODE, [of_one[name] for name in _ONE_CODE_TAKES], look_further)
    return request.quantity


def claim(*, request: HoldRequest, state: HoldState, now: datetime) -> None:
    """Take `quantity` of the SKU for the item, all or none: the earliest to expire first.

    Nothing of a batch that is being frozen or recalled. Within a tenant transaction. Raises
    OutOfStock, and then that transaction must not go on to commit what it took: the verbs' own
    savepoints see to it.
    """
    given = needs_of(request, state=state, now=now)
    if request.quantity == 1 and _claim_one(given):
        return
    _claim_further(given)


def _claim_further(given: Given) -> None:
    """More than one code, or the first look found none: all lanes, then whoever is in the way."""
    try:
        with transaction.atomic():
            _search(given)
    except _Short as short:
        if short.is_bare:
            claim_content(given)
        else:
            _claim_waiting(given)


def needs_of(request: HoldRequest, *, state: HoldState, now: datetime) -> Given:
    """What a statement that takes codes is given."""
    first_day = today_here(now=now) + timedelta(days=request.min_days_left)
    return {
        "tenant": require_tenant(),
        "sku": request.sku_id,
        "wanted": request.quantity,
        "item": request.item_id,
        "buyer": request.buyer_key,
        "min_days": request.min_days_left,
        "state": state.value,
        "until": request.until,
        "first_day": first_day,
        "now": now,
    }


def _claim(sql: str, given: Given) -> int:
    return run(sql, given).row_count


class _Short(Exception):
    """Rolls back what a search took, so that nobody waits for it while we wait for others."""

    def __init__(self, *, is_bare: bool) -> None:
        super().__init__()
        self.is_bare = is_bare


def _claim_one(given: Given) -> bool:
    of_one = given | {"lane": any_lane()}
    answer = run(f"SELECT {_ONE_CODE}", [of_one[name] for name in _ONE_CODE_TAKES])
    ((code_id,),) = answer.rows
    return code_id is not None


def _claim_first(given: Given) -> int:
    return _claim(_CLAIM_FIRST, given | {"lane": any_lane()})


def any_lane() -> int:
    """Buyers of one SKU that begin at different lanes rarely meet."""
    return random.randrange(LANES)  # noqa: S311 -- no secret


def _claim_waiting(given: Given) -> None:
    found = _claim(_CLAIM_WAITING, given)
    if found < given["wanted"]:
        raise OutOfStock(wanted=given["wanted"], found=found)


def _search(given: Given) -> None:
    """Go through the lanes, soonest expiry first, until there is enough or nothing moves."""
    missing = given["wanted"]
    if missing > 1:
        missing -= _claim_first(given)
    while missing:
        heads, before = _heads(given), missing
        for lane, day, _shelf in heads:
            missing -= _claim(_CLAIM_DAY, given | {"lane": lane, "day": day, "wanted": missing})
            if missing == 0:
                _correct_shelves(given, heads=heads)
                return
        if missing == before:
            raise _Short(is_bare=not heads and missing == given["wanted"])


def _heads(given: Given) -> list[tuple[int, date, date | None]]:
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, given)
        return list(cursor.fetchall())


def _correct_shelves(given: Given, *, heads: list[tuple[int, date, date | None]]) -> None:
    _lane, day, shelf_day = heads[0]
    if shelf_day == day:
        return
    with connection.cursor() as cursor:
        cursor.execute(_CORRECT_SHELVES, given | {"day": day})


def check_cap(*, request: HoldRequest) -> None:
    """Raise TooManyHeld if the buyer would hold more of the SKU, unpaid, than he may.

    Counted under a lock of the buyer's own, so that two tabs cannot both pass. Within a tenant
    transaction: the lock lasts as long.
    """
    if not request.most_held or not request.buyer_key:
        return
    if tenant_in_force() is None:
        raise ScopeError("What a buyer holds is counted in the transaction that adds to it.")
    tenant_id = require_tenant()
    key = f"{tenant_id}|{request.sku_id}|{request.buyer_key}"
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT_HELD,
            {
                "key": key,
                "tenant": tenant_id,
                "buyer": request.buyer_key,
                "sku": request.sku_id,
            },
        )
        (held,) = cursor.fetchone()
    if held + request.quantity > request.most_held:
        raise TooManyHeld(
            _("You have unpaid orders for this. Pay or cancel them first."),
            held=held,
            most=request.most_held,
        )
