"""How suppliers do: reckoned from the calls of the last minutes, hours and days."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from django.db.models import Count, Q

from core.kept import Kept
from core.scope import require_tenant
from core.statements import run
from suppliers.models import Attempt, Supplier
from suppliers.states import NOTHING_BOUGHT, TO_BE_ASKED, AttemptState

LOOKED_BACK = timedelta(minutes=10)
BALANCE_KEPT = timedelta(minutes=15)
LAST, FEWEST = 20, 8
# A supplier rests when the last order went wrong and half of the last ones did. The first order
# that goes well ends it, or so many answers to queries that half of them did not go wrong after
# all. Queries are never held back: they buy nothing.
_LAST_ORDERS = """
    SELECT own.id, own.probe_at IS NULL OR own.probe_at <= %(now)s
      FROM suppliers_supplier AS own, LATERAL (
           SELECT count(*) AS orders, count(*) FILTER (WHERE last.is_bad) AS bad,
                  (array_agg(last.is_bad))[1] AS is_down
             FROM (SELECT is_bad FROM suppliers_call
                    WHERE tenant_id = %(tenant)s AND supplier_id = own.id AND kind = 'buy'
                      AND at > %(since)s
                    ORDER BY at DESC, id DESC LIMIT %(last)s) AS last) AS found
     WHERE own.tenant_id = %(tenant)s AND own.id = ANY(%(suppliers)s)
       AND found.is_down AND found.orders >= %(fewest)s AND found.bad * 2 >= found.orders
"""


class Rest(StrEnum):
    RESTS = "rests"
    PROBE = "probe"  # the next order may find out whether it is back


def resting(*, supplier_ids: Collection[int], now: datetime) -> dict[int, Rest]:
    """Those of them that are given a rest, or whose rest is to be tried."""
    given = {
        "tenant": require_tenant(),
        "suppliers": list(supplier_ids),
        "now": now,
        "since": now - LOOKED_BACK,
        "last": LAST,
        "fewest": FEWEST,
    }
    rows = run(_LAST_ORDERS, given).rows if supplier_ids else []
    return {supplier: Rest.PROBE if is_due else Rest.RESTS for supplier, is_due in rows}


DAY = timedelta(days=1)
COST_DAYS = 7
# Every open cockpit asks each 15 seconds, and a week is all of a supplier's calls.
_costs = Kept[dict[int, int]](most=1_000, at_least=300)
ASKED = 500  # its last ones of the day: as good as all of them, however many those are
# An order is called out once: its call finds what became of it. The first failure since the last
# good order is when a rest began, if there is one.
_FIGURES = """
    SELECT own.id, bought.ended, bought.successes, called.p95_ms, (
           SELECT min(bad.at) FROM suppliers_call AS bad
            WHERE bad.tenant_id = %(tenant)s AND bad.supplier_id = own.id AND bad.kind = 'buy'
              AND bad.at > coalesce(bought.good_at, %(minutes)s) AND bad.at > %(minutes)s)
      FROM suppliers_supplier AS own, LATERAL (
           SELECT count(*) FILTER (WHERE tried.state = ANY(%(ended)s)) AS ended,
                  count(*) FILTER (WHERE tried.state = 'success') AS successes,
                  max(last.at) FILTER (WHERE NOT last.is_bad) AS good_at
             FROM (SELECT * FROM suppliers_call
                    WHERE tenant_id = %(tenant)s AND supplier_id = own.id AND kind = 'buy'
                      AND at > %(day)s
                    ORDER BY at DESC, id DESC LIMIT %(asked)s) AS last
             LEFT JOIN suppliers_attempt AS tried
               ON tried.tenant_id = last.tenant_id AND tried.id = last.attempt_id) AS bought,
           LATERAL (
           SELECT percentile_disc(0.95) WITHIN GROUP (ORDER BY took_ms) AS p95_ms
             FROM (SELECT took_ms FROM suppliers_call
                    WHERE tenant_id = %(tenant)s AND supplier_id = own.id AND kind <> 'balance'
                      AND at > %(day)s
                    ORDER BY at DESC, id DESC LIMIT %(asked)s) AS last) AS called
     WHERE own.tenant_id = %(tenant)s
"""
_COSTS = """
    SELECT call.supplier_id, sum(tried.cost_e4)::bigint
      FROM suppliers_call AS call
      JOIN suppliers_attempt AS tried
        ON tried.tenant_id = call.tenant_id AND tried.id = call.attempt_id
     WHERE call.tenant_id = %(tenant)s AND call.kind = 'buy' AND call.at > %(week)s
       AND tried.state = 'success' AND tried.cost_e4 > 0
     GROUP BY call.supplier_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How one supplier does. `ended` are those of its last 500 orders of the last day that it has
    answered for good.

    `day_cost_e4` is what a day's orders cost, by the mean of the last week, as it was within the
    last five minutes. `rest` is None while it works; `rests_since` is then None too.
    """

    supplier: Supplier
    ended: int
    successes: int
    p95_ms: int | None
    unconfirmed: int
    day_cost_e4: int
    rest: Rest | None
    rests_since: datetime | None

    @property
    def success_percent(self) -> float | None:
        return self.successes * 100 / self.ended if self.ended else None

    @property
    def days_of_cover(self) -> float | None:
        """How long the balance lasts; None where it was never asked, or nothing is bought."""
        balance = self.supplier.balance_e4
        return balance / self.day_cost_e4 if balance is not None and self.day_cost_e4 else None


def health_of_suppliers(*, now: datetime) -> list[Health]:
    """Every supplier with its figures, those in use first."""
    suppliers = list(Supplier.objects.order_by("-is_on", "name"))
    given = {
        "tenant": require_tenant(),
        "day": now - DAY,
        "asked": ASKED,
        "minutes": now - LOOKED_BACK,
        "ended": [AttemptState.SUCCESS, *sorted(NOTHING_BOUGHT)],
    }
    figures = {row[0]: row[1:] for row in run(_FIGURES, given).rows}
    rests = resting(supplier_ids=[one.pk for one in suppliers], now=now)
    waiting = _unconfirmed()
    costs = _costs.get(require_tenant(), partial(_week_costs, now=now))
    return [
        _health(
            one,
            figures[one.pk],
            rest=rests.get(one.pk),
            unconfirmed=waiting.get(one.pk, 0),
            week_cost_e4=costs.get(one.pk, 0),
            now=now,
        )
        for one in suppliers
    ]


def _week_costs(*, now: datetime) -> dict[int, int]:
    given = {"tenant": require_tenant(), "week": now - DAY * COST_DAYS}
    return dict(run(_COSTS, given).rows)


def _unconfirmed() -> dict[int, int]:
    """Orders that a supplier has not confirmed now; each of them has a next moment to be asked."""
    found = Attempt.objects.filter(next_at__isnull=False, state__in=sorted(TO_BE_ASKED))
    counted = found.order_by().values_list("offer__supplier_id").annotate(Count("pk"))
    return dict(counted)


def _health(
    supplier: Supplier,
    row: tuple[Any, ...],
    *,
    rest: Rest | None,
    unconfirmed: int,
    week_cost_e4: int,
    now: datetime,
) -> Health:
    ended, successes, p95_ms, bad_at = row
    days = min(COST_DAYS, max(1, (now - supplier.made_at) / DAY))
    return Health(
        supplier=supplier,
        ended=ended,
        successes=successes,
        p95_ms=p95_ms,
        unconfirmed=unconfirmed,
        day_cost_e4=round(week_cost_e4 / days),
        rest=rest,
        rests_since=bad_at if rest else None,
    )


def due_balances(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, supplier) of those in use whose balance has not been asked for long: for the
    sweeper."""
    stale = Q(balance_at=None) | Q(balance_at__lt=now - BALANCE_KEPT)
    due = Supplier.objects.using("ops").filter(stale, is_on=True).order_by("pk")
    return list(due.values_list("tenant_id", "pk")[:limit])
