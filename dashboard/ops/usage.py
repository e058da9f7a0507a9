"""What each shop uses of the platform, and how suppliers do across all of them: for the operator.

Counted when the page is asked for, by readings that give up after some seconds: a column that could
not be counted is empty, and the page is there all the same.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.money import Money
from dashboard.ops.figures import Reading, Row, read
from dashboard.ops.shops import draw_platform, platform_page
from tenants.models import Merchant

OPS = "ops"
MOST = 200

# order_newest
_ORDERS = """
    SELECT shop.id, (SELECT count(*) FROM orders_order
                      WHERE tenant_id = shop.id AND placed_at > %(day)s)
      FROM tenants_merchant AS shop
"""
_ORDERS_EVER = "SELECT tenant_id, count(*) FROM orders_order GROUP BY tenant_id"
_CODES = """
    SELECT tenant_id, count(*), count(*) FILTER (WHERE state = 'available')
      FROM inventory_code GROUP BY tenant_id
"""
# api_call_oldest
_CALLS = "SELECT tenant_id, count(*) FROM channels_apicall WHERE at > %(day)s GROUP BY tenant_id"
# What a row takes on disk with its part of the indexes: a code, and an order with what hangs on it.
_WIDTHS = """
    SELECT relname, pg_total_relation_size(oid) / greatest(reltuples, 1000)
      FROM pg_class
     WHERE relname IN ('inventory_code', 'orders_order', 'orders_item', 'fulfillment_unit')
"""
# calls_of_supplier, attempt_due
_SUPPLIERS = """
    SELECT own.tenant_id, own.name, own.protocol, own.is_on, own.balance_e4, own.currency,
           found.calls, found.bad, found.p95
      FROM suppliers_supplier AS own
     CROSS JOIN LATERAL (
           SELECT count(*) AS calls, count(*) FILTER (WHERE is_bad) AS bad,
                  percentile_disc(0.95) WITHIN GROUP (ORDER BY took_ms) AS p95
             FROM suppliers_call
            WHERE tenant_id = own.tenant_id AND supplier_id = own.id AND at > %(hour)s) AS found
     ORDER BY found.bad DESC, found.calls DESC, own.id
"""


def _asked(name: str, sql: str, *, now: datetime) -> list[Row] | None:
    reading = Reading(name, sql, {})
    return read(reading, now=now, day=now - timedelta(days=1), hour=now - timedelta(hours=1))


def _by_shop(rows: list[Row] | None, place: int = 1) -> dict[int, int] | None:
    return None if rows is None else {row[0]: row[place] for row in rows}


def usage_rows(*, now: datetime) -> list[dict[str, Any]]:
    """The shops that sold most in a day, with what each of them uses."""
    codes = _asked("codes", _CODES, now=now)
    columns = {
        "orders": _by_shop(_asked("orders", _ORDERS, now=now)),
        "orders_ever": _by_shop(_asked("orders_ever", _ORDERS_EVER, now=now)),
        "codes": _by_shop(codes),
        "on_sale": _by_shop(codes, 2),
        "calls": _by_shop(_asked("calls", _CALLS, now=now)),
    }
    widths: dict[str, float] = dict(_asked("widths", _WIDTHS, now=now) or [])
    found: list[dict[str, Any]] = [
        {"merchant": shop, **{name: _of(column, shop.pk) for name, column in columns.items()}}
        for shop in Merchant.objects.using(OPS).exclude(state="set_aside").order_by("slug")
    ]
    for row in found:
        row["storage"] = _storage(row, widths)
    return sorted(found, key=lambda row: -(row["orders"] or 0))[:MOST]


def _of(column: dict[int, int] | None, shop_id: int) -> int | None:
    return None if column is None else column.get(shop_id, 0)


def _storage(row: dict[str, Any], widths: dict[str, float]) -> int | None:
    """About how many bytes its codes and orders take; neither may be uncounted."""
    if row["codes"] is None or row["orders_ever"] is None or not widths:
        return None
    code = widths.get("inventory_code", 0)
    order = sum(width for name, width in widths.items() if name != "inventory_code")
    return int(row["codes"] * code + row["orders_ever"] * order)


def supplier_rows(*, now: datetime) -> list[dict[str, Any]]:
    """Suppliers of all shops, those that went wrong in the last hour first."""
    rows = _asked("suppliers_now", _SUPPLIERS, now=now) or []
    shops = Merchant.objects.using(OPS).in_bulk({row[0] for row in rows[:MOST]})
    return list(_supplier_rows(rows[:MOST], shops))


def _supplier_rows(rows: Iterable[Row], shops: dict[int, Merchant]) -> Iterable[dict[str, Any]]:
    for tenant_id, name, protocol, is_on, balance_e4, currency, calls, bad, p95 in rows:
        yield {
            "merchant": shops[tenant_id],
            "name": name,
            "protocol": protocol,
            "is_on": is_on,
            "balance": Money(balance_e4, currency) if balance_e4 is not None else None,
            "calls": calls,
            "bad": bad,
            "is_bad": bool(calls) and bad * 3 >= calls,
            "p95": Decimal(p95) / 1000 if p95 is not None else None,
        }


@platform_page
def usage(request: HttpRequest) -> HttpResponse:
    rows = usage_rows(now=timezone.now())
    return draw_platform(
        request, "dashboard/ops_usage.html", title=_("Usage"), rows=rows, most=MOST
    )


@platform_page
def suppliers(request: HttpRequest) -> HttpResponse:
    rows = supplier_rows(now=timezone.now())
    return draw_platform(request, "dashboard/ops_suppliers.html", title=_("Suppliers"), rows=rows)
