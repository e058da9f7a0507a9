from channels.models.calls import ApiCall
from channels.models.claims import CLAIM_PROOF, BalanceClaim, BalanceClaimMove, ClaimProof
from channels.models.doors import (
    DOOR_SECRETS,
    Door,
    DoorComplaint,
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
from channels.models.payments_in import PaymentIn
from channels.models.people import Person, PersonSession
from channels.models.webhooks import (
    ENDPOINT_OLD_SECRET,
    ENDPOINT_SECRET,
    EndpointMove,
    PartnerShelf,
    ShelfItem,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)

__all__ = [
    "CLAIM_PROOF",
    "DOOR_SECRETS",
    "ENDPOINT_OLD_SECRET",
    "ENDPOINT_SECRET",
    "ApiCall",
    "ApiKey",
    "BalanceClaim",
    "BalanceClaimMove",
    "ClaimProof",
    "Door",
    "DoorComplaint",
    "DoorOrder",
    "DoorRefusal",
    "DoorWatch",
    "EndpointMove",
    "Partner",
    "PartnerDay",
    "PartnerMove",
    "PartnerOrder",
    "PartnerShelf",
    "PartnerSku",
    "PaymentIn",
    "Person",
    "PersonSession",
    "PriceTier",
    "ShelfItem",
    "Telling",
    "TierPrice",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
]
