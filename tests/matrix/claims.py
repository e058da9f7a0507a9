"""Money that is said to belong on a partner's balance, in a shop's world."""

from datetime import datetime
from typing import Any

from channels import services as channels
from channels.types import ClaimProofFile, NewTransfer
from core.actors import Actor

CLERK = Actor("user:1 clerk@example.com", user_id=1)
SLIP = b"%PDF-1.4 a slip"
PAID_E4 = 10_000


def claimed(partner_id: int, mark: str, now: datetime) -> dict[str, Any]:
    """One with a slip that waits to be confirmed."""
    given = NewTransfer(
        amount_e4=PAID_E4,
        paid_on=now.date(),
        bank_ref=f"{mark}-bank",
        note=mark,
        proof=ClaimProofFile(name=f"{mark}.pdf", body=SLIP),
    )
    claim = channels.file_transfer(partner_id=partner_id, given=given, by=CLERK, now=now)
    channels.match_claim(claim_id=claim.pk, by=CLERK, now=now)
    return {"claim": claim.ref}
