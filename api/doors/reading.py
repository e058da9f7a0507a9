"""Fields of a platform's call: of the kind that its protocol says, or refused by name."""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from api.errors import Unreadable
from api.parsing import read_object
from core.errors import InvalidInput
from core.money import read_e4

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Fields = Mapping[str, Any]
LONGEST_NO = 64
MOST_ATTACHED, MOST_CHARS = 4_000, 200
MOST_OF_ONE = 100
USUAL_ON_PAGE, MOST_ON_PAGE = 20, 100
LAST_PAGE = 10_000
LAST_SECOND = 10**11
LONGEST_URL = 500
ATTACHED = _("Send a JSON object, written as text of at most %(most)s characters.")
# Python reads "1_000" and digits of any script as well, which nobody means for money.
_AMOUNT = re.compile(r"(?=.{1,20}$)[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,2})?", re.ASCII)


def text(fields: Fields, name: str, *, most: int = LONGEST_NO, is_needed: bool = True) -> str:
    """Text, and nothing else that could be written as one; no blanks at its ends, which would make
    two names of one."""
    value = fields.get(name)
    if not is_needed and (value is None or value == ""):
        return ""
    if not isinstance(value, str) or not _is_line(value, most):
        said = _("Send text of 1 to %(most)s characters on one line, without blanks at its ends.")
        raise wrong(name, said % {"most": most})
    return value


def _is_line(value: str, most: int) -> bool:
    return 1 <= len(value) <= most and value.isprintable() and value.strip() == value


def whole(fields: Fields, name: str, *, least: int, most: int, usual: int | None = None) -> int:
    """A number; `usual` is what it is where it is not said."""
    value = fields.get(name)
    if value is None and usual is not None:
        return usual
    if type(value) is not int or not least <= value <= most:
        said = _("Send a whole number from %(least)s to %(most)s.")
        raise wrong(name, said % {"least": least, "most": most})
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
    with suppress(Unreadable):
        if isinstance(value, str) and len(value) <= MOST_ATTACHED:
            return texts(read_object(value.encode(), parse_float=str), name)
    raise wrong(name, ATTACHED % {"most": MOST_ATTACHED})


def texts(found: Fields, name: str) -> dict[str, str]:
    """Texts and numbers, as text; what is empty is left out."""
    said = {each: value for each, value in found.items() if value not in ("", None)}
    for each, value in said.items():
        if type(value) not in {int, str} or not _is_fit(str(value)):
            told = _("Send a number, or text of at most %(most)s characters on one line.")
            shown = each[:LONGEST_NO] if each.isprintable() else "…"  # the caller's own word
            raise wrong(f"{name}.{shown}", told % {"most": MOST_CHARS})
    return {each: str(value) for each, value in said.items()}


def _is_fit(said: str) -> bool:
    return len(said) <= MOST_CHARS and said.isprintable()


def amount_e4(fields: Fields, name: str) -> int | None:
    """A decimal amount, as text or as a number kept as it came; None where none is said."""
    value = fields.get(name)
    if value is None or value == "":
        return None
    with suppress(ValueError):
        if type(value) in {int, str} and _AMOUNT.fullmatch(str(value)):
            return read_e4(value)
    raise wrong(name, _("Send an amount of at most four decimals, such as 12.5."))


def wrong(name: str, said: "StrOrPromise") -> InvalidInput:
    """`said`: what is to be sent instead."""
    return InvalidInput(said, param=name)
