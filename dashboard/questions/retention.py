"""Of those who bought first in a month, how many came back."""

from django.utils.translation import gettext as _

from analytics import words
from analytics.selectors import cohorts
from analytics.selectors.buyers import CohortRow
from dashboard.cockpit.types import Asked, Cell, Told, columns, number, percent
from dashboard.questions.types import Answers

LEAST_DRAWN = 3  # months after the first: of fewer, the table says as much


def told_cohorts(asked: Asked, given: Answers) -> Told:
    found = cohorts(months=given["months"], today=asked.range.last)
    longest = max((len(one.came_back) for one in found), default=1)
    titles = [_("Month +%(count)s") % {"count": count} for count in range(1, longest)]
    return Told(
        columns=columns(
            _("Month"), words.NEW_BUYERS, words.WORTH_TO_DATE, *titles, numbers=2 + len(titles)
        ),
        rows=[_row(one, longest, asked) for one in found],
        chart=_heat(asked, found, titles),
        metrics=[words.CAME_BACK],
    )


def _row(one: CohortRow, longest: int, asked: Asked) -> tuple[Cell, ...]:
    later = [percent(one.share(at)) for at in range(1, len(one.came_back))]
    rest = [Cell("", plain="")] * (longest - 1 - len(later))
    worth = asked.money(one.net_e4)
    return (Cell(f"{one.first:%Y-%m}"), number(one.buyers), worth, *later, *rest)


def _heat(asked: Asked, rows: list[CohortRow], titles: list[str]) -> dict[str, object] | None:
    cells = [
        [at - 1, place, round(one.share(at) or 0, 1)]
        for place, one in enumerate(rows)
        for at in range(1, len(one.came_back))
    ]
    if len(titles) < LEAST_DRAWN or not any(share for _at, _place, share in cells):
        return None
    months = [f"{one.first:%Y-%m}" for one in rows]
    return asked.chart("heat", unit="count", x=titles, y=months, cells=cells)
