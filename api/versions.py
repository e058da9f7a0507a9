"""The API's versions: a date each. A key keeps to the one that was newest when it was made."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise

from django.utils.functional import Promise
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _

from api.errors import VersionEnded, VersionUnknown

HEADER = "X-API-Version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """`ends_on`: the first day on which it is answered no more, once that is known; a year after
    the next version at the earliest."""

    date: str
    changes: tuple[str | Promise, ...]
    ends_on: str = ""


VERSIONS = (
    Version(
        date="2026-11-28",
        changes=(
            _("The first version: catalogue, orders with their codes, balance and its entries."),
        ),
    ),
)
NEWEST = VERSIONS[0].date
KNOWN = frozenset(version.date for version in VERSIONS)


def version_for(*, asked: str | None, pinned: str, today: date) -> str:
    """The version that a call is answered in; raises VersionUnknown and VersionEnded."""
    version = pinned if asked is None else asked
    _refuse_ended(version, today=today)
    if asked is not None and asked not in KNOWN:
        raise VersionUnknown(
            _("There is no version of this date. The newest is %(newest)s.") % {"newest": NEWEST},
            param=HEADER,
            newest=NEWEST,
        )
    return version


def _refuse_ended(version: str, *, today: date) -> None:
    ends_on = next((one.ends_on for one in VERSIONS if one.date == version), "")
    if ends_on and ends_on <= today.isoformat():
        raise VersionEnded(
            _("Version %(version)s is answered no more. Change to %(newest)s, then name it.")
            % {"version": version, "newest": NEWEST},
            param=HEADER,
            ended_on=ends_on,
            newest=NEWEST,
        )


def farewell(version: str, *, page: str) -> dict[str, str]:
    """Headers that say of a version which is to end: since when there is a newer one, until when it
    is answered, and where all that is written (RFC 9745 and 8594). Of any other none."""
    for newer, old in pairwise(VERSIONS):
        if old.date == version and old.ends_on:
            return {
                "Deprecation": f"@{_seconds(newer.date)}",
                "Sunset": http_date(_seconds(old.ends_on)),
                "Link": f'<{page}>; rel="deprecation"; type="text/html"',
            }
    return {}


def _seconds(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
