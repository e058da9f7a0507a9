"""The cockpit's figures of some days, block by block: a line each figure."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dashboard.cockpit.blocks import BLOCKS
from dashboard.cockpit.ranges import CUSTOM, Range, range_of
from dashboard.cockpit.types import Asked, Block
from dashboard.exporting.asking import of_days
from reports.types import Asker, Cell, Column, Figures, Line
from tenants.selectors import get_shop

# Those that are about the days asked for; the others are about just now.
_TOLD = ("waterfall", "channels", "daily", "hot", "flow", "suppliers")


def _lines(asker: Asker, query: str) -> list[Line]:
    given = QueryDict(f"range={CUSTOM}&{query}")
    days = range_of(given, today=date.max)  # a schedule asks for days that are over
    asked = Asked(
        range=days,
        currency=get_shop().currency,
        now=timezone.now(),
        may_see_cost=asker.may("cost.view"),
    )
    blocks = [BLOCKS[name] for name in _TOLD]
    return [line for one in blocks if asker.may(one.right) for line in _of(one, asked, days)]


def _of(block: Block, asked: Asked, days: Range) -> Iterator[Line]:
    told = block.tell(asked)
    titles = [str(column.title) for column in told.columns]
    for row in told.rows:
        about, *figures = (cell.in_file for cell in row)
        for title, figure in zip(titles[1:], figures, strict=True):
            yield (str(days.first), str(days.last), str(block.title), about, title, _cell(figure))


def _cell(figure: str) -> Cell:
    """A number as a number."""
    try:
        return Decimal(figure)
    except InvalidOperation:
        return figure


FIGURES = Figures(
    name="figures",
    title=_("Key figures"),
    right="risk.view",
    more_with=("cost.view", "sales.view"),
    columns=(
        Column(_("First day")), Column(_("Last day")), Column(_("Block")), Column(_("Of")),
        Column(_("Figure")), Column(_("Value")),
    ),
    lines=_lines,
    of_days=of_days,
)  # fmt: skip
