"""What of an order its supplier can be told of."""

from typing import TYPE_CHECKING

from fulfillment.models import Unit
from fulfillment.states import Source
from suppliers.selectors import takes_complaints
from suppliers.states import AttemptState

if TYPE_CHECKING:
    from orders.models import Case
    from suppliers.models import Attempt

_BROUGHT_SOMETHING = (AttemptState.SUCCESS, AttemptState.REVERSED)


def find_attempt_of_case(*, case: "Case") -> "Attempt | None":
    """`find_purchase_of_case`, if its supplier takes complaints."""
    found = find_purchase_of_case(case=case)
    if found is None or not takes_complaints(protocol=found.offer.supplier.protocol):
        return None
    return found


def find_purchase_of_case(*, case: "Case") -> "Attempt | None":
    """The purchase that a case is about, with its supplier.

    A case that names no thing is about the only one that a supplier delivered, where it is the only
    one.
    """
    units = Unit.objects.filter(order_id=case.order_id, source=Source.SUPPLIER)
    if case.unit_id is not None:
        units = units.filter(pk=case.unit_id)
    found = units.filter(attempt__state__in=_BROUGHT_SOMETHING).exclude(attempt__supplier_ref="")
    attempts = [unit.attempt for unit in found.select_related("attempt__offer__supplier")[:2]]
    return attempts[0] if len(attempts) == 1 else None
