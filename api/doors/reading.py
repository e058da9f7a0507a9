"""Fields of a platform's call: of the kind that its protocol says, or refused by name."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from api.errors import Unreadable
from api.parsing import read_object
from core.errors import InvalidInput
from core.money import read_e4

Fields = Mapping[str, Any]
LONGEST_NO = 64
MOST_ATTACHED, MOST_CHARS = 4_000, 200
MOST_OF_ONE = 100
USUAL_ON_PAGE, MOST_ON_PAGE = 20, 100
LAST_PAGE = 10_000
LAST_SECOND = 10**11
LONGEST_URL = 500
# Python reads "1_000" and digits of any script as well, which nobody means for money.
_AMOUNT = re.compile(r"(?=.{1,20}$)[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,2})?", re.ASCII)


def text(fields: Fields, name: str, *, most: int = LONGEST_NO, is_needed: bool = True) -> str:
    """Text, and nothing else that could be written as one; no blanks at its ends, which would make
    two names of one."""
    value = fields.get(name)
    if value is None or value == "":
        if is_needed:
            raise wrong(name)
        return ""
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        raise wrong(name)
    if value.strip() != value:
        raise wrong(name)
    return value


def whole(fields: Fields, name: str, *, least: int, most: int, usual: int | None = None) -> int:
    """A number; `usual` is what it is where it is not said."""
    value = fields.get(name)
    if value is None and usual is not None:
        return usual
    if type(value) is not int or not least <= value <= most:
        raise wrong(name)
    return value


def loose_whole(
    fields: Fields, name: str, *, least: int, most: int, usual: int | None = None
) -> int:
    """As `whole`, for protocols whose programs write numbers as text as well."""
    value = fields.get(name)
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 18:
        return whole({name: int(value)}, name, least=least, most=most)
    if value == "" and usual is not None:
        return usual
    return whole(fields, name, least=least, most=most, usual=usual)


def attached(fields: Fields, name: str) -> dict[str, str]:
    """An object of texts that is itself written as text; none is an empty one."""
    value = fields.get(name)
    if value is None or value == "":
        return {}
    if not isinstance(value, str) or len(value) > MOST_ATTACHED:
        raise wrong(name)
    try:
        found = read_object(value.encode(), parse_float=str)
    except Unreadable:
        raise wrong(name) from None
    return texts(found, name)


def texts(found: Fields, name: str) -> dict[str, str]:
    """Texts and numbers, as text; what is empty is left out."""
    said = {each: value for each, value in found.items() if value not in ("", None)}
    if not all(type(value) in {int, str} and _is_fit(str(value)) for value in said.values()):
        raise wrong(name)
    return {each: str(value) for each, value in said.items()}


def _is_fit(said: str) -> bool:
    return len(said) <= MOST_CHARS and said.isprintable()


def amount_e4(fields: Fields, name: str) -> int | None:
    """A decimal amount, as text or as a number kept as it came; None where none is said."""
    value = fields.get(name)
    if value is None or value == "":
        return None
    if type(value) not in {int, str} or not _AMOUNT.fullmatch(str(value)):
        raise wrong(name)
    try:
        return read_e4(value)
    except ValueError:
        raise wrong(name) from None


def wrong(name: str) -> InvalidInput:
    return InvalidInput(_("This field is missing or not as agreed."), param=name)
