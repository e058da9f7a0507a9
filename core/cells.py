"""A text in a table that goes to a spreadsheet: it never becomes a formula, nor spoils the file."""

import re

# What a spreadsheet takes for a formula, in full width, too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def as_cell(text: str) -> str:
    kept = _NOT_IN_XML.sub("", text)
    return f"'{kept}" if kept.startswith(FORMULA) else kept


def from_cell(cell: str) -> str:
    """The text that `as_cell` made it of, without the blanks around it."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
