"""What came, or is said to have come, when nobody waited for it any more."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from catalog.states import Kind
from fulfillment.models import LateArrival, Unit
from fulfillment.states import LATE_TO_DO
from suppliers.selectors import contradicted_attempts

if TYPE_CHECKING:
    from catalog.models import Sku
    from suppliers.models import Attempt

_ALONG = ("unit__item", "unit__order", "attempt__offer__supplier", "ended_by", "batch")


def late_arrivals() -> "QuerySet[LateArrival]":
    """All that came late, the latest first."""
    return LateArrival.objects.select_related(*_ALONG).order_by("-pk")


def late_to_do() -> "QuerySet[LateArrival]":
    """What of it a person is to decide, the first to come first: a to-do of the office."""
    return late_arrivals().filter(state__in=sorted(LATE_TO_DO)).order_by("pk")


def find_late(*, attempt_id: int) -> LateArrival | None:
    return late_arrivals().filter(attempt_id=attempt_id).first()


def contradicted() -> "QuerySet[Attempt]":
    """Tries whose supplier says that they were bought after it had said that they were not, and
    about which nobody has decided: it may have been bought elsewhere since."""
    decided = LateArrival.objects.order_by().values("attempt_id")
    return contradicted_attempts().exclude(pk__in=decided)


def find_contradicted(*, attempt_id: int) -> "Attempt | None":
    return contradicted().filter(pk=attempt_id).first()


def units_of_attempts(*, attempts: list["Attempt"]) -> dict[int, Unit]:
    """The units that they were tried for, by their keys, with their orders."""
    found = Unit.objects.filter(pk__in=[one.unit_id for one in attempts])
    return {unit.pk: unit for unit in found.select_related("order", "item")}


def count_late() -> int:
    return late_to_do().order_by().count() + contradicted().order_by().count()


def stock_skus_of(*, attempt: "Attempt") -> "list[Sku]":
    """The SKUs of its product that sell from stock: where its code may go."""
    skus = attempt.offer.sku.product.skus.filter(kind=Kind.STOCK_CODE)
    return list(skus.select_related("product").order_by("position", "pk"))
