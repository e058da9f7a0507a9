"""What people say of partners' balances."""

from django.db.models import QuerySet

from channels.models import BalanceClaim
from channels.states import CLAIM_OPEN
from core.errors import NotFound


def claims() -> "QuerySet[BalanceClaim]":
    """The newest first."""
    return BalanceClaim.objects.select_related("partner").order_by("-pk")


def open_claims() -> "QuerySet[BalanceClaim]":
    return claims().filter(state__in=CLAIM_OPEN)


def get_claim(*, ref: str) -> BalanceClaim:
    """Raises NotFound."""
    found = claims().filter(ref=ref).first()
    if found is None:
        raise NotFound
    return found
