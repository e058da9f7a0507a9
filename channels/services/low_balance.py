"""A partner's balance below its mark is told once, until it is above the mark again."""

from datetime import datetime

from channels.events import BalanceLow
from channels.models import Partner
from channels.selectors import low_partners
from core.outbox import emit
from core.scope import tenant_atomic


@tenant_atomic
def note_low_balance(*, partner_id: int, now: datetime) -> None:
    """Look at the balance as it is now; who is told already is not told again."""
    partner = Partner.objects.select_for_update(of=("self",), no_key=True).get(pk=partner_id)
    is_low = low_partners().filter(pk=partner_id).exists()
    if is_low == (partner.low_at is not None):
        return
    partner.low_at = now if is_low else None
    partner.save(update_fields=["low_at"])
    if is_low:
        emit(BalanceLow(partner_id=partner.pk))
