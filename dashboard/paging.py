"""A long list a page at a time, by the key of the row that a page ends with: row 100,000 is found
as fast as the first, and a list that grows meanwhile shows no row twice."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from dashboard.reading import ids_in

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Slice:
    """`next_query` leads to what follows, `first_query` back to the beginning; empty: no need."""

    rows: list[Any] = field(default_factory=list)
    next_query: str = ""
    first_query: str = ""


def latest(rows: QuerySet[Any], *, given: QueryDict, name: str = "before") -> Slice:
    """Of rows ordered by their key, the latest first; `given` are the address's values."""
    before = _key_in(given, name)
    left = rows if before is None else rows.filter(pk__lt=before)
    return _slice(left, given=given, name=name, key=lambda row: row.pk)


def following(rows: QuerySet[Any], *, by: str, given: QueryDict, name: str = "after") -> Slice:
    """Of rows ordered by the number `by`."""
    after = _key_in(given, name)
    left = rows if after is None else rows.filter(**{f"{by}__gt": after})
    return _slice(left, given=given, name=name, key=lambda row: getattr(row, by))


def _key_in(given: QueryDict, name: str) -> int | None:
    return next(iter(ids_in([given.get(name, "")])), None)


def _slice(rows: QuerySet[Any], *, given: QueryDict, name: str, key: Callable[[Any], int]) -> Slice:
    found = list(rows[: AT_ONCE + 1])
    shown = found[:AT_ONCE]
    is_more = len(found) > AT_ONCE
    return Slice(
        rows=shown,
        next_query=_query(given, name, key(shown[-1])) if is_more else "",
        first_query=_query(given, name, None) if _key_in(given, name) is not None else "",
    )


def _query(given: QueryDict, name: str, key: int | None) -> str:
    left = given.copy()
    left.pop(name, None)
    if key is not None:
        left[name] = str(key)
    return f"?{left.urlencode()}"
