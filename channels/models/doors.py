"""Doors: platforms that speak a protocol of their own come in by one, as a partner of ours.

Every write is in channels.services. The secrets of a door are sealed, and its orders' goods are
never here: what is told of an order is made when it is told.
"""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.models.partners import Partner, PartnerOrder
from channels.states import DoorKind, DoorRefusalKind
from core.constraints import tenant_rules
from core.crypto import Place
from core.scope import TenantForeignKey, TenantModel

DOOR_SECRETS = Place("channels_door", "secrets")


class Door(TenantModel):
    """Where one platform calls for one partner; its address carries `uid`.

    `app_id` is our application's name at the platform, `merchant_id` the partner's name with us.
    `secrets` is a sealed JSON object: what both sign with now, and what was good until
    `old_until`. It is called from `networks` only (none: from anywhere), and we call back at
    `hosts` only. `look_at` is when its watched goods are looked at next; without any it is
    empty.
    """

    uid = models.UUIDField(default=uuid4, editable=False)
    partner = TenantForeignKey(
        Partner, on_delete=models.PROTECT, related_name="doors", db_index=False
    )
    kind = models.CharField(_("protocol"), max_length=10, choices=DoorKind)
    app_id = models.CharField(_("app number"), max_length=40, blank=True)
    merchant_id = models.CharField(_("merchant number"), max_length=20)
    secrets = models.BinaryField()
    old_until = models.DateTimeField(_("old secrets until"), null=True)
    hosts = models.JSONField(_("called back at"), default=list)
    networks = models.JSONField(_("from"), default=list, db_default=[])
    options = models.JSONField(_("options"), default=dict)
    look_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True)
    last_used_at = models.DateTimeField(_("last used"), null=True)
    last_used_from = models.GenericIPAddressField(_("last used from"), null=True)

    class Meta:
        verbose_name = _("door")
        verbose_name_plural = _("doors")
        ordering = ["-id"]
        constraints = [
            *tenant_rules("channels_door", "partner"),
            models.UniqueConstraint(fields=["tenant_id", "uid"], name="door_uid_once"),
            models.UniqueConstraint(fields=["tenant_id", "merchant_id"], name="door_merchant_once"),
            models.CheckConstraint(condition=Q(kind__in=DoorKind.values), name="door_kind_known"),
        ]
        indexes = [
            models.Index(
                fields=["look_at"],
                condition=Q(look_at__isnull=False, closed_at=None),
                name="door_to_look",
            ),
            models.Index(fields=["tenant_id", "partner"], name="door_of_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.merchant_id}"


class Telling(TenantModel):
    """Something that a platform is to be told: from `next_at` on, by who holds the lease.

    `next_at` empty: there is nothing to tell. `tries` and `last_said` are of what is told now.
    """

    door = TenantForeignKey(Door, on_delete=models.PROTECT, related_name="+", db_index=False)
    next_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField()
    fence = models.IntegerField(default=0)
    tries = models.IntegerField(default=0)
    last_said = models.CharField(max_length=80, blank=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class DoorOrder(Telling):
    """An order that came in by a door, under the platform's number for it.

    Its end is told at `notify_url`: at once in the answer, or once the order has ended.
    """

    sale = TenantForeignKey(
        PartnerOrder, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    order_no = models.CharField(_("the platform's number"), max_length=64)
    notify_url = models.CharField(_("called back at"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("order by a door")
        verbose_name_plural = _("orders by doors")
        constraints = [
            *tenant_rules("channels_doororder", "door", "sale"),
            models.UniqueConstraint(
                fields=["tenant_id", "door", "order_no"], name="door_order_no_once"
            ),
            models.UniqueConstraint(fields=["tenant_id", "sale"], name="door_order_once"),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="door_order_to_tell"
            )
        ]

    def __str__(self) -> str:
        return self.order_no


class DoorWatch(Telling):
    """A SKU whose price or stock a platform wants to hear of.

    `told` is what it was told last, or found when it asked; `who` is its own name for this wish.
    """

    sku = TenantForeignKey(
        "catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    who = models.CharField(_("for"), max_length=80, blank=True)
    notify_url = models.CharField(_("called back at"), max_length=500, blank=True)
    told = models.CharField(_("told"), max_length=80)
    made_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("watched by a door")
        verbose_name_plural = _("watched by doors")
        constraints = [
            *tenant_rules("channels_doorwatch", "door", "sku"),
            models.UniqueConstraint(
                fields=["tenant_id", "door", "sku", "who", "notify_url"], name="door_watch_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="door_watch_to_tell"
            )
        ]

    def __str__(self) -> str:
        return f"{self.door_id}: {self.sku_id}"


class DoorComplaint(Telling):
    """A complaint that came in by a door: at `notify_url` it is told that the shop is at it, once,
    and how its case has ended."""

    case = TenantForeignKey(
        "orders.Case", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    notify_url = models.CharField(_("called back at"), max_length=500)
    is_begun_told = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = _("complaint by a door")
        verbose_name_plural = _("complaints by doors")
        constraints = [
            *tenant_rules("channels_doorcomplaint", "door", "case"),
            models.UniqueConstraint(fields=["tenant_id", "case"], name="door_complaint_once"),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=Q(next_at__isnull=False),
                name="door_complaint_to_tell",
            )
        ]

    def __str__(self) -> str:
        return f"{self.door_id}: {self.case_id}"


class DoorRefusal(TenantModel):
    """Calls at a door that were not its platform's, counted: neither body nor signature is kept."""

    door = TenantForeignKey(Door, on_delete=models.PROTECT, related_name="refusals", db_index=False)
    path = models.CharField(_("called"), max_length=60)
    why = models.CharField(_("why"), max_length=12, choices=DoorRefusalKind)
    times = models.IntegerField(_("times"), default=1)
    first_at = models.DateTimeField(_("first"))
    last_at = models.DateTimeField(_("last"))
    last_from = models.GenericIPAddressField(_("last from"), null=True)

    class Meta:
        verbose_name = _("refused at a door")
        verbose_name_plural = _("refused at doors")
        constraints = [
            *tenant_rules("channels_doorrefusal", "door"),
            models.UniqueConstraint(
                fields=["tenant_id", "door", "path", "why"], name="door_refusal_once"
            ),
            models.CheckConstraint(
                condition=Q(why__in=DoorRefusalKind.values), name="door_refusal_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.why}"
