"""From a day to a day, both of them whole, by the clock that the page goes by."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import DateTimeField, QuerySet
from django.http import HttpRequest
from django.utils.timezone import get_current_timezone
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.utils import parse_date_str


class DaysFilter(RangeDateFilter):
    """Unfold's holds a moment against the bare day: its midnight, by the server's clock."""

    def __init__(self, field: Any, *given: Any, **more: Any) -> None:
        super().__init__(field, *given, **more)
        self._has_hours = isinstance(field, DateTimeField)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        begins, ends = self._day("from"), self._day("to")
        if begins is not None:
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": self._first_of(begins)})
        if ends is None or ends == date.max:
            return queryset
        after = self._first_of(ends + timedelta(days=1))
        return queryset.filter(**{f"{self.parameter_name}__lt": after})

    def _day(self, side: str) -> date | None:
        """None for what is no day, too: it narrows nothing."""
        day: date | None = parse_date_str(self.used_parameters.get(f"{self.parameter_name}_{side}"))
        return day

    def _first_of(self, day: date) -> date | datetime:
        if not self._has_hours:
            return day
        return datetime.combine(day, time.min, get_current_timezone())
