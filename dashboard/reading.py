"""What a form or an address says, as what it means; refusals name the field."""

from collections.abc import Iterable
from datetime import date, datetime

from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.timezone import get_current_timezone, make_aware
from django.utils.translation import gettext as _

from core.errors import InvalidInput

MOST_DIGITS = 19  # of a bigint
FIRST_YEAR, LAST_YEAR = 1900, 9000


def ids_in(words: Iterable[str]) -> list[int]:
    """Keys as a form or an address gives them; what cannot be one is left out."""
    return [int(word) for word in words if word.isdecimal() and len(word) < MOST_DIGITS]


def given_in(given: QueryDict, *, names: Iterable[str]) -> dict[str, str]:
    """Of an address's values these only: whatever else it says, a form does not begin with it."""
    return {name: str(given[name]) for name in names if name in given}


def day_of(text: str, *, param: str) -> date | None:
    if not text.strip():
        return None
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 -- a day has no zone
    except ValueError:
        raise InvalidInput(_("Write a day such as 2026-12-31."), param=param) from None


def moment_of(text: str, *, param: str) -> datetime | None:
    """In the zone of who writes it."""
    if not text.strip():
        return None
    try:
        found = make_aware(datetime.fromisoformat(text.strip()), get_current_timezone())
    except ValueError:
        raise _no_moment(param) from None
    if not is_of_our_time(found):
        raise _no_moment(param)
    return found


def _no_moment(param: str) -> InvalidInput:
    return InvalidInput(_("Write a day and a time."), param=param)


def is_of_our_time(moment: datetime) -> bool:
    """The first and the last days of a calendar are on none by the clocks of other places: what
    Postgres keeps of them cannot be read again."""
    return FIRST_YEAR <= moment.year <= LAST_YEAR


def instant_of(text: str, *, param: str) -> datetime:
    """As our own page wrote it, with its zone."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidInput(_("Load the page again, then try once more."), param=param)
    return found


def number_of(text: str, *, param: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 9:
        raise InvalidInput(_("Write a number."), param=param)
    return int(text)
