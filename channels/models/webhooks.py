"""Where partners are told what happens, what there was to tell, and how it got there.

Every write is in channels.services.webhooks.
"""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.states import DELIVERY_DUE, DeliveryState, EndpointState, EventKind
from core.constraints import tenant_rules
from core.crypto import Place
from core.scope import TenantForeignKey, TenantModel
from core.states import Move, state_known

ENDPOINT_SECRET = Place("channels_webhookendpoint", "secret")
ENDPOINT_OLD_SECRET = Place("channels_webhookendpoint", "old_secret")


class WebhookEndpoint(TenantModel):
    """An address of a partner's. `kinds` are the events that it is told of (none: all).

    Until `old_secret_until` the secret before signs beside the new one. `failing_since` is the
    first failure after which nothing has arrived.
    """

    uid = models.UUIDField(default=uuid4, editable=False)
    partner = TenantForeignKey(
        "channels.Partner", on_delete=models.PROTECT, related_name="endpoints", db_index=False
    )
    ref = models.CharField(_("endpoint"), max_length=24)
    url = models.CharField(_("address"), max_length=500)
    kinds = models.JSONField(_("told of"), default=list)
    secret = models.BinaryField()
    old_secret = models.BinaryField(null=True)
    old_secret_until = models.DateTimeField(null=True)
    state = models.CharField(
        _("state"), max_length=10, choices=EndpointState, default=EndpointState.ACTIVE
    )
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    failing_since = models.DateTimeField(_("failing since"), null=True)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        ordering = ["-id"]
        constraints = [
            *tenant_rules("channels_webhookendpoint", "partner"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="endpoint_ref_once"),
            state_known(EndpointState, name="endpoint_state_known"),
            models.CheckConstraint(
                condition=Q(old_secret=None) | Q(old_secret_until__isnull=False),
                name="endpoint_old_secret_has_end",
            ),
        ]
        indexes = [models.Index(fields=["tenant_id", "partner"], name="endpoint_of_partner")]

    def __str__(self) -> str:
        return self.ref


class EndpointMove(Move):
    endpoint = TenantForeignKey(
        WebhookEndpoint, on_delete=models.PROTECT, related_name="moves", db_index=False
    )

    class Meta:
        constraints = tenant_rules("channels_endpointmove", "endpoint")
        indexes = [models.Index(fields=["tenant_id", "endpoint"], name="endpoint_moves")]


class WebhookEvent(TenantModel):
    """A fact as a partner is told it; `data` never holds goods.

    `ref` is made of the fact, so the same one again is this row, and no endpoint hears it twice.
    """

    partner = TenantForeignKey(
        "channels.Partner", on_delete=models.PROTECT, related_name="events", db_index=False
    )
    ref = models.CharField(_("event"), max_length=24)
    kind = models.CharField(_("type"), max_length=30, choices=EventKind)
    data = models.JSONField(default=dict)
    is_test = models.BooleanField(_("made to try it"), default=False)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            *tenant_rules("channels_webhookevent", "partner"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="webhook_event_once"),
            models.CheckConstraint(
                condition=Q(kind__in=EventKind.values), name="webhook_event_kind_known"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "partner", "-id"], name="webhook_event_newest"),
            models.Index(fields=["tenant_id", "partner", "at"], name="webhook_event_by_time"),
            models.Index(fields=["at"], name="webhook_event_old"),  # across tenants
        ]

    def __str__(self) -> str:
        return self.ref


class WebhookDelivery(TenantModel):
    """An event on its way to an endpoint: due at `next_at`, unless somebody has it until
    `lease_until`. `answer` is how the last reply began, without what looks like a secret."""

    endpoint = TenantForeignKey(
        WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    event = TenantForeignKey(
        WebhookEvent, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    ref = models.CharField(_("delivery"), max_length=24)
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryState, default=DeliveryState.PENDING
    )
    tries = models.SmallIntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(_("next try at"))
    lease_until = models.DateTimeField()
    fence = models.IntegerField(default=0)
    last_at = models.DateTimeField(_("last try at"), null=True)
    last_status = models.SmallIntegerField(_("last status"), null=True)
    last_error = models.CharField(_("last error"), max_length=60, blank=True)
    last_ms = models.IntegerField(_("last took"), null=True)
    answer = models.CharField(_("last answer"), max_length=500, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            *tenant_rules("channels_webhookdelivery", "endpoint", "event"),
            models.UniqueConstraint(
                fields=["tenant_id", "endpoint", "event"], name="webhook_delivery_once"
            ),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="webhook_delivery_ref_once"),
            state_known(DeliveryState, name="webhook_delivery_state_known"),
            models.CheckConstraint(
                condition=~Q(state=DeliveryState.DELIVERED) | Q(delivered_at__isnull=False),
                name="webhook_delivered_has_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "endpoint", "-id"], name="webhook_delivery_newest"),
            models.Index(fields=["tenant_id", "event"], name="webhook_delivery_of_event"),
            models.Index(
                fields=["tenant_id", "endpoint", "next_at", "id"],
                name="webhook_delivery_due",
                condition=Q(state__in=sorted(DELIVERY_DUE)),
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def is_waiting(self) -> bool:
        return self.state in DELIVERY_DUE

    @property
    def error_told(self) -> str:
        """The last error for the partner: a name that leads inside and one that leads nowhere are
        one to him, else he could ask which names there are inside."""
        return self.last_error.replace("InvalidIPAddress", "ConnectionError")


class PartnerShelf(TenantModel):
    """When it is looked at next whether what a partner may buy has changed."""

    partner = TenantForeignKey(
        "channels.Partner", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    next_at = models.DateTimeField()

    class Meta:
        constraints = [
            *tenant_rules("channels_partnershelf", "partner"),
            models.UniqueConstraint(fields=["tenant_id", "partner"], name="partner_shelf_once"),
        ]
        indexes = [models.Index(fields=["next_at"], name="partner_shelf_due")]

    def __str__(self) -> str:
        return str(self.partner_id)


class ShelfItem(TenantModel):
    """What a partner knows of a SKU: its price for him, and whether there is any.

    `changes` counts what he was told of it.
    """

    partner = TenantForeignKey(
        "channels.Partner", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    sku = TenantForeignKey(
        "catalog.Sku", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    price_e4 = models.BigIntegerField(_("price"))
    is_available = models.BooleanField(_("available"))
    changes = models.IntegerField(default=0)

    class Meta:
        constraints = [
            *tenant_rules("channels_shelfitem", "partner", "sku"),
            models.UniqueConstraint(fields=["tenant_id", "partner", "sku"], name="shelf_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id}: {self.sku_id}"
