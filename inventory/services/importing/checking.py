"""The dry run: reads the whole file, asks stock about every code, loads nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from core.actors import SYSTEM
from core.crypto import blind_index
from core.failpoints import reach
from core.leases import Lease
from core.scope import require_tenant, tenant_atomic
from inventory.errors import ImportBusy
from inventory.models import NEVER, ImportJob
from inventory.sealing import CodeSealer
from inventory.selectors import today_here
from inventory.services.importing.columns import Layout
from inventory.services.importing.copying import HASHES, copy_rows, drop_rows, pack_hash
from inventory.services.importing.counting import add_up
from inventory.services.importing.jobs import locked, move, source_of
from inventory.services.importing.leases import held, renew
from inventory.services.importing.lines import Expected, Format, Judge, Line, Reason, Refused
from inventory.services.importing.reports import (
    MOST_LINES,
    drop_report,
    keep_report,
    refused_lines,
)
from inventory.services.importing.seen import SeenKeys
from inventory.services.importing.source import Row, Source
from inventory.services.importing.stretches import stretches
from inventory.states import CodeState, ImportState

# What is read within the request; larger files are left to a worker.
AT_ONCE = 1024 * 1024
SHOWN = 200

_KNOWN = """
    SELECT i.line, c.state
      FROM incoming i CROSS JOIN LATERAL (
           SELECT state FROM inventory_code
            WHERE tenant_id = %(tenant)s AND sku_id = %(sku)s AND index_hash = i.index_hash
            LIMIT 1) c
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """`is_done` is false while a worker still reads; `refused` are the first refused lines."""

    is_done: bool
    counts: dict[str, Any]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class _Checked:
    """A stretch as far as it can be judged without stock."""

    last: int
    good: dict[int, Line]
    again: set[int]  # of the good ones, those that stand earlier in the file
    rows: list[bytes]
    refused: list[Refused]


def judge_for(job: ImportJob, layout: Layout, *, now: datetime | None) -> Judge:
    """By the merchant's choice and the SKU's rules; without `now` nothing has expired."""
    rules = job.sku.code_format or {}
    expected = Expected(
        default_day=job.expires_on or NEVER,
        today=today_here(now=now) if now else date.min,
        face_value_e4=job.sku.face_value_e4,
        secret=Format.from_json(rules.get("secret") or {}),
        card_no=Format.from_json(rules.get("card_no") or {}),
    )
    return Judge(layout, expected)


def known_as(state: str) -> Reason:
    """What a code that stock has already is called in a report."""
    return Reason.SOLD_BEFORE if state == CodeState.SOLD else Reason.IN_STOCK


@tenant_atomic
def dry_run(*, job_id: int, now: datetime) -> DryRun:
    """Check the file: at once if it is small, else have a worker do it. Says what is known so far.

    A second call while a worker reads, or after it has, only says how it stands.
    """
    job = locked(job_id)
    if job.state == ImportState.UPLOADED:
        job.lease_until = now
        job.check_counts, job.done_lines = {}, 0
        job.save(update_fields=["lease_until", "check_counts", "done_lines"])
        move(job, ImportState.CHECKING, by=SYSTEM, reason="dry run", now=now)
        if job.size <= AT_ONCE:
            _check_here(job, now=now)
    elif job.state not in {ImportState.CHECKING, ImportState.CHECKED}:
        raise ImportBusy(_("This import has begun: it cannot be checked again."))
    return DryRun(
        is_done=job.state == ImportState.CHECKED,
        counts=job.check_counts,
        refused=tuple(refused_lines(job, most=SHOWN)),
    )


def _check_here(job: ImportJob, *, now: datetime) -> None:
    """In the caller's transaction: a short file, nobody has to see how it goes on."""
    source = source_of(job)
    for stretch in _checked(job, source, now=now):
        _take(job, stretch)
    _finish(job, source, now=now)


def check(lease: Lease) -> None:
    """In a worker: a transaction a stretch. A killed check begins again, it has written nothing."""
    with tenant_atomic(durable=True):
        job = held(lease, ImportState.CHECKING)
        job.check_counts, job.done_lines = {}, 0
        drop_report(job, of_check=True)
        job.save(update_fields=["check_counts", "done_lines"])
        source, ready = source_of(job), judge_for(job, Layout.from_json(job.layout), now=lease.now)
    for stretch in _checked(job, source, now=lease.began, judge=ready):
        with tenant_atomic(durable=True):
            job = held(lease, ImportState.CHECKING)
            renew(job, lease)
            _take(job, stretch)
        reach("inventory.check_after_stretch")
    with tenant_atomic(durable=True):
        _finish(held(lease, ImportState.CHECKING), source, now=lease.now)


def _checked(
    job: ImportJob, source: Source, *, now: datetime, judge: Judge | None = None
) -> Iterator[_Checked]:
    layout = Layout.from_json(job.layout)
    prepare = _preparer(judge or judge_for(job, layout, now=now), expected=job.total_lines)
    rows = source.rows(delimiter=layout.delimiter, has_header=layout.has_header)
    return stretches(rows, prepare)


def _preparer(judge: Judge, *, expected: int) -> Callable[[list[Row]], _Checked]:
    hashes, seen = CodeSealer().hashes, SeenKeys(expected=expected)

    def prepare(rows: list[Row]) -> _Checked:
        stretch = _Checked(last=rows[-1][0], good={}, again=set(), rows=[], refused=[])
        for number, cells in rows:
            line = judge.judge(number, cells)
            if isinstance(line, Refused):
                stretch.refused.append(line)
                continue
            index_hash = hashes(card_no=line.card_no, secret=line.secret)[0]
            if not seen.add(index_hash):
                stretch.again.add(number)
            stretch.good[number] = line
            stretch.rows.append(pack_hash(number, index_hash))
        return stretch

    return prepare


def _take(job: ImportJob, stretch: _Checked) -> None:
    """Ask stock about the stretch and add it up."""
    reasons = dict.fromkeys(stretch.again, Reason.DUPLICATE_IN_FILE)
    reasons |= {line: known_as(state) for line, state in _known(job, stretch)}
    refused = stretch.refused + [
        stretch.good[line].refused(reason) for line, reason in reasons.items()
    ]
    if sum(job.check_counts.get("reasons", {}).values()) < MOST_LINES:
        keep_report(job, refused, of_check=True)
    valid = len(stretch.good) - len(reasons)
    job.check_counts = add_up(job.check_counts, valid=valid, refused=refused)
    job.done_lines = stretch.last
    job.save(update_fields=["check_counts", "done_lines", "lease_until"])


def _known(job: ImportJob, stretch: _Checked) -> list[tuple[int, str]]:
    if not stretch.rows:
        return []
    with connection.cursor() as cursor:
        copy_rows(cursor, HASHES, stretch.rows)
        cursor.execute(_KNOWN, {"tenant": require_tenant(), "sku": job.sku_id})
        found: list[tuple[int, str]] = cursor.fetchall()
        drop_rows(cursor)
    return found


def _finish(job: ImportJob, source: Source, *, now: datetime) -> None:
    job.file_hash = blind_index(source.digest(), field="import_file")
    job.total_lines, job.lease_until = job.done_lines, None
    job.done_lines = 0
    job.check_counts = job.check_counts or add_up({}, valid=0, refused=())
    job.save(
        update_fields=["file_hash", "total_lines", "done_lines", "lease_until", "check_counts"]
    )
    move(job, ImportState.CHECKED, by=SYSTEM, reason="checked", now=now)
