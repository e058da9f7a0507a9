"""The first lines of a file as they will be stored, with marks where the rule changes something.

Values of columns that may hold a code are masked here too: whoever loads codes has the file, and a
page is no place for secrets. What the merchant calls a day, an amount or a note is readable, unless
the line's code stands in it.
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
from inventory.services.importing.columns import (
    MOST_COLUMNS,
    Field,
    Layout,
    named_field,
)
from inventory.services.importing.jobs import source_of
from inventory.services.importing.lines import Reason, Refused
from inventory.services.importing.source import Row

LINES = 50
MOST_SHOWN = 100
_OPEN = frozenset({Field.EXPIRES_ON, Field.FACE_VALUE, Field.COST, Field.NOTE})
_HIDDEN = frozenset({Field.SECRET, Field.CARD_NO})


@dataclass(frozen=True, slots=True)
class PreviewCell:
    text: str
    length: int
    is_masked: bool
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
    texts = [clean(cell) for cell in cells[:MOST_COLUMNS]]
    fields = [*layout.columns, *[Field.IGNORED] * len(texts)][: len(texts)]
    named = list(zip(texts, fields, strict=True))
    hidden = [text for text, field in named if text and field in _HIDDEN]
    cells_shown = [
        _cell(raw, text, is_open=not text or _is_open(text, field, hidden))
        for raw, (text, field) in zip(cells, named, strict=False)
    ]
    return PreviewLine(number, tuple(cells_shown), reason)


def _is_open(text: str, field: Field, hidden: Sequence[str]) -> bool:
    return field in _OPEN and not any(secret in text for secret in hidden)


def _cell(raw: str, text: str, *, is_open: bool) -> PreviewCell:
    return PreviewCell(
        text=text[:MOST_SHOWN] if is_open else masked(text),
        length=len(text),
        is_masked=not is_open,
        marks=tuple(marks_of(raw)),
    )


def _same_file(job: ImportJob) -> str:
    """The import that loaded the same file before; known after the dry run."""
    if job.file_hash is None:
        return ""
    same = ImportJob.objects.filter(file_hash=job.file_hash, batch__isnull=False)
    return same.exclude(pk=job.pk).values_list("ref", flat=True).first() or ""
