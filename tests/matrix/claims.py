"""What a shop's staff does for a partner of its world: money for his balance, a tier to spare."""

from datetime import datetime
from typing import Any

from channels import services as channels
from channels.selectors.payments_in import Limits
from channels.types import ClaimProofFile, NewTransfer, TierTerms
from core.actors import Actor

CLERK = Actor("user:1 clerk@example.com", user_id=1)
SLIP = b"%PDF-1.4 a slip"
PAID_E4 = 10_000


def claimed(partner_id: int, mark: str, now: datetime) -> dict[str, Any]:
    """A claim with a slip that waits to be confirmed, a page to pay at, and keys for forms."""
    given = NewTransfer(
        amount_e4=PAID_E4,
        paid_on=now.date(),
        bank_ref=f"{mark}-bank",
        note=mark,
        proof=ClaimProofFile(name=f"{mark}.pdf", body=SLIP),
    )
    claim = channels.file_transfer(partner_id=partner_id, given=given, by=CLERK, now=now)
    channels.match_claim(claim_id=claim.pk, by=CLERK, now=now)
    asked = channels.ask_payment(
        partner_id=partner_id, amount_e4=PAID_E4, reference=f"{mark} pays", by=CLERK, now=now
    )
    channels.set_pay_in_limits(limits=Limits(most_e4=100 * PAID_E4), by=CLERK, now=now)
    spare = TierTerms(name=f"{mark} spare tier", way="list")
    return {
        "claim": claim.ref,
        "payment_in": asked.ref,
        "balance_page": asked.token,
        "partner_id": partner_id,
        "tier_id": claim.partner.tier_id,
        "empty_tier": channels.save_tier(terms=spare, by=CLERK, now=now).ref,
    }
