from channels.models.claims import CLAIM_PROOF, BalanceClaim, BalanceClaimMove, ClaimProof
from channels.models.doors import (
    DOOR_SECRETS,
    Door,
    DoorOrder,
    DoorRefusal,
    DoorWatch,
    Telling,
)
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
    "DOOR_SECRETS",
    "ApiKey",
    "BalanceClaim",
    "BalanceClaimMove",
    "ClaimProof",
    "Door",
    "DoorOrder",
    "DoorRefusal",
    "DoorWatch",
    "Partner",
    "PartnerDay",
    "PartnerMove",
    "PartnerOrder",
    "PartnerSku",
    "PriceTier",
    "Telling",
    "TierPrice",
]
