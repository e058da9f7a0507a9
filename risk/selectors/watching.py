"""What the rules stopped lately, by rule, by place and by whom; and waves of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from core.budgets import TookTooLong, at_most_ms
from core.scope import require_tenant
from risk.models import Assessment
from risk.states import Action, Trait

BUDGET_MS = 2_000  # of each question; a shop with millions of looks hears that it was too much
MOST_RULES, MOST_FED, MOST_WAVES = 20, 20, 5
# So many stopped ones of one trait within so long are a wave.
WAVE, WAVE_WITHIN = 8, timedelta(minutes=60)
WAVE_TRAITS = (Trait.NET, Trait.IP, Trait.DEVICE, Trait.ACCOUNT, Trait.SKU)
STOPPED = (str(Action.HOLD), str(Action.DENY))
_LOOKED = "FROM risk_assessment WHERE tenant_id = %(tenant)s AND at > %(since)s AND at <= %(now)s"
_TOTALS = f"""
    SELECT action, count(*), coalesce(sum(amount_e4), 0) {_LOOKED} AND moment = 'order'
     GROUP BY action
"""
_RULES = f"""
    SELECT one->>'rule', max(one->>'name'), count(*), coalesce(sum(amount_e4), 0)
      FROM (SELECT spoken, amount_e4 {_LOOKED} AND action IN ('hold', 'deny')) AS looks
     CROSS JOIN LATERAL jsonb_array_elements(looks.spoken) AS one
     WHERE NOT (one->>'is_shadow')::boolean AND one->>'action' IN ('hold', 'deny')
     GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT {MOST_RULES}
"""  # noqa: S608
_PLACES = f"""
    SELECT facts->>'ip_province', count(*), count(*) FILTER (WHERE action IN ('hold', 'deny'))
    {_LOOKED} AND facts ? 'ip_province' GROUP BY 1
"""
_WAVE = """
    (SELECT '{trait}', {trait}::text, count(*), count(DISTINCT device), min(at), max(at)
       {looked} AND action IN ('hold', 'deny') AND {known}
      GROUP BY {trait} HAVING count(*) >= %(wave)s ORDER BY 3 DESC LIMIT %(most)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoke:
    """A rule (or a list), how often it stopped something, and for how much."""

    rule: str
    name: str
    count: int
    amount_e4: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    province: str
    looked_at: int
    stopped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """Many stopped at once, of one trait. `value` names it: a SKU, or the beginning of a digest."""

    trait: str
    value: str
    count: int
    devices: int
    began: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Radar:
    """Orders are counted as they were placed: `counts` and `amounts` by verdict. `is_whole` False:
    something could not be counted in time, and is missing."""

    counts: dict[str, int]
    amounts: dict[str, int]
    rules: tuple[Spoke, ...]
    places: tuple[Place, ...]
    is_whole: bool

    @property
    def looked_at(self) -> int:
        return sum(self.counts.values())

    @property
    def stopped(self) -> int:
        return sum(self.counts.get(one, 0) for one in STOPPED)

    @property
    def protected_e4(self) -> int:
        """The worth of what was stopped."""
        return sum(self.amounts.get(one, 0) for one in STOPPED)


def radar(*, since: datetime, now: datetime) -> Radar:
    """Of the looks of a time; each part within its budget."""
    given = {"tenant": require_tenant(), "since": since, "now": now}
    parts = [_asked(sql, given) for sql in (_TOTALS, _RULES, _PLACES)]
    totals, rules, places = (part or [] for part in parts)
    return Radar(
        counts={row[0]: row[1] for row in totals},
        amounts={row[0]: int(row[2]) for row in totals},
        rules=tuple(
            Spoke(rule=row[0], name=row[1], count=row[2], amount_e4=int(row[3])) for row in rules
        ),
        places=tuple(Place(province=row[0], looked_at=row[1], stopped=row[2]) for row in places),
        is_whole=None not in parts,
    )


def waves(*, now: datetime) -> list[Wave] | None:
    """The waves of the last hour, the largest first; None if they could not be counted in time."""
    sql = " UNION ALL ".join(
        _WAVE.format(trait=trait, looked=_LOOKED, known=_known(trait)) for trait in WAVE_TRAITS
    )
    given = {
        "tenant": require_tenant(), "since": now - WAVE_WITHIN, "now": now, "wave": WAVE,
        "most": MOST_WAVES,
    }  # fmt: skip
    rows = _asked(sql, given)
    if rows is None:
        return None
    found = [
        Wave(
            trait=row[0], value=row[1].removeprefix("\\x")[:40], count=row[2], devices=row[3],
            began=row[4], last=row[5],
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: -one.count)


def _known(trait: Trait) -> str:
    return f"{trait} <> ''" if trait == Trait.SKU else f"{trait} IS NOT NULL"


def _asked(sql: str, given: dict[str, Any]) -> list[Any] | None:
    try:
        with at_most_ms(BUDGET_MS) as cursor:
            cursor.execute(sql, given)
            found: list[Any] = cursor.fetchall()
    except TookTooLong:
        return None
    return found


def stopped_lately() -> list[Assessment]:
    """The newest looks on which somebody was warned of, asked for a proof, held or refused."""
    wanted = [str(Action.WARN), str(Action.VERIFY), *STOPPED]
    found = Assessment.objects.exclude(spoken=[]).filter(action__in=wanted).order_by("-at", "-pk")
    return list(found[:MOST_FED])


def due_waves(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, tenant) where so many were stopped lately that there may be a wave, across all."""
    found = (
        Assessment.objects.using("ops")
        .filter(at__gt=now - WAVE_WITHIN, at__lte=now, action__in=STOPPED)
        .exclude(spoken=[])
        .values_list("tenant_id", flat=True)
        .annotate(stopped=Count("pk"))
        .filter(stopped__gte=WAVE)
        .order_by("-stopped")
    )
    return [(tenant_id, tenant_id) for tenant_id in found[:limit]]
