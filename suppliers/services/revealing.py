"""What a supplier says to a complaint, to the letter: a code in place of a bad one may be in it."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from core import limits
from core.actors import Actor
from core.errors import InvalidInput
from core.scope import require_tenant, tenant_atomic
from core.secrets import Secret
from suppliers.models import SupplierComplaint
from suppliers.selectors import words_of_complaint
from tenants import audit

MOST_A_DAY = 50


@tenant_atomic
def reveal_said(*, complaint_id: int, by: Actor, reason: str, now: datetime) -> Secret:
    """Open the supplier's words for a member of staff: audited, with a reason, 50 a day.

    Whether this person may is the caller's question. Raises TooManyTries past the quota.
    """
    if not reason.strip():
        raise InvalidInput(_("Say why you need to see this code."), param="reason")
    complaint = SupplierComplaint.objects.select_related("attempt").get(pk=complaint_id)
    limits.hit(
        what="code.reveal",  # one quota with the codes of our own stock
        who=f"{require_tenant()}|{by.user_id or by.label}",
        most=MOST_A_DAY,
        window=timedelta(days=1),
        now=now,
    )
    number = complaint.attempt.number
    audit.record(by=by, action="supplier.reply_read", target=number, reason=reason.strip(), now=now)
    return words_of_complaint(complaint)[1]
