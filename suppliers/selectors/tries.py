"""Reads of the tries to buy."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet

from core.rows import fetch, fetch_with
from suppliers.models import Attempt, AttemptMove, Offer, Supplier
from suppliers.states import NOTHING_BOUGHT


def names_of_suppliers() -> dict[int, str]:
    """Every supplier's, those that are off, too."""
    return dict(Supplier.objects.values_list("pk", "name"))


def tries_of_unit(*, unit_id: int) -> list[Attempt]:
    """Every try for the thing, in order, without its offer."""
    return fetch(Attempt, "unit_id = %s ORDER BY id", unit_id)


def find_open_attempt(*, unit_id: int) -> Attempt | None:
    """The one try that may have bought the thing, or is about to."""
    return next((each for each in tries_of_unit(unit_id=unit_id) if each.is_open), None)


def find_attempt(*, attempt_id: int) -> Attempt | None:
    """With its offer and supplier."""
    return Attempt.objects.select_related("offer__supplier").filter(pk=attempt_id).first()


def contradicted_attempts() -> QuerySet[Attempt]:
    """Tries that bought nothing, as their supplier said, and of which it has said otherwise since;
    the latest first."""
    said_otherwise = AttemptMove.objects.filter(attempt=OuterRef("pk"), old=F("new"))
    found = Attempt.objects.filter(Exists(said_otherwise), state__in=sorted(NOTHING_BOUGHT))
    return found.select_related("offer__supplier", "offer__sku__product").order_by("-pk")


def get_offer(*, offer_id: int) -> Offer:
    """With its supplier."""
    return fetch_with(Offer, "supplier", "own.id = %s", offer_id)[0]


def moves_of_units(*, unit_ids: Iterable[int]) -> QuerySet[AttemptMove]:
    """What became of every try for these things, in order."""
    moves = AttemptMove.objects.filter(attempt__unit_id__in=list(unit_ids))
    return moves.select_related("attempt__offer__supplier").order_by("at", "pk")


def due_attempts(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, thing) of tries that are to be asked after, across tenants: for the sweeper."""
    due = Attempt.objects.using("ops").filter(next_at__lte=now).order_by("next_at")
    return list(due.values_list("tenant_id", "unit_id")[:limit])
