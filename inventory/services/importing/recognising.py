"""What a file is, told when it comes in: its kind, its encoding, how long and how it is cut."""

from django.utils.translation import gettext as _

from core.uploads import SealedFile
from inventory.errors import FileRefused
from inventory.models import ImportMapping
from inventory.services.importing.columns import Layout, guess_layout, signature_of
from inventory.services.importing.sniffing import SAMPLE, find_encoding, foreign_kind
from inventory.services.importing.source import TEXT, WORKBOOK, Source


def recognised(sealed: SealedFile, *, size: int) -> Source:
    """The file with its kind and encoding told from its first bytes."""
    head = next(sealed.frames(), b"") if size else b""
    if not head.strip():
        raise _nothing_found(size=size)
    kind = foreign_kind(head)
    if kind and kind != WORKBOOK:
        raise FileRefused(
            _("A file of kind %(kind)s cannot be loaded. Save it as CSV, TXT or XLSX.")
            % {"kind": kind},
            param="file",
        )
    if kind:
        return Source(sealed=sealed, kind=WORKBOOK, encoding="")
    encoding = find_encoding(head, sealed.frames(start=1))
    return Source(sealed=sealed, kind=TEXT, encoding=encoding)


def about_lines(source: Source, *, size: int) -> int:
    """How many lines the file may have, by its first megabyte: for a progress bar."""
    if source.kind != TEXT:
        return 0
    head = next(source.sealed.frames(), b"")
    ends = max(head.count(b"\n"), head.count(b"\r"), 1)
    return ends * size // len(head)


def first_layout(source: Source) -> tuple[Layout, bytes]:
    """What was chosen for the last file of this make, else what it looks like."""
    delimiter, rows = source.head(delimiter=None, most=SAMPLE)
    cells = [row for _unused, row in rows]
    layout = guess_layout(cells, delimiter=delimiter)
    signature = signature_of(cells, layout)
    known = ImportMapping.objects.filter(signature=signature).first()
    layout = Layout.from_json(known.layout) if known else layout
    if len(cells) <= layout.has_header:
        raise _nothing_found(has_header=bool(cells), is_workbook=source.kind == WORKBOOK)
    return layout, signature


def _nothing_found(
    *, size: int = 1, has_header: bool = False, is_workbook: bool = False
) -> FileRefused:
    """There are no codes: said at once, in the words that fit."""
    if has_header:
        why = _("No codes were found: there is a header line, and nothing below it.")
    elif is_workbook:
        why = _("No codes were found: the first sheet of this workbook is empty.")
    elif size:
        why = _("No codes were found: there are only empty lines.")
    else:
        why = _("The file is empty.")
    return FileRefused(why, param="file")
