"""Which column is what: told from the header or the values, chosen by the merchant, remembered."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from core.crypto import blind_index
from core.errors import InvalidInput
from inventory.services.importing.cleaning import clean
from inventory.services.importing.dates import reads_as_date
from inventory.services.importing.sniffing import DELIMITERS, NONE

MOST_COLUMNS = 60


class Field(StrEnum):
    SECRET = "secret"  # noqa: S105 -- the name of a column
    CARD_NO = "card_no"
    EXPIRES_ON = "expires_on"
    FACE_VALUE = "face_value"
    COST = "cost"
    NOTE = "note"
    IGNORED = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the file is cut and what each column holds."""

    delimiter: str
    has_header: bool
    columns: tuple[Field, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"columns": [str(column) for column in self.columns]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Layout":
        columns = tuple(Field(column) for column in data["columns"])
        return cls(delimiter=data["delimiter"], has_header=data["has_header"], columns=columns)

    def position(self, field: Field) -> int | None:
        return self.columns.index(field) if field in self.columns else None


# Chinese names anywhere in a header cell, Latin ones as whole words; the first that fits.
_NAMES = (
    (Field.EXPIRES_ON, r"有效|到期|过期|截止|\bexpir|\bvalid"),
    (Field.FACE_VALUE, r"面值|面额|\bface\b|\bdenomination\b"),
    (Field.COST, r"成本|进价|采购价|拿货价|\bcost\b"),
    (Field.NOTE, r"备注|说明|批次|\bnotes?\b|\bremarks?\b|\bcomment\b"),
    (
        Field.CARD_NO,
        r"卡号|账号|帐号|序列号|\bcard ?(no|number|id)\b|\bcardno\b|\bserial|\baccount\b",
    ),
    (
        Field.SECRET,
        r"卡密|密码|密钥|口令|[码碼]$|\b(secret|password|pwd|pin|code|codes|key|cdkey|cdk|voucher)\b",
    ),
)
_PATTERNS = tuple((field, re.compile(pattern)) for field, pattern in _NAMES)


def named_field(cell: str) -> Field:
    """What a header cell says, or IGNORED."""
    name = re.sub(r"[_\-*:：.]+", " ", clean(cell).lower()).strip()
    if not name or len(name) > 30 or any(char.isdigit() for char in name):
        return Field.IGNORED
    return next((field for field, found in _PATTERNS if found.search(name)), Field.IGNORED)


def guess_layout(rows: Sequence[Sequence[str]], *, delimiter: str) -> Layout:
    """The likely layout; `rows` are the first lines, cut by `delimiter`, blank ones left out."""
    if not rows:
        return Layout(delimiter=delimiter, has_header=False, columns=(Field.SECRET,))
    names = [named_field(cell) for cell in rows[0][:MOST_COLUMNS]]
    if any(names):
        return Layout(delimiter=delimiter, has_header=True, columns=_by_names(names))
    width = max(len(row) for row in rows[:20])
    columns = _by_values(rows, width=min(width, MOST_COLUMNS))
    return Layout(delimiter=delimiter, has_header=False, columns=columns)


def _by_names(names: Sequence[Field]) -> tuple[Field, ...]:
    columns: list[Field] = []
    for name in names:
        columns.append(Field.IGNORED if name in columns else name)
    if Field.SECRET not in columns:
        # A list of numbers under "card no" alone: the number is what is sold.
        spare = Field.CARD_NO if Field.CARD_NO in columns else Field.IGNORED
        if spare in columns:
            columns[columns.index(spare)] = Field.SECRET
    return tuple(columns)


def _by_values(rows: Sequence[Sequence[str]], *, width: int) -> tuple[Field, ...]:
    """Without a header: dates are the expiry; one other column is the code, two card and code."""
    columns = [Field.IGNORED] * width
    for position in range(width):
        values = [row[position] for row in rows if position < len(row) and row[position].strip()]
        if values and all(reads_as_date(clean(value)) for value in values):
            columns[position] = Field.EXPIRES_ON
            break
    free = [position for position in range(width) if columns[position] == Field.IGNORED]
    if len(free) == 1:
        columns[free[0]] = Field.SECRET
    elif free:
        columns[free[0]], columns[free[1]] = Field.CARD_NO, Field.SECRET
    return tuple(columns)


def signature_of(rows: Sequence[Sequence[str]], layout: Layout) -> bytes:
    """The same for files of the same make; tells nothing of a code taken for a header."""
    head = "|".join(clean(cell).lower() for cell in rows[0]) if layout.has_header and rows else ""
    width = len(rows[0]) if rows else 0
    return blind_index(f"{layout.delimiter}|{width}|{head}", field="import_header")


def check_layout(layout: Layout) -> None:
    if layout.delimiter not in {*DELIMITERS, NONE}:
        raise InvalidInput(_("Choose one of the delimiters."), param="delimiter")
    if Field.SECRET not in layout.columns:
        raise InvalidInput(_("Choose the column that holds the code."), param="columns")
    used = [column for column in layout.columns if column]
    if len(used) != len(set(used)) or len(layout.columns) > MOST_COLUMNS:
        raise InvalidInput(_("Each meaning can be given to one column only."), param="columns")
