"""Contracts with suppliers, and what they offer."""

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.states import MOST_SLOW_HOURS, Channel
from core.constraints import RowRules, tenant_rules
from core.crypto import Place
from core.scope import TenantForeignKey, TenantModel
from suppliers.states import Cycle, Supply

SECRETS = Place("suppliers_supplier", "secrets")
MOST_PAY_DAYS = 366


class Supplier(TenantModel):
    """A contract. `secrets` is a sealed JSON object of what the supplier's protocol signs with.

    `most_per_minute` None: as fast as we can; `paced_until` is then when the next order may go out.
    After failures it rests, and one order finds out whether it is back: not before `probe_at`.
    A cycle is to be paid within `pay_days` after its last day.
    """

    uid = models.UUIDField(default=uuid4, editable=False)
    name = models.CharField(_("name"), max_length=60)
    protocol = models.CharField(_("protocol"), max_length=20)
    base_url = models.CharField(_("address"), max_length=200)
    app_id = models.CharField(_("our name there"), max_length=120)
    secrets = models.BinaryField()
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    is_on = models.BooleanField(_("in use"), default=True)
    most_per_minute = models.IntegerField(_("most orders a minute"), null=True, blank=True)
    paced_until = models.DateTimeField(null=True)
    probe_at = models.DateTimeField(null=True)
    balance_e4 = models.BigIntegerField(_("balance there"), null=True)
    balance_at = models.DateTimeField(_("balance asked at"), null=True)
    cycle = models.CharField(
        _("settled"), max_length=8, choices=Cycle, default=Cycle.PREPAID, db_default=Cycle.PREPAID
    )
    terms = models.TextField(_("terms"), blank=True, default="", db_default="")
    contact = models.CharField(
        _("whom to talk to"), max_length=200, blank=True, default="", db_default=""
    )
    pay_days = models.SmallIntegerField(_("days to pay"), default=0, db_default=0)
    contract_from = models.DateField(_("contract from"), null=True)
    contract_until = models.DateField(_("contract until"), null=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        ordering = ["name"]
        constraints = [
            *tenant_rules("suppliers_supplier"),
            models.UniqueConstraint(fields=["tenant_id", "name"], name="supplier_name_once"),
            models.CheckConstraint(
                condition=Q(most_per_minute__isnull=True) | Q(most_per_minute__gte=1),
                name="supplier_pace_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(cycle__in=Cycle.values), name="supplier_cycle_known"
            ),
            models.CheckConstraint(
                condition=Q(pay_days__gte=0, pay_days__lte=MOST_PAY_DAYS),
                name="supplier_days_to_pay_within_a_year",
            ),
            models.CheckConstraint(
                condition=Q(contract_from__isnull=True)
                | Q(contract_until__isnull=True)
                | Q(contract_until__gte=models.F("contract_from")),
                name="supplier_contract_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Offer(TenantModel):
    """What a supplier sells that is one of our SKUs: `product` is its own name for it.

    `most_e4` guards against loss: dearer than that, it is not bought. A lower `priority` comes
    first; among equals `weight` shares the orders out. Open from `opens` to `closes`, past midnight
    too.

    The supplier's own rules: `floor_e4` is the least that the shopper may pay for one, after
    discounts (0: any); on `forbidden_channels` it is not sold at all; `needs_authorisation` of the
    brand, in force on the day. `path` says through whose hands it comes (brand → distributor → us).
    `slow_hours` above 0: it may take as long (慢充), and only who was told so is served from it.

    The supplier's catalogue says what it costs and whether it can be had (`supply`), but for
    `own_fields`: what the merchant has said there stands until it is given back.
    """

    supplier = TenantForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="offers", db_index=False
    )
    sku = TenantForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="offers")
    product = models.CharField(_("the supplier's product"), max_length=80)
    face_value = models.IntegerField(_("face value"), default=0)
    cost_e4 = models.BigIntegerField(_("cost"))
    most_e4 = models.BigIntegerField(_("highest cost"))
    priority = models.SmallIntegerField(_("priority"), default=1)
    weight = models.SmallIntegerField(_("weight"), default=1)
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(_("closes"), null=True, blank=True)
    is_on = models.BooleanField(_("in use"), default=True)
    floor_e4 = models.BigIntegerField(_("price floor"), default=0, db_default=0)
    forbidden_channels = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("forbidden channels"),
        default=list,
        db_default=[],
        blank=True,
    )
    path = models.CharField(
        _("how it comes to us"), max_length=200, blank=True, default="", db_default=""
    )
    slow_hours = models.SmallIntegerField(_("takes up to (hours)"), default=0, db_default=0)
    needs_authorisation = models.BooleanField(
        _("needs a brand authorisation"), default=False, db_default=False
    )
    supply = models.CharField(
        _("at the supplier"),
        max_length=10,
        choices=Supply,
        default=Supply.OPEN,
        db_default=Supply.OPEN.value,
    )
    own_fields = ArrayField(
        models.CharField(max_length=20), default=list, db_default=[], editable=False
    )

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            *tenant_rules("suppliers_offer", "supplier", "sku"),
            models.UniqueConstraint(
                fields=["tenant_id", "supplier", "sku", "product"], name="offer_once"
            ),
            RowRules(
                models.CheckConstraint(
                    condition=Q(cost_e4__gte=0, most_e4__gte=0, face_value__gte=0, weight__gte=1),
                    name="offer_not_negative",
                ),
                models.CheckConstraint(
                    condition=Q(opens__isnull=True, closes__isnull=True)
                    | Q(opens__isnull=False, closes__isnull=False),
                    name="offer_opens_and_closes",
                ),
                name="suppliers_offer_rules",
            ),
            models.CheckConstraint(
                condition=Q(floor_e4__gte=0, slow_hours__gte=0, slow_hours__lte=MOST_SLOW_HOURS)
                & Q(forbidden_channels__contained_by=Channel.values),
                name="offer_terms_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.product
