from django.db import models
from django.utils.translation import gettext_lazy as _


class PartnerState(models.TextChoices):
    ACTIVE = "active", _("open")
    SUSPENDED = "suspended", _("suspended")  # its keys are refused; what it has bought goes on


PARTNER_MOVES = {
    PartnerState.ACTIVE: frozenset({PartnerState.SUSPENDED}),
    PartnerState.SUSPENDED: frozenset({PartnerState.ACTIVE}),
}


class PriceWay(models.TextChoices):
    """How a tier makes a price where it names none for the SKU itself."""

    LIST = "list", _("the list price")
    DISCOUNT = "discount", _("a share of the list price")
    COST_PLUS = "cost_plus", _("the cost and a markup")


class KeyScope(models.TextChoices):
    """What a key may be used for."""

    CATALOG = "catalog:read", _("read the catalogue")
    ORDERS_READ = "orders:read", _("read orders and their codes")
    ORDERS_WRITE = "orders:write", _("place and cancel orders")
    BALANCE = "balance:read", _("read the balance and its entries")
    WEBHOOKS = "webhooks:write", _("set up webhooks")


class ClaimKind(models.TextChoices):
    """What somebody says of a partner's balance."""

    TRANSFER = "transfer", _("bank transfer")
    CORRECTION = "correction", _("correction")


class ClaimState(models.TextChoices):
    FILED = "filed", _("to be found at the bank")
    MATCHED = "matched", _("waits for a second person")
    CONFIRMED = "confirmed", _("booked")
    REFUSED = "refused", _("refused")


CLAIM_MOVES = {
    ClaimState.FILED: frozenset({ClaimState.MATCHED, ClaimState.REFUSED}),
    ClaimState.MATCHED: frozenset({ClaimState.CONFIRMED, ClaimState.REFUSED}),
    ClaimState.CONFIRMED: frozenset[ClaimState](),
    ClaimState.REFUSED: frozenset[ClaimState](),
}
CLAIM_OPEN = frozenset({ClaimState.FILED, ClaimState.MATCHED})


class DoorKind(models.TextChoices):
    """Whose protocol a door speaks."""

    AGISO = "agiso", _("Agiso")
    GOOFISH = "goofish", _("Goofish (Xianguanjia)")
    KASUSHOU = "kasushou", _("Kasushou")


class DoorRefusalKind(models.TextChoices):
    """Why a call at a door was not its platform's."""

    SIGNATURE = "signature", _("wrong signature")
    TIME = "time", _("too old, or ahead of time")
    MERCHANT = "merchant", _("another merchant number")
