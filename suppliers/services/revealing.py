"""What a supplier says to a complaint, to the letter: a code in place of a bad one may be in it."""

from datetime import datetime

from core.actors import Actor
from core.scope import tenant_atomic
from core.secrets import Secret
from suppliers.models import SupplierComplaint
from suppliers.selectors import words_of_complaint
from tenants import audit


@tenant_atomic
def reveal_said(*, complaint_id: int, by: Actor, reason: str, now: datetime) -> Secret:
    """Open the supplier's words for a member of staff: audited, with a reason, 50 a day.

    Whether this person may is the caller's question. Raises as `audit.record_look`.
    """
    complaint = SupplierComplaint.objects.select_related("attempt").get(pk=complaint_id)
    number = complaint.attempt.number
    audit.record_look(by=by, action="supplier.reply_read", target=number, reason=reason, now=now)
    return words_of_complaint(complaint)[1]
