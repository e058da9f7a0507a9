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
    "ApiKey",
    "Partner",
    "PartnerDay",
    "PartnerMove",
    "PartnerOrder",
    "PartnerSku",
    "PriceTier",
    "TierPrice",
]
