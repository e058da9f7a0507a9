"""The API's versions: a date each. A key keeps to the one that was newest when it was made."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from api.errors import VersionUnknown

HEADER = "X-API-Version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    date: str
    changes: tuple[str | Promise, ...]


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


def version_for(*, asked: str | None, pinned: str) -> str:
    """The version that a call is answered in; raises VersionUnknown."""
    if asked is None:
        return pinned
    if asked not in KNOWN:
        raise VersionUnknown(
            _("There is no version of this date. The newest is %(newest)s.") % {"newest": NEWEST},
            param=HEADER,
            newest=NEWEST,
        )
    return asked
