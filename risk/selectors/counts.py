"""Counts from what is stored: slower than the memory, and there when that one is not."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from core.budgets import TookTooLong, at_most_ms
from core.scope import require_tenant, tenant_atomic
from risk.models import Assessment
from risk.selectors.assessments import digests_of
from risk.states import Trait
from risk.types import Counter

_WHERE = (
    "FROM risk_assessment WHERE tenant_id = %s AND {by} = %s AND at > %s AND at <= %s "
    "AND moment = ANY(%s)"
)
AT_ONCE = 2_000
BUDGET_MS = 50  # for all counts of one look


def counted_in_postgres(
    *,
    counters: Iterable[Counter],
    digests: Mapping[str, bytes | str],
    adds: Mapping[Counter, int],
    now: datetime,
) -> dict[Counter, int] | None:
    """By counter, with what this look `adds`, which is not stored yet; None where it takes longer
    than a look may wait."""
    wanted = [one for one in counters if one.by in digests and (one.differ or one.by) in digests]
    if not wanted:
        return {}
    sql, given = [], []
    for one in wanted:
        what, values = _with_this(one, digests, adds.get(one, 0))
        sql.append(f"(SELECT {what} {_WHERE.format(by=one.by)})")
        since = now - timedelta(seconds=one.within)
        given += [*values, require_tenant(), digests[one.by], since, now, list(one.moments)]
    try:
        with at_most_ms(BUDGET_MS) as cursor:
            cursor.execute(f"SELECT {', '.join(sql)}", given)
            row = cursor.fetchone()
    except TookTooLong:
        return None
    return {one: int(found) for one, found in zip(wanted, row, strict=True)}


def counts_then(*, look: Assessment, counters: Iterable[Counter]) -> dict[Counter, int]:
    """What these counts were at the moment of a look, as far as its rows are kept; empty where that
    takes too long."""
    found = counted_in_postgres(counters=counters, digests=digests_of(look), adds={}, now=look.at)
    return found or {}


def _what(one: Counter) -> str:
    if one.sums:
        column = "amount_e4" if one.sums == "amount" else "quantity"
        return f"coalesce(sum({column}), 0)"
    return f"count(DISTINCT {_known(one.differ)})" if one.differ else "count(*)"


def _known(trait: str) -> str:
    """The trait's column, NULL where nobody is named."""
    return f"nullif({trait}, '')" if trait in (Trait.PARTNER, Trait.SKU) else trait


def _with_this(
    one: Counter, digests: Mapping[str, bytes | str], added: int
) -> tuple[str, list[Any]]:
    if not added:
        return _what(one), []
    if one.differ:
        others = f"{_what(one)} FILTER (WHERE {one.differ} <> %s)"
        return f"{others} + 1", [digests[one.differ]]
    return f"{_what(one)} + %s", [added]


def stored_counts(
    *, counter: Counter, bucket: int, now: datetime
) -> Iterator[tuple[Any, int | bytes, Any]]:
    """Of the counter's window until now: (value, bucket, count or sum), or for different ones
    (value, different one, when it was last seen)."""
    if counter.differ:
        what = f"{counter.differ}, max(extract(epoch from at))"
        group = f"{counter.by}, {counter.differ}"
    else:
        what = f"floor(extract(epoch from at) / {int(bucket)})::bigint, {_what(counter)}"
        group = "1, 2"
    known = f"AND {_known(counter.differ)} IS NOT NULL" if counter.differ else ""
    is_known = f"{_known(counter.by)} IS NOT NULL {known}"
    sql = (
        f"SELECT {counter.by}, {what} FROM risk_assessment WHERE tenant_id = %s AND at > %s "  # noqa: S608 -- our words
        f"AND moment = ANY(%s) AND at < %s AND {is_known} GROUP BY {group}"
    )
    since = now - timedelta(seconds=counter.within)
    given: list[Any] = [require_tenant(), since, list(counter.moments), now]
    with tenant_atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql, given)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows
