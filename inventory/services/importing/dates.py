"""Days as people write them in tables of codes."""

import re
from datetime import date
from functools import lru_cache

NEVER = date(9999, 12, 31)
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]+[\d:.]+Z?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_FOR_EVER = frozenset(
    {"永久", "永久有效", "长期", "长期有效", "无限期", "never", "forever", "none"}
)


@lru_cache(maxsize=4096)
def parse_day(text: str) -> date | None:
    """The day, NEVER for "for ever", None for what is neither. Day-first and month-first dates are
    refused rather than guessed."""
    if text.lower() in _FOR_EVER:
        return NEVER
    found = _DAY.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def reads_as_date(text: str) -> bool:
    day = parse_day(text)
    return day is not None and day.year >= 2000
