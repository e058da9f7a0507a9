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


class LossGuard(models.TextChoices):
    """What becomes of an order whose price would not bring the cost in."""

    REFUSE = "refuse", _("it is refused")
    WAIT = "wait", _("it waits for a person")


class KeyScope(models.TextChoices):
    """What a key may be used for."""

    CATALOG = "catalog:read", _("read the catalogue")
    ORDERS_READ = "orders:read", _("read orders and their codes")
    ORDERS_WRITE = "orders:write", _("place and cancel orders")
    BALANCE = "balance:read", _("read the balance and its entries")
    BALANCE_WRITE = "balance:write", _("ask to pay into the balance")
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


class PaymentInState(models.TextChoices):
    """Of money that a partner wants to pay into its balance: told by the clock and the money."""

    OPEN = "open", _("to be paid")
    PAID = "paid", _("paid")
    EXPIRED = "expired", _("expired")


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
    ADDRESS = "address", _("an address that is not listed")


class EndpointState(models.TextChoices):
    """Of an address that a partner is told at."""

    ACTIVE = "active", _("is told")
    DISABLED = "disabled", _("not told any more")  # `reason` says by whom
    REMOVED = "removed", _("removed")


ENDPOINT_MOVES = {
    EndpointState.ACTIVE: frozenset({EndpointState.DISABLED, EndpointState.REMOVED}),
    EndpointState.DISABLED: frozenset({EndpointState.ACTIVE, EndpointState.REMOVED}),
    EndpointState.REMOVED: frozenset[EndpointState](),
}


class OffReason(models.TextChoices):
    """Why an endpoint is told nothing any more."""

    BY_PARTNER = "by_partner", _("the partner asked for it")
    BY_SHOP = "by_shop", _("the shop asked for it")
    GONE = "gone", _("it answered 410: it is gone")
    FAILING = "failing", _("nothing arrived there for five days")


GAVE_UP = frozenset({OffReason.GONE, OffReason.FAILING})  # nobody asked for it


class HoldReason(models.TextChoices):
    """Why an order, or a unit, is held, in words for the partner: of the shop's own rules and names
    it says nothing."""

    REVIEW = "review", _("Somebody at the shop looks at it before it goes on.")
    COST = (
        "cost_above_price",
        _("At your price its cost is not brought in: somebody at the shop decides."),
    )


class EventKind(models.TextChoices):
    """What a partner is told of."""

    ORDER_COMPLETED = "order.completed", _("an order is complete")
    ORDER_CANCELED = "order.canceled", _("an order was canceled")
    ORDER_HELD = "order.held", _("an order is held")
    ORDER_RELEASED = "order.released", _("a held order goes on")
    UNIT_DELIVERED = "unit.delivered", _("a unit was delivered")
    UNIT_REFUNDED = "unit.refunded", _("a unit was refunded")
    REFUND_DONE = "refund.done", _("money of an order is back on the balance")
    PRICE_CHANGED = "product.price_changed", _("a product has another price")
    STOCK_CHANGED = "product.stock_changed", _("a product is sold out, or there again")
    BALANCE_CREDITED = "balance.credited", _("money has come onto the balance")
    BALANCE_LOW = "balance.low", _("the balance is low")
    ENDPOINT_DISABLED = "webhook_endpoint.disabled", _("an endpoint was disabled")


class DeliveryState(models.TextChoices):
    """Of one event on its way to one endpoint."""

    PENDING = "pending", _("to be sent")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("is tried again")
    GIVEN_UP = "given_up", _("given up")


DELIVERY_MOVES = {
    DeliveryState.PENDING: frozenset(
        {DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.GIVEN_UP}
    ),
    DeliveryState.FAILED: frozenset(DeliveryState),
    DeliveryState.DELIVERED: frozenset({DeliveryState.PENDING}),  # sent again: somebody asked
    DeliveryState.GIVEN_UP: frozenset({DeliveryState.PENDING}),
}
DELIVERY_DUE = frozenset({DeliveryState.PENDING, DeliveryState.FAILED})
