"""The first lines of a file as they will be stored, with marks where the rule changes something.

Values of columns that may hold a code are masked here too: whoever loads codes has the file, and a
page is no place for secrets.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.scope import tenant_atomic
from core.secrets import masked
from inventory.models import ImportJob
from inventory.services.importing.checking import judge_for
from inventory.services.importing.cleaning import Mark, clean, marks_of
from inventory.services.importing.columns import Field, Layout, named_field
from inventory.services.importing.jobs import source_of
from inventory.services.importing.lines import Reason, Refused
from inventory.services.importing.source import Row

LINES = 50
_OPEN = frozenset({Field.EXPIRES_ON, Field.FACE_VALUE, Field.COST})


@dataclass(frozen=True, slots=True)
class PreviewCell:
    text: str
    length: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """`reason` says why the line would be refused by itself; None for a good one."""

    number: int
    cells: tuple[PreviewCell, ...]
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    job_id: int
    kind: str
    encoding: str
    layout: Layout
    header: tuple[str, ...]
    lines: tuple[PreviewLine, ...]
    marks: dict[Mark, int]
    same_file_ref: str


@tenant_atomic
def preview(*, job_id: int, now: datetime | None = None) -> Preview:
    """Reads the head of the file only, however large it is."""
    job = ImportJob.objects.get(pk=job_id)
    layout = Layout.from_json(job.layout)
    rows = source_of(job).head(delimiter=layout.delimiter, most=LINES + layout.has_header)[1]
    header = tuple(_title(cell) for cell in rows[0][1]) if layout.has_header and rows else ()
    data = rows[1:] if layout.has_header else rows
    judge = judge_for(job, layout, now=now)
    lines = tuple(_line(row, layout, judge.judge(*row)) for row in data)
    return Preview(
        job_id=job.pk,
        kind=job.kind,
        encoding=job.encoding,
        layout=layout,
        header=header,
        lines=lines,
        marks=dict(Counter(m for line in lines for cell in line.cells for m in cell.marks)),
        same_file_ref=_same_file(job),
    )


def _title(cell: str) -> str:
    """A header's name; what is not known as one may be a code."""
    return clean(cell) if named_field(cell) else masked(clean(cell))


def _line(row: Row, layout: Layout, judged: object) -> PreviewLine:
    number, cells = row
    reason = judged.reason if isinstance(judged, Refused) else None
    shown = tuple(_cell(cells, at, layout.columns) for at in range(len(cells[:60])))
    return PreviewLine(number, shown, reason)


def _cell(cells: Sequence[str], at: int, columns: Sequence[Field]) -> PreviewCell:
    text = clean(cells[at])
    is_open = at < len(columns) and columns[at] in _OPEN
    return PreviewCell(
        text=text[:100] if is_open else (masked(text) if text else ""),
        length=len(text),
        marks=tuple(marks_of(cells[at])),
    )


def _same_file(job: ImportJob) -> str:
    """The import that loaded the same file before; known after the dry run."""
    if job.file_hash is None:
        return ""
    same = ImportJob.objects.filter(file_hash=job.file_hash, batch__isnull=False)
    return same.exclude(pk=job.pk).values_list("ref", flat=True).first() or ""
