"""What a stranger says in free text may hold a card or its password: it is masked before anybody
keeps or shows it."""

import re
from collections.abc import Iterable

from core.secrets import MASK

# Letters and digits in one go, as codes are written: in groups between dashes, digits in fours; the
# last two ranges are full-width digits and letters.
_ONE = "A-Za-z0-9\uff10-\uff19\uff21-\uff5a"
_RUN = re.compile(rf"[0-9]{{3,}}(?: [0-9]{{3,}})+|[{_ONE}_]+(?:-[{_ONE}]+)*")
_ERROR_CODE = re.compile(r"[A-Z]?[0-9]{1,6}(?= |$)")  # with what many protocols' words begin
_WORDS = re.compile(r"(?:[A-Z]+(?![a-z])|[A-Z]?[a-z]{2,}|_)+")
_LONG, _LONG_LETTERS, _LONGEST_WORD = 6, 8, 20


def hide_codes(text: str, *, known: Iterable[str] = ()) -> str:
    """The text without what looks like a code, and without those that are `known`.

    An error code at its beginning stays, and what is written as words are.
    """
    for secret in filter(None, known):
        text = text.replace(secret, MASK)
    first = _ERROR_CODE.match(text)
    kept = first.end() if first else 0
    return text[:kept] + _RUN.sub(_hidden, text[kept:])


def _hidden(run: re.Match[str]) -> str:
    text = run[0]
    size = sum(each.isalnum() for each in text)
    most = _LONG if any(each.isdigit() for each in text) else _most_letters(text)
    return MASK if size >= most else text


def _most_letters(text: str) -> int:
    """So many letters without a digit are a code, by how they are written."""
    if "-" in text:
        return _LONGEST_WORD * 2 if text.islower() else _LONG_LETTERS
    is_written_as_words = _WORDS.fullmatch(text) is not None
    if "_" in text and is_written_as_words:
        return _LONGEST_WORD * 2
    return _LONGEST_WORD if is_written_as_words and not text.isupper() else _LONG_LETTERS
