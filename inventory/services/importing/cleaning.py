"""What is done to a value before it is stored: one rule, the same for every file, shown in preview.

Full-width letters, digits and signs become half-width; every kind of blank becomes a plain space;
what cannot be seen (zero-width, direction marks, soft hyphens, BOMs, control characters) is taken
out; blanks at both ends go. Case, and what is between, stay.
"""

import unicodedata
from enum import StrEnum


class Mark(StrEnum):
    """What the rule did to a value."""

    TRIMMED = "trimmed"
    FULL_WIDTH = "full_width"
    BLANK = "blank"  # a no-break or other unusual blank
    INVISIBLE = "invisible"
    CONTROL = "control"


def _kinds() -> dict[int, tuple[str, Mark]]:
    kinds: dict[int, tuple[str, Mark]] = {
        code: (chr(code - 0xFEE0), Mark.FULL_WIDTH) for code in range(0xFF01, 0xFF5F)
    }
    for code in range(0x10000):
        category = unicodedata.category(chr(code))
        if category == "Cf":
            kinds[code] = ("", Mark.INVISIBLE)
        elif category == "Cc":
            kinds[code] = (" ", Mark.BLANK) if code == 0x09 else ("", Mark.CONTROL)
        elif category in {"Zs", "Zl", "Zp"} and code != 0x20:
            kinds[code] = (" ", Mark.BLANK)
    return kinds


_KINDS = _kinds()
_TABLE = {code: replacement for code, (replacement, _) in _KINDS.items()}


def clean(value: str) -> str:
    """The value as it is stored."""
    if value.isascii() and value.isprintable():
        return value.strip(" ")
    return value.translate(_TABLE).strip(" ")


def marks_of(value: str) -> list[Mark]:
    """What `clean` does to this value, in a fixed order; empty when it stays as it is."""
    found = {_KINDS[ord(char)][1] for char in value if ord(char) in _KINDS}
    plain = value.translate(_TABLE)
    if plain != plain.strip(" "):
        found.add(Mark.TRIMMED)
    return [mark for mark in Mark if mark in found]


def shown(value: str) -> str:
    """The raw value with what cannot be seen made visible, for the preview."""
    return "".join(_visible(char) for char in value)


def _visible(char: str) -> str:
    kind = _KINDS.get(ord(char))
    if kind is None or kind[1] == Mark.FULL_WIDTH:
        return char
    return "␣" if kind[1] == Mark.BLANK else f"⟨{ord(char):04X}⟩"
