"""What comes from suppliers and from stock: how each does, how fast goods arrive, what runs out."""

from django.urls import reverse
from django.utils.translation import gettext as _

from analytics import words
from analytics.types import Flow, StockRisk, SupplierRow
from core.money import Money
from dashboard.cockpit.types import NONE, Asked, Cell, Told, amount, columns, number, percent
from dashboard.supply_words import state_words
from fulfillment.states import UnitState
from suppliers.selectors.health import Rest


def told_suppliers(asked: Asked, found: list[SupplierRow]) -> Told:
    return Told(
        columns=columns(
            _("Supplier"), _("State"), words.DELIVERED, words.SUPPLIER_SUCCESS, words.P50,
            words.P95, words.UNCONFIRMED, words.BALANCE, words.COVER, numbers=7,
        ),
        rows=[_supplier(one, asked=asked) for one in found],
        note="" if found else _("No supplier yet: all comes from own stock."),
    )  # fmt: skip


def _supplier(one: SupplierRow, *, asked: Asked) -> tuple[Cell, ...]:
    balance = Cell(NONE, plain="")
    if one.balance_e4 is not None and asked.may_see_cost:
        money = Money(one.balance_e4, one.currency)
        balance = Cell(amount(money), plain=money.decimal)
    return (
        Cell(one.name, link=reverse("office_supplier", args=[one.supplier_id])),
        _state(one),
        number(one.numbers.delivered),
        percent(one.success_percent),
        number(one.p50_seconds, digits=1, unit=" s"),
        number(one.p95_seconds, digits=1, unit=" s"),
        number(one.unconfirmed),
        balance,
        number(one.balance_days, digits=1),
    )


def _state(one: SupplierRow) -> Cell:
    tone, said = state_words(is_on=one.is_on, rest=Rest(one.rest) if one.rest else None)
    return Cell(said, tone=tone)


def told_flow(asked: Asked, found: Flow) -> Told:
    steps = [
        (_("Paid"), found.paid),
        (words.DELIVERED.title, found.delivered),
        (_("Still on the way"), found.waiting),
        (_("Failed"), found.failed),
    ]
    shares = [_share(count, found.paid) for _step, count in steps]
    rows = [
        (Cell(step), number(count), percent(share))
        for (step, count), share in zip(steps, shares, strict=True)
    ]
    rows += [
        (Cell(step), number(seconds, digits=1, unit=" s"), percent(None))
        for step, seconds in (
            (_("Half of all arrive within (p50)"), found.p50_seconds),
            (_("95 of 100 arrive within (p95)"), found.p95_seconds),
        )
    ]
    rows += [
        (Cell(_("Just now: %(state)s") % {"state": UnitState(state).label}), number(count),
         percent(None))
        for state, count in found.now_waiting.items()
    ]  # fmt: skip
    chart = asked.chart(
        "bars",
        unit="count",
        names=[str(step) for step, _count in steps],
        values=[count for _step, count in steps],
        labels=[f"{count:,}" for _step, count in steps],
        notes=[percent(share).text for share in shares],
    )
    return Told(
        columns=columns(_("Step"), _("Units"), words.OF_PAID, numbers=2),
        metrics=[words.DELIVERED],
        rows=rows,
        chart=chart if found.paid else None,
        note=_speed_words(found),
    )


def _share(part: int, whole: int) -> float | None:
    return part * 100 / whole if whole else None


def _speed_words(found: Flow) -> str:
    if found.p50_seconds is None or found.p95_seconds is None:
        return _("Nothing was delivered in this time.")
    seconds = {"half": f"{found.p50_seconds:,.1f}", "most": f"{found.p95_seconds:,.1f}"}
    return _("From paid to delivered: p50 %(half)s s, p95 %(most)s s.") % seconds


def told_stock(asked: Asked, found: StockRisk) -> Told:
    """What runs out first, then what ends unsold, then what nobody buys."""
    short = [
        (Cell(one.name), Cell(_("runs out"), tone="bad"), number(one.stock),
         number(one.cover_days, digits=1), asked.cost(None))
        for one in found.short
    ]  # fmt: skip
    ending = [
        (Cell(one.name), Cell(_("ends on %(day)s") % {"day": one.ends_on}, tone="warn"),
         number(one.codes), Cell(NONE, plain=""), asked.cost(one.loss_e4, unpriced=one.unpriced))
        for one in found.expiring
    ]  # fmt: skip
    dead = [
        (Cell(one.name), Cell(_("none sold in 30 days"), tone="warn"), number(one.stock),
         Cell(NONE, plain=""), asked.cost(one.cost_e4, unpriced=one.unpriced))
        for one in found.dead
    ]  # fmt: skip
    rows = [*short, *ending, *dead]
    return Told(
        columns=columns(
            _("SKU"), _("Risk"), words.STOCK, words.COVER, words.WOULD_BE_LOST, numbers=3
        ),
        rows=rows,
        note="" if rows else _("Nothing runs out, ends or lies about."),
    )
