"""The load: a million lines in stretches, each one transaction that also says how far it came.

Killed anywhere, it goes on after the last stretch that was committed; a code that is there already
is never loaded twice, because the table's unique key decides and not this program.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import structlog
from django.db import DatabaseError, connection

from core.crypto import CannotDecrypt
from core.failpoints import reach
from core.leases import Lease, LeaseLost
from core.scope import require_tenant, tenant_atomic
from inventory.errors import FileRefused
from inventory.models import Batch, ImportJob
from inventory.sealing import CodeSealer
from inventory.services.importing.checking import check, judge_for, known_as
from inventory.services.importing.columns import Layout
from inventory.services.importing.copying import CODES, copy_rows, drop_rows, pack_code
from inventory.services.importing.counting import add_up
from inventory.services.importing.jobs import end, forget_file, locked, source_of
from inventory.services.importing.leases import claim, held, renew
from inventory.services.importing.lines import Judge, Line, Reason, Refused
from inventory.services.importing.reports import MOST_LINES, keep_report
from inventory.services.importing.source import Row
from inventory.services.importing.stretches import stretches
from inventory.states import BatchState, CodeState, ImportState

log = structlog.get_logger(__name__)

# In the order of the unique key: two loads of the same file then wait for each other in the same
# order and cannot lock each other out.
_LOAD = f"""
    WITH loaded AS (
        INSERT INTO inventory_code (tenant_id, sku_id, batch_id, state, loaded_at, uid, lane,
                                    card_no, secret, index_hash, secret_hash, expires_on)
        SELECT %(tenant)s, %(sku)s, %(batch)s, '{CodeState.AVAILABLE}', %(now)s, uid, lane,
               card_no, secret, index_hash, secret_hash, expires_on
          FROM incoming ORDER BY index_hash, line
            ON CONFLICT (tenant_id, sku_id, index_hash) DO NOTHING
        RETURNING uid)
    SELECT line FROM incoming WHERE uid NOT IN (SELECT uid FROM loaded)
"""  # noqa: S608 -- a constant of ours
# A second statement, because the first does not see what it loaded itself. LATERAL with a limit
# keeps the planner at the unique index, however large stock is.
_WHY_NOT = """
    SELECT i.line, c.state, c.batch_id = %(batch)s
      FROM incoming i CROSS JOIN LATERAL (
           SELECT state, batch_id FROM inventory_code
            WHERE tenant_id = %(tenant)s AND sku_id = %(sku)s AND index_hash = i.index_hash
            LIMIT 1) c
     WHERE i.line = ANY(%(lines)s)
"""


@dataclass(slots=True)
class _Sealed:
    """A stretch ready to be copied."""

    last: int
    good: dict[int, Line]
    rows: list[bytes]
    refused: list[Refused]


def run_import(*, job_id: int, now: datetime) -> None:
    """Do what the import waits for, the check or the load; nothing if another worker is at it."""
    lease = claim(job_id, now=now)
    if lease is None:
        return
    reach("inventory.import_after_claim")
    try:
        _work(lease)
    except LeaseLost:
        log.info("import_lease_lost", job_id=job_id)
    except (FileRefused, CannotDecrypt, FileNotFoundError) as why:
        log.warning("import_failed", job_id=job_id, why=type(why).__name__)
        _fail(lease, why=getattr(why, "code", "file_unreadable"))
    except DatabaseError:
        raise  # the sweeper tries again when the lease has run out
    except Exception:
        _fail(lease, why="error")
        raise


@tenant_atomic
def _state(lease: Lease) -> ImportState:
    return ImportState(ImportJob.objects.values_list("state", flat=True).get(pk=lease.row_id))


def _work(lease: Lease) -> None:
    if _state(lease) == ImportState.CHECKING:
        check(lease)
    else:
        load(lease)


def load(lease: Lease) -> None:
    """Load what is left of the file, until it ends or someone cancels."""
    with tenant_atomic(durable=True):
        job = held(lease, ImportState.RUNNING)
        layout = Layout.from_json(job.layout)
        source, judge = source_of(job), judge_for(job, layout, now=lease.now)
    rows = source.rows(
        delimiter=layout.delimiter, has_header=layout.has_header, after=job.done_lines
    )
    for stretch in stretches(rows, _preparer(judge)):
        if not _load_stretch(lease, stretch):
            return
        reach("inventory.import_after_stretch")
    _finish(lease)


def _preparer(judge: Judge) -> Callable[[list[Row]], _Sealed]:
    seal = CodeSealer().seal

    def prepare(rows: list[Row]) -> _Sealed:
        stretch = _Sealed(last=rows[-1][0], good={}, rows=[], refused=[])
        for number, cells in rows:
            line = judge.judge(number, cells)
            if isinstance(line, Refused):
                stretch.refused.append(line)
                continue
            uid = uuid4()
            code = seal(card_no=line.card_no, secret=line.secret, uid=uid)
            stretch.good[number] = line
            stretch.rows.append(pack_code(number, line.expires_on, uid, code))
        return stretch

    return prepare


@tenant_atomic(durable=True)
def _load_stretch(lease: Lease, stretch: _Sealed) -> bool:
    """Load a stretch and say so in its transaction; False when a cancel was found instead."""
    job = held(lease, ImportState.RUNNING)
    # Locked, so that an undo comes before this stretch or after it, never in the middle.
    batch = Batch.objects.select_for_update(no_key=True).get(imports=job)
    if job.cancel_asked or batch.state != BatchState.OPEN:
        reason = "canceled" if job.cancel_asked else "batch is not open"
        end(job, ImportState.CANCELED, reason=reason, now=lease.now)
        return False
    not_loaded = _insert(job, stretch, now=lease.now)
    reach("inventory.import_in_stretch")
    refused = stretch.refused + [
        stretch.good[number].refused(reason) for number, reason in not_loaded.items()
    ]
    if sum(job.counts.get("reasons", {}).values()) < MOST_LINES:
        keep_report(job, refused, of_check=False)
    loaded = [line for number, line in stretch.good.items() if number not in not_loaded]
    job.counts = _with_cost(
        add_up(job.counts, valid=len(loaded), refused=refused), job.counts, loaded
    )
    _cost_so_far(job, batch)
    job.done_lines = stretch.last
    renew(job, lease)
    job.save(update_fields=["counts", "done_lines", "lease_until"])
    return True


def _insert(job: ImportJob, stretch: _Sealed, *, now: datetime) -> dict[int, Reason]:
    """Put the codes in stock; the lines that were there already, with the reason."""
    if not stretch.rows:
        return {}
    given = {"tenant": require_tenant(), "sku": job.sku_id, "batch": job.batch_id, "now": now}
    with connection.cursor() as cursor:
        copy_rows(cursor, CODES, stretch.rows)
        cursor.execute(_LOAD, given)
        lines = [line for (line,) in cursor.fetchall()]
        cursor.execute(_WHY_NOT, given | {"lines": lines})
        found = cursor.fetchall()
        drop_rows(cursor)
    return {
        line: Reason.DUPLICATE_IN_FILE if is_ours else known_as(state)
        for line, state, is_ours in found
    }


def _with_cost(
    counts: dict[str, Any], before: dict[str, Any], loaded: list[Line]
) -> dict[str, Any]:
    costs = [line.cost_e4 for line in loaded if line.cost_e4 is not None]
    return counts | {
        "costs": before.get("costs", 0) + len(costs),
        "cost_sum_e4": before.get("cost_sum_e4", 0) + sum(costs),
    }


def _cost_so_far(job: ImportJob, batch: Batch) -> None:
    """A file with a column of costs gives its batch their mean: with each stretch, because its
    codes are sold from then on."""
    if job.takes_cost_of_lines:
        batch.cost_e4 = round(job.counts["cost_sum_e4"] / job.counts["costs"])
        batch.save(update_fields=["cost_e4"])


@tenant_atomic(durable=True)
def _finish(lease: Lease) -> None:
    job = held(lease, ImportState.RUNNING)
    job.counts = job.counts or add_up({}, valid=0, refused=())
    job.total_lines = max(job.total_lines, job.done_lines)
    job.save(update_fields=["counts", "total_lines"])
    end(job, ImportState.DONE, reason="loaded", now=lease.now)
    forget_file(job)


@tenant_atomic(durable=True)
def _fail(lease: Lease, *, why: str) -> None:
    job = locked(lease.row_id)
    if job.fence != lease.fence or not job.is_at_work:
        return  # another worker's, or cancelled meanwhile
    job.failure = why[:60]
    job.save(update_fields=["failure"])
    end(job, ImportState.FAILED, reason=job.failure, now=lease.now)
