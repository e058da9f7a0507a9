"""How the platform does, read from its rows across all shops: for Prometheus and the operator.

Each reading is one statement that an index answers, whatever the tables' size, and is given up
after three seconds: a reading that fails is named as such and takes no other with it. Sandboxes
are left out where it is about business.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import DatabaseError, connections, transaction

from dashboard.ops import statements as sql

log = structlog.get_logger(__name__)

OPS = "ops"
PATIENCE = "3s"
RECENT, LATE = timedelta(minutes=5), timedelta(minutes=2)
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement whose rows hold a value for each of `labels`, then one for each of `gauges`."""

    name: str
    sql: str
    gauges: dict[str, str]  # a metric's name: what it says
    labels: tuple[str, ...] = ()


READINGS = (
    Reading(
        "orders_open",
        sql.ORDERS_OPEN,
        {"quanyi_orders_open": "Orders that are not at their end, by state."},
        ("state",),
    ),
    Reading(
        "orders_recent",
        sql.ORDERS_RECENT,
        {"quanyi_orders_recent": "Orders placed in the last 5 minutes, by their state now."},
        ("state",),
    ),
    Reading(
        "delivery",
        sql.DELIVERY,
        {"quanyi_delivery_seconds": "From paid to delivered, of orders of the last 5 minutes."},
        ("quantile",),
    ),
    Reading(
        "units",
        sql.UNITS,
        {
            "quanyi_units": "Units that are not at their end, by state.",
            "quanyi_unit_oldest_seconds": "Age of the oldest of them.",
        },
        ("state",),
    ),
    Reading(
        "units_stuck",
        sql.UNITS_STUCK,
        {"quanyi_units_stuck": "Units whose next step is two minutes late."},
    ),
    Reading(
        "suppliers",
        sql.SUPPLIERS,
        {
            "quanyi_supplier_calls_recent": "Calls to suppliers in the last 5 minutes.",
            "quanyi_supplier_p95_seconds": "How long 95 of 100 of them took at most.",
        },
        ("protocol", "kind", "outcome"),
    ),
    Reading(
        "outbox",
        sql.OUTBOX,
        {
            "quanyi_outbox_due": "Facts that wait to be heard.",
            "quanyi_outbox_lag_seconds": "How late the oldest of them is.",
            "quanyi_outbox_failing": "Facts that a listener has refused three times or more.",
        },
    ),
    Reading(
        "sweeper",
        sql.SWEEPER,
        {"quanyi_sweeper_age_seconds": "Since the sweeper last said that it is alive."},
    ),
    Reading(
        "webhooks",
        sql.WEBHOOKS,
        {"quanyi_webhooks_recent": "Webhooks of the last 5 minutes' events, by state."},
        ("state",),
    ),
    Reading(
        "webhooks_due",
        sql.WEBHOOKS_DUE,
        {
            "quanyi_webhooks_due": "Webhooks whose next try is due.",
            "quanyi_webhook_lag_seconds": "How late the oldest of them is.",
        },
    ),
    Reading(
        "risk",
        sql.RISK,
        {"quanyi_risk_verdicts_recent": "Verdicts of the risk rules in the last 5 minutes."},
        ("moment", "action"),
    ),
    Reading(
        "refunds",
        sql.REFUNDS,
        {
            "quanyi_refunds_open": "Refunds that are not done, by state.",
            "quanyi_refunds_late": "Of them, those whose next step is two minutes late.",
        },
        ("state",),
    ),
    Reading(
        "merchants",
        sql.MERCHANTS,
        {"quanyi_merchants": "Shops, sandboxes left out, by state."},
        ("state",),
    ),
    Reading(
        "figures",
        sql.FIGURES,
        {
            "quanyi_figures_wrong": "Shops whose figures are not their orders, when last compared.",
            "quanyi_figures_mended": "Shops whose figures had to be mended within a day.",
            "quanyi_figures_unchecked": "Shops whose figures nobody compared for two days.",
        },
    ),
    Reading(
        "connections",
        sql.CONNECTIONS,
        {"quanyi_db_connections": "Connections to the database, by role."},
        ("role",),
    ),
    Reading(
        "connections_most",
        sql.CONNECTIONS_MOST,
        {"quanyi_db_connections_most": "Connections that the database takes."},
    ),
)
BY_NAME = {one.name: one for one in READINGS}


def read(reading: Reading, *, now: datetime, **more: datetime) -> list[Row] | None:
    """Its rows; None if the database could not say in time."""
    given = {"now": now, "recent": now - RECENT, "late": now - LATE, **more}
    try:
        with transaction.atomic(using=OPS), connections[OPS].cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}'")
            cursor.execute(reading.sql, given)
            rows: list[Row] = cursor.fetchall()
    except DatabaseError as why:
        log.warning("reading_failed", reading=reading.name, why=type(why).__name__)
        return None
    return rows


def read_all(*, now: datetime) -> Iterator[tuple[Reading, list[Row] | None]]:
    return ((one, read(one, now=now)) for one in READINGS)
