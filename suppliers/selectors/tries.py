"""Reads of the tries to buy."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from suppliers.models import Attempt, AttemptMove
from suppliers.states import NOTHING_BOUGHT


def find_open_attempt(*, unit_id: int) -> Attempt | None:
    """The one try that may have bought the thing, or is about to."""
    tries = Attempt.objects.filter(unit_id=unit_id).exclude(state__in=NOTHING_BOUGHT)
    return tries.select_related("offer__supplier").first()


def offers_tried(*, unit_id: int) -> list[int]:
    return list(Attempt.objects.filter(unit_id=unit_id).values_list("offer_id", flat=True))


def moves_of_units(*, unit_ids: Iterable[int]) -> QuerySet[AttemptMove]:
    """What became of every try for these things, in order."""
    moves = AttemptMove.objects.filter(attempt__unit_id__in=list(unit_ids))
    return moves.select_related("attempt__offer__supplier").order_by("at", "pk")


def due_attempts(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, thing) of tries that are to be asked after, across tenants: for the sweeper."""
    due = Attempt.objects.using("ops").filter(next_at__lte=now).order_by("next_at")
    return list(due.values_list("tenant_id", "unit_id")[:limit])
