"""What should be empty, and who should be alive: the operator's first look."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.nudge import count_waiting
from core.sweeper import LINE
from dashboard.ops.figures import BY_NAME, Row, read

LINES = ("fast", "bulk", "upstream", "webhooks")
SILENT, LATE = 60, 120  # seconds: as the alerts' (deploy/prometheus/rules.yml)
Line = tuple[str, Any, bool]  # what it is, how much of it, and whether that is bad


def health(*, now: datetime) -> list[Line]:
    return [
        *_sweeper(now),
        *_outbox(now),
        *_work(now),
        *_figures(now),
        *(_line(name) for name in LINES),
    ]


def _row(name: str, now: datetime) -> Row | None:
    rows = read(BY_NAME[name], now=now)
    return rows[0] if rows else None


def _sweeper(now: datetime) -> list[Line]:
    found = _row("sweeper", now)
    if found is None:
        return [(_("The sweeper was never heard of"), "!", True)]
    return [(_("seconds since the sweeper was heard of"), round(found[0]), found[0] > SILENT)]


def _outbox(now: datetime) -> list[Line]:
    found = _row("outbox", now)
    if found is None:
        return [(_("seconds that facts wait to be heard"), "?", True)]
    _due, lag, failing = found
    return [
        (_("seconds that facts wait to be heard"), round(lag), lag > LATE),
        (_("facts that a listener refuses"), failing, failing > 0),
    ]


def _work(now: datetime) -> list[Line]:
    stuck, webhooks = _row("units_stuck", now), _row("webhooks_due", now)
    return [
        (_("deliveries that are stuck"), *_counted(stuck)),
        (_("webhooks to be sent now"), *_counted(webhooks, late_by=1)),
    ]


def _figures(now: datetime) -> list[Line]:
    wrong, mended, _late = _row("figures", now) or ("?", 1, 0)
    return [
        (_("shops whose figures are not their orders"), wrong, wrong != 0),
        (_("shops whose figures were mended within a day"), mended, mended != 0),
    ]


def _counted(found: Row | None, *, late_by: int = 0) -> tuple[Any, bool]:
    """Bad is any, or those that are late."""
    if found is None:
        return "?", True
    return found[0], found[late_by] > (LATE if late_by else 0)


def _line(name: str) -> Line:
    waiting = count_waiting(name)
    words = _("nudges in the line “%(name)s”") % {"name": name}
    return (words, "?", True) if waiting is None else (words, waiting, waiting >= LINE)
