"""One row of the file: a code to be loaded, or the reason why not. Touches no database."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from core.secrets import masked
from core.workbooks import SpoiltCell
from inventory.services.importing.cleaning import clean
from inventory.services.importing.columns import Field, Layout
from inventory.services.importing.dates import parse_day
from inventory.services.importing.text import MOST_LINE, UNREADABLE

MOST_CHARS = 4_096
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d{1,3}", re.IGNORECASE)


class Reason(StrEnum):
    """Why a line is not loaded. Stable: reports keep it, pages translate it."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    TOO_FEW_COLUMNS = "too_few_columns"
    SCIENTIFIC = "scientific"
    LOST_DIGITS = "lost_digits"
    IS_DATE = "is_date"
    NOT_WHOLE = "not_whole"
    SECRET_FORMAT = "secret_format"  # noqa: S105 -- the name of a reason
    CARD_NO_FORMAT = "card_no_format"
    BAD_DATE = "bad_date"
    BAD_FACE_VALUE = "bad_face_value"
    BAD_COST = "bad_cost"
    EXPIRED = "expired"
    DUPLICATE_IN_FILE = "duplicate_in_file"
    IN_STOCK = "in_stock"
    SOLD_BEFORE = "sold_before"


class Line(NamedTuple):
    """A code, cleaned and found good by itself."""

    number: int
    card_no: str
    secret: str
    expires_on: date
    cost_e4: int | None

    def refused(self, reason: "Reason") -> "Refused":
        """The same line as one that stock will not take."""
        return Refused(self.number, reason, _mask(self.card_no), _mask(self.secret))


class Refused(NamedTuple):
    """A line that is not loaded; holds masks, never the values."""

    number: int
    reason: Reason
    card_no: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Format:
    """What a SKU's codes look like; see catalog's Sku.code_format."""

    least: int = 0
    most: int = MOST_CHARS
    pattern: re.Pattern[str] | None = None

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Format":
        pattern = data.get("pattern")
        return cls(
            least=int(data.get("min") or 0),
            most=int(data.get("max") or MOST_CHARS),
            pattern=re.compile(pattern) if pattern else None,
        )

    def fits(self, text: str) -> bool:
        if not self.least <= len(text) <= self.most:
            return False
        return self.pattern is None or self.pattern.fullmatch(text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the merchant and the SKU say of every line."""

    default_day: date
    today: date
    face_value_e4: int | None = None
    secret: Format = Format()
    card_no: Format = Format()


class _Bad(Exception):
    """Leaves the judging of a line, with the reason."""


class Judge:
    """Reads rows by one layout. Made once a file, called once a line: it is the hot path."""

    def __init__(self, layout: Layout, expected: Expected) -> None:
        self._expected = expected
        self._secret = layout.position(Field.SECRET) or 0
        self._card_no = layout.position(Field.CARD_NO)
        self._day = layout.position(Field.EXPIRES_ON)
        self._face = layout.position(Field.FACE_VALUE)
        self._cost = layout.position(Field.COST)

    def judge(self, number: int, cells: Sequence[str]) -> Line | Refused:
        secret = card_no = ""
        try:
            raw = _cell(cells, self._secret)
            secret = clean(raw)
            _check_whole(raw, secret)
            if self._card_no is not None:
                card_no = clean(raw := _cell(cells, self._card_no))
                _check_whole(raw, card_no)
            return self._line(number, cells, card_no, secret)
        except _Bad as bad:
            return Refused(number, bad.args[0], _mask(card_no), _mask(secret))

    def _line(self, number: int, cells: Sequence[str], card_no: str, secret: str) -> Line:
        expected = self._expected
        if not secret:
            is_short = self._secret >= len(cells)
            raise _Bad(Reason.TOO_FEW_COLUMNS if is_short else Reason.EMPTY)
        if not expected.secret.fits(secret):
            raise _Bad(Reason.SECRET_FORMAT)
        if self._card_no is not None and not expected.card_no.fits(card_no):
            raise _Bad(Reason.CARD_NO_FORMAT)
        day = expected.default_day if self._day is None else self._expiry(cells)
        if day < expected.today:
            raise _Bad(Reason.EXPIRED)
        if self._face is not None:
            self._check_face(_cell(cells, self._face))
        cost = None if self._cost is None else _cost(_cell(cells, self._cost))
        return Line(number, card_no, secret, day, cost)

    def _expiry(self, cells: Sequence[str]) -> date:
        text = clean(_cell(cells, self._day or 0))
        if not text:
            return self._expected.default_day
        day = parse_day(text)
        if day is None:
            raise _Bad(Reason.BAD_DATE)
        return day

    def _check_face(self, text: str) -> None:
        wanted = self._expected.face_value_e4
        found = _amount_e4(clean(text)) if text.strip() else wanted
        if found is None and text.strip():
            raise _Bad(Reason.BAD_FACE_VALUE)
        if wanted is not None and found != wanted:
            raise _Bad(Reason.BAD_FACE_VALUE)


def _mask(text: str) -> str:
    """Of nothing, nothing."""
    return masked(text[:MOST_CHARS]) if text else ""


def _cell(cells: Sequence[str], position: int) -> str:
    return cells[position] if position < len(cells) else ""


def _check_whole(raw: str, text: str) -> None:
    """The value is all there: readable, of a sane length, not rounded by a spreadsheet."""
    if isinstance(raw, SpoiltCell):
        raise _Bad(Reason(raw.why))
    if len(text) > MOST_CHARS or len(raw) > MOST_LINE:
        raise _Bad(Reason.TOO_LONG)
    if UNREADABLE in text:
        raise _Bad(Reason.UNREADABLE)
    if len(text) < 16 and _SCIENTIFIC.fullmatch(text) and "+" in text:
        raise _Bad(Reason.SCIENTIFIC)


@lru_cache(maxsize=4096)
def _amount_e4(text: str) -> int | None:
    """`¥50`, `50元`, `9.8750` in 1/10,000; None for what is no amount of money."""
    plain = text.strip("¥￥$元 ").replace(",", "")
    try:
        amount = Decimal(plain) * 10_000
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount < 10**15 or amount != int(amount):
        return None
    return int(amount)


def _cost(text: str) -> int | None:
    if not text.strip():
        return None
    amount = _amount_e4(clean(text))
    if amount is None:
        raise _Bad(Reason.BAD_COST)
    return amount
