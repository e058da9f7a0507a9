"""A complaint of a shopper's, passed on to the supplier of the thing."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.scope import tenant_atomic
from fulfillment.selectors import find_attempt_of_case
from orders import services as orders
from orders.errors import CaseClosed
from orders.selectors import get_case
from orders.states import CaseState
from suppliers import services as suppliers
from suppliers.errors import NotTakingComplaints
from suppliers.states import ComplaintState

if TYPE_CHECKING:
    from suppliers.models import SupplierComplaint


def complain_to_supplier(
    *, case_id: int, text: str, key: str, by: Actor, now: datetime
) -> "SupplierComplaint":
    """Send a case to its supplier, in no transaction; the case waits for the supplier from then on.

    `key` names the form: the same one again is sent once. What the supplier refused leaves the case
    as it was. Raises CaseClosed, and what `suppliers.complain` raises.
    """
    with tenant_atomic():
        case = get_case(case_id=case_id)
        if not case.is_live:
            raise CaseClosed(_("This case is closed. Open a new one if something is still wrong."))
        attempt = find_attempt_of_case(case=case)
        if attempt is None:
            raise NotTakingComplaints(_("This supplier takes no complaint about it here."))
    complaint = suppliers.complain(attempt_id=attempt.pk, text=text, key=key, by=by, now=now)
    if complaint.state != ComplaintState.REFUSED:
        _wait(case_id, by=by, now=now)
    return complaint


@tenant_atomic
def _wait(case_id: int, *, by: Actor, now: datetime) -> None:
    """The clock of an open case gives the supplier its time; whoever decided it meanwhile has."""
    if get_case(case_id=case_id).state == CaseState.OPEN:
        orders.ask_supplier(case_id=case_id, by=by, now=now)
