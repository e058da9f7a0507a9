from channels.models.claims import CLAIM_PROOF, BalanceClaim, BalanceClaimMove, ClaimProof
from channels.models.partners import (
    ApiKey,
    Partner,
    PartnerDay,
    PartnerMove,
    PartnerOrder,
    PartnerSku,
    PriceTier,
    TierPrice,
)

__all__ = [
    "CLAIM_PROOF",
    "ApiKey",
    "BalanceClaim",
    "BalanceClaimMove",
    "ClaimProof",
    "Partner",
    "PartnerDay",
    "PartnerMove",
    "PartnerOrder",
    "PartnerSku",
    "PriceTier",
    "TierPrice",
]
