"""How many rows a table's list has, as far as anybody pages."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator

MOST = 10_000


class CountedSoFar(Paginator):
    """Counts to `MOST` and leads no further: to count all rows of a large shop takes seconds, and
    whoever looks for a row so far down filters or searches."""

    object_list: Any  # a queryset

    @cached_property
    def _counted(self) -> int:
        return int(self.object_list.order_by()[: MOST + 1].count())

    @property
    def is_more(self) -> bool:
        return self._counted > MOST

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST)
