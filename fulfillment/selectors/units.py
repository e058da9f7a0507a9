"""What was promised and how far it is."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from catalog.states import Kind
from core.scope import require_tenant
from core.statements import run
from fulfillment.models import Unit
from fulfillment.states import ENDED, TO_BE_SENT, Source, UnitState
from suppliers.states import NOTHING_BOUGHT

# What `send` looks after; everything else of an order is looked after with the order.
TO_ITS_SUPPLIER = Q(source=Source.SUPPLIER, state__in=sorted(TO_BE_SENT))


def units_of(*, order_id: int) -> "QuerySet[Unit]":
    """The order's units, replaced ones included."""
    return Unit.objects.filter(order_id=order_id).select_related("item").order_by("position", "pk")


def has_goods(*, order_id: int) -> bool:
    """Whether anything of the order is there that its buyer reads."""
    there = Unit.objects.filter(order_id=order_id, state=UnitState.DELIVERED)
    return there.exclude(item__kind=Kind.TOP_UP).exists()


def is_read(unit: Unit) -> bool:
    """Whether its buyer has to read what was delivered; a top-up is used once it is there."""
    return unit.item.kind != Kind.TOP_UP


def can_be_replaced(unit: Unit) -> bool:
    """By another code of the shop's own; a delivered one of its own has a code."""
    return unit.state == UnitState.DELIVERED and unit.source == Source.OWN


def can_be_sent_anew(unit: Unit) -> bool:
    """By what a person types: what a supplier gave, a content, a text by hand. A code of the shop's
    own is replaced from stock, and of a top-up there is nothing to read."""
    return unit.state == UnitState.DELIVERED and unit.source != Source.OWN and is_read(unit)


def can_be_revealed(unit: Unit) -> bool:
    """To staff, at its order: what was delivered and is no code of the shop's own, which has a page
    where it is. Of a top-up there is nothing to read, but for what a person typed of it."""
    has_text = unit.content_id is not None or unit.hand_text is not None
    is_bought = unit.source == Source.SUPPLIER and is_read(unit)
    return unit.delivered_at is not None and unit.code_id is None and (has_text or is_bought)


def find_order_ids_by_code(*, code_ids: Iterable[int]) -> list[int]:
    """The orders that these codes were delivered to, replaced ones included."""
    found = Unit.objects.filter(code_id__in=list(code_ids))
    return list(found.values_list("order_id", flat=True).distinct())


def find_order_of_unit(*, unit_id: int) -> int | None:
    """The order that it is of; None where a try to buy was for nobody."""
    sql = "SELECT order_id FROM fulfillment_unit WHERE tenant_id = %s AND id = %s"
    rows = run(sql, (require_tenant(), unit_id)).rows
    return int(rows[0][0]) if rows else None


def units_to_do() -> "QuerySet[Unit]":
    """What waits for a person or for stock, the most urgent first: a to-do of the office."""
    waiting = [UnitState.BY_HAND, UnitState.REVIEW, UnitState.WAITING]
    return (
        Unit.objects.filter(state__in=waiting)
        .select_related("item", "order")
        .order_by("review_until", "pk")
    )


def units_unconfirmed() -> "QuerySet[Unit]":
    """What a supplier may have bought and has not said so, the oldest first: a to-do of the office.

    A person decides about none of these by himself: his supplier's number is what he asks with.
    """
    asked_for = [UnitState.ACCEPTED, UnitState.UNKNOWN, UnitState.REVIEW]
    return (
        Unit.objects.filter(source=Source.SUPPLIER, state__in=asked_for, attempt__isnull=False)
        .exclude(attempt__state__in=sorted(NOTHING_BOUGHT))
        .select_related("item", "order", "attempt__offer__supplier")
        .order_by("opened_at", "pk")
    )


def count_unfinished() -> dict[str, int]:
    """How many units are in each state that is no end."""
    found = Unit.objects.exclude(state__in=sorted(ENDED)).order_by()
    return dict(found.values_list("state").annotate(Count("pk")))


def due_units(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, order) of units whose next time has come, across tenants: for the sweeper."""
    due = Unit.objects.using("ops").filter(next_at__lte=now).exclude(TO_ITS_SUPPLIER)
    found = due.order_by("next_at").values_list("tenant_id", "order_id")[:limit]
    return list(dict.fromkeys(found))


def due_to_send(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, unit) of what waits for a supplier, across tenants: for the sweeper."""
    due = Unit.objects.using("ops").filter(TO_ITS_SUPPLIER, next_at__lte=now).order_by("next_at")
    return list(due.values_list("tenant_id", "pk")[:limit])
