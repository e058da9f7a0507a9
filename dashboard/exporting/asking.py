"""A page's list, read for somebody who does not look at the page now."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.money import Money
from dashboard.admin import shop as _registers  # noqa: F401 -- a worker has no addresses that do
from dashboard.reading import day_of
from dashboard.sites import has_nul, office
from reports.types import Asker
from tenants.models import User
from tenants.selectors import get_shop

# What an address says of the page, and not of the list.
_OF_THE_PAGE = ("p", "o", "all", "e", "before", "after")


def request_of(asker: Asker, query: str) -> HttpRequest:
    """As if the page were asked for by that person, at that address; raises InvalidInput."""
    request = HttpRequest()
    request.method = "GET"
    try:
        given = QueryDict(query, mutable=True)
    except SuspiciousOperation:
        raise unreadable() from None
    for name in _OF_THE_PAGE:
        given.pop(name, None)
    request.GET = given  # type: ignore[assignment]  # -- nobody here writes it
    if has_nul(request):
        raise unreadable()
    request.user = User.objects.get(pk=asker.user_id)
    request.shop = get_shop()  # type: ignore[attr-defined]  # -- as HostDecidesShop sets it
    return request


def rows_of_admin(model: type[Model], asker: Asker, query: str) -> "QuerySet[Any]":
    """Those of an admin's list, by its own filters and search."""
    request = request_of(asker, query)
    try:
        changes = office.get_model_admin(model).get_changelist_instance(request)
    except (IncorrectLookupParameters, SuspiciousOperation, ValidationError):
        raise unreadable() from None
    found: QuerySet[Any] = changes.queryset
    return found


def rows_by_day(model: type[Model], field: str, asker: Asker, query: str) -> "QuerySet[Any]":
    """As `rows_of_admin`; of the days `since` to `until` only, where the address names them."""
    given = QueryDict(query, mutable=True) if "since=" in query else QueryDict(mutable=True)
    if "since" not in given:
        return rows_of_admin(model, asker, query)
    for name in ("since", "until"):
        given.pop(name, None)
    return within_days(rows_of_admin(model, asker, given.urlencode()), field, query)


def within_days(found: "QuerySet[Any]", field: str, query: str) -> "QuerySet[Any]":
    """Those whose moment `field` lies in the days that the address names; all if it names none."""
    given = QueryDict(query) if "since=" in query else QueryDict()
    if "since" not in given:
        return found
    first, last = (day_of(given.get(name, ""), param=name) for name in ("since", "until"))
    if first is None or last is None:
        raise unreadable()
    begins, ends = (
        datetime.combine(day, time(), tzinfo=get_current_timezone())
        for day in (first, last + timedelta(days=1))
    )
    return found.filter(**{f"{field}__gte": begins, f"{field}__lt": ends})


def of_days(first: date, last: date) -> str:
    return f"since={first}&until={last}"


def unreadable() -> InvalidInput:
    return InvalidInput(_("This list is filtered by something that it does not know."))


def moment(at: datetime | None) -> str:
    """By the shop's clock."""
    return f"{localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""


def amount(e4: int | None, currency: str) -> Decimal | None:
    return None if e4 is None else Decimal(Money(e4, currency).decimal)
