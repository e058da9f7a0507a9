"""What we bought from a supplier over some days, by our own books: to be held against its bill."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _

from core.money import Money
from core.scope import tenant_atomic
from suppliers.models import Attempt, AttemptMove, Supplier
from suppliers.selectors.settlement import shop_zone, span_of
from suppliers.services.bills import check_days
from suppliers.services.tables_out import BOM, rows_as_csv
from suppliers.states import AttemptState

Sums = dict[tuple[date, str], tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One day of one of the supplier's products. What was taken back stands on the day of that."""

    day: date
    product: str
    bought: int
    bought_e4: int
    back: int
    back_e4: int

    @property
    def total_e4(self) -> int:
        return self.bought_e4 - self.back_e4


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """From `since` to `until`, both with it. A purchase counts on the day that it was ordered, in
    the merchant's zone: suppliers take the money then."""

    supplier_id: int
    supplier: str
    currency: str
    since: date
    until: date
    lines: tuple[StatementLine, ...]

    @property
    def bought(self) -> int:
        return sum(line.bought for line in self.lines)

    @property
    def bought_e4(self) -> int:
        return sum(line.bought_e4 for line in self.lines)

    @property
    def back(self) -> int:
        return sum(line.back for line in self.lines)

    @property
    def back_e4(self) -> int:
        return sum(line.back_e4 for line in self.lines)

    @property
    def total_e4(self) -> int:
        return self.bought_e4 - self.back_e4


@tenant_atomic
def statement(*, supplier_id: int, since: date, until: date) -> Statement:
    """Raises InvalidInput for no days, or for more than a year of them."""
    check_days(since=since, until=until)
    supplier = Supplier.objects.get(pk=supplier_id)
    bought, back = _bought(supplier, since, until), _back(supplier, since, until)
    return Statement(
        supplier_id=supplier.pk,
        supplier=supplier.name,
        currency=supplier.currency,
        since=since,
        until=until,
        lines=tuple(_line(key, bought, back) for key in sorted({**bought, **back})),
    )


def statement_csv(told: Statement) -> bytes:
    """With a byte order mark, for Excel; no cell of it becomes a formula."""
    head = (
        _("day"), _("the supplier's product"), _("bought"), _("cost"), _("taken back"),
        _("money back"), _("together"),
    )  # fmt: skip
    rows = [_row(told, str(line.day), line.product, line) for line in told.lines]
    return BOM + rows_as_csv([head, *rows, _row(told, _("total"), "", told)])


def _bought(supplier: Supplier, since: date, until: date) -> Sums:
    """What was bought, also what was taken back later."""
    begins, ends = span_of(since=since, until=until)
    tries = Attempt.objects.filter(
        offer__supplier=supplier,
        sent_at__gte=begins,
        sent_at__lt=ends,
        state__in=[AttemptState.SUCCESS, AttemptState.REVERSED],
    )
    day = TruncDate("sent_at", tzinfo=shop_zone())
    return _summed(tries.order_by().values(day=day, product=F("offer__product")), "cost_e4")


def _back(supplier: Supplier, since: date, until: date) -> Sums:
    begins, ends = span_of(since=since, until=until)
    moves = AttemptMove.objects.filter(
        attempt__offer__supplier=supplier,
        new=AttemptState.REVERSED,
        old=AttemptState.SUCCESS,
        at__gte=begins,
        at__lt=ends,
    )
    day = TruncDate("at", tzinfo=shop_zone())
    rows = moves.order_by().values(day=day, product=F("attempt__offer__product"))
    return _summed(rows, "attempt__cost_e4")


def _summed(rows: "QuerySet", cost: str) -> Sums:
    found = rows.annotate(count=Count("pk"), sum=Coalesce(Sum(cost), 0))
    return {(row["day"], row["product"]): (row["count"], row["sum"]) for row in found}


def _line(key: tuple[date, str], bought: Sums, back: Sums) -> StatementLine:
    (count, cost), (returned, returned_e4) = bought.get(key, (0, 0)), back.get(key, (0, 0))
    return StatementLine(
        day=key[0],
        product=key[1],
        bought=count,
        bought_e4=cost,
        back=returned,
        back_e4=returned_e4,
    )


def _row(told: Statement, day: str, product: str, of: "StatementLine | Statement") -> Sequence[str]:
    def amount(e4: int) -> str:
        return Money(e4, told.currency).decimal

    return (
        day, product, str(of.bought), amount(of.bought_e4), str(of.back), amount(of.back_e4),
        amount(of.total_e4),
    )  # fmt: skip
