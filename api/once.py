"""What an idempotency key names, and who hears an answer once more."""

import json

from django.utils.translation import gettext_lazy as _

from channels.errors import ScopeMissing
from channels.states import KeyScope
from channels.types import Seat
from core.idempotency import Asked, Given
from orders.selectors import was_moved_by

SCOPE = "api:"  # and the partner's name
_READ = KeyScope.ORDERS_READ.value


def once_of(*, seat: Seat, key: str, said: str) -> Asked | None:
    """One partner's, whatever it asks for; None where the caller gave no key."""
    return Asked(scope=f"{SCOPE}{seat.partner_ref}", key=key, said=said) if key else None


def check_hears(*, seat: Seat, number: str) -> None:
    """An order's goods are told again to the key that ordered them, and to those that may read
    orders. Raises ScopeMissing."""
    if _READ not in seat.scopes and not was_moved_by(number=number, by=seat.actor):
        raise ScopeMissing(
            _("Another key placed this order, and this one may not read orders."), scope=_READ
        )


def check_hears_again(*, seat: Seat, given: Given) -> None:
    """`check_hears` of what was answered before; a refusal holds no goods."""
    if _READ not in seat.scopes and (number := json.loads(given.answer).get("ref")):
        check_hears(seat=seat, number=number)
