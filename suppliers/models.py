"""Contracts with suppliers, what they offer, and every try to buy. Writes: suppliers.services."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowRules, tenant_rules
from core.crypto import Place
from core.scope import TenantForeignKey, TenantModel
from core.states import Move, state_known
from suppliers.states import NOTHING_BOUGHT, AttemptState, CallbackOutcome, CallKind

SECRETS = Place("suppliers_supplier", "secrets")
BOUGHT_SECRET = Place("suppliers_bought", "secret")
BOUGHT_CARD_NO = Place("suppliers_bought", "card_no")


class Supplier(TenantModel):
    """A contract. `secrets` is a sealed JSON object of what the supplier's protocol signs with.

    `most_per_minute` None: as fast as we can; `paced_until` is then when the next order may go out.
    After failures it rests, and one order finds out whether it is back: not before `probe_at`.
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
        ]

    def __str__(self) -> str:
        return self.name


class Offer(TenantModel):
    """What a supplier sells that is one of our SKUs: `product` is its own name for it.

    `most_e4` guards against loss: dearer than that, it is not bought. A lower `priority` comes
    first; among equals `weight` shares the orders out. Open from `opens` to `closes`, past midnight
    too.
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
        ]

    def __str__(self) -> str:
        return self.product


class Attempt(TenantModel):
    """One try to buy one thing. `unit_id` is the thing's key on a higher floor.

    `number` is what the supplier knows it by: committed before the call goes out, never used again.
    For one thing there is at most one attempt that may have bought something.
    """

    offer = TenantForeignKey(
        Offer, on_delete=models.PROTECT, related_name="attempts", db_index=False
    )
    unit_id = models.BigIntegerField()
    number = models.CharField(_("number"), max_length=32)
    state = models.CharField(
        _("state"), max_length=10, choices=AttemptState, default=AttemptState.CREATED
    )
    choice = models.CharField(_("why this one"), max_length=120)
    supplier_ref = models.CharField(_("the supplier's number"), max_length=80, blank=True)
    reason = models.CharField(_("what the supplier says"), max_length=200, blank=True)
    cost_e4 = models.BigIntegerField(_("cost"), null=True)
    absences = models.SmallIntegerField(default=0)
    asked = models.SmallIntegerField(_("times asked"), default=0)
    made_at = models.DateTimeField(_("made at"))
    sent_at = models.DateTimeField(_("ordered at"), null=True)
    next_at = models.DateTimeField(_("asked again at"), null=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["id"]
        constraints = [
            *tenant_rules("suppliers_attempt", "offer"),
            models.UniqueConstraint(fields=["tenant_id", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["tenant_id", "unit_id"],
                name="bought_once",
                condition=~Q(state__in=sorted(NOTHING_BOUGHT)),
            ),
            RowRules(
                state_known(AttemptState, name="attempt_state_known"),
                models.CheckConstraint(
                    condition=Q(state=AttemptState.CREATED) | Q(sent_at__isnull=False),
                    name="attempt_was_sent",
                ),
                name="suppliers_attempt_rules",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "unit_id"], name="attempt_of_unit"),
            models.Index(fields=["tenant_id", "offer"], name="attempt_of_offer"),
            models.Index(
                fields=["next_at"], name="attempt_due", condition=Q(next_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class AttemptMove(Move):
    attempt = TenantForeignKey(
        Attempt, on_delete=models.PROTECT, related_name="moves", db_index=False
    )

    class Meta:
        constraints = tenant_rules("suppliers_attemptmove", "attempt")
        indexes = [models.Index(fields=["tenant_id", "attempt"], name="attempt_moves")]


class Call(TenantModel):
    """One exchange with a supplier, as it ended: what its health is reckoned from.

    `is_bad`: it could not be reached, did not confirm, or took long. A plain no is a good answer.
    """

    supplier = TenantForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="calls", db_index=False
    )
    attempt = TenantForeignKey(
        Attempt, on_delete=models.PROTECT, related_name="calls", null=True, db_index=False
    )
    kind = models.CharField(_("kind"), max_length=8, choices=CallKind)
    outcome = models.CharField(_("outcome"), max_length=10, choices=AttemptState)
    is_bad = models.BooleanField()
    took_ms = models.IntegerField(_("milliseconds"))
    said = models.CharField(_("what the supplier says"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-id"]
        constraints = tenant_rules("suppliers_call", "supplier", "attempt")
        indexes = [
            models.Index(fields=["tenant_id", "supplier", "-at"], name="calls_of_supplier"),
            models.Index(fields=["tenant_id", "attempt"], name="calls_of_attempt"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome}"


class CallbackHeard(TenantModel):
    """What a supplier told us of itself, each under its own identity; no body is kept, only its
    digest. Nothing moves on its word: the order is asked after."""

    supplier = TenantForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="callbacks", db_index=False
    )
    digest = models.BinaryField()
    outcome = models.CharField(_("outcome"), max_length=10, choices=CallbackOutcome)
    attempt = TenantForeignKey(
        Attempt, on_delete=models.PROTECT, related_name="callbacks", null=True, db_index=False
    )
    number = models.CharField(_("number"), max_length=80, blank=True)
    times = models.IntegerField(_("times"), default=1)
    first_at = models.DateTimeField(_("first told at"))
    last_at = models.DateTimeField(_("last told at"))

    class Meta:
        verbose_name = _("callback")
        verbose_name_plural = _("callbacks")
        ordering = ["-last_at"]
        constraints = [
            *tenant_rules("suppliers_callbackheard", "supplier", "attempt"),
            models.UniqueConstraint(
                fields=["tenant_id", "supplier", "digest"], name="callback_once"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "-last_at"], name="callbacks_newest"),
            models.Index(fields=["tenant_id", "attempt"], name="callbacks_of_attempt"),
        ]

    def __str__(self) -> str:
        return self.number or self.outcome


class Bought(TenantModel):
    """A code that an attempt brought, sealed. Who gets it is decided above: what comes after
    the money went back is kept here, and delivered to nobody."""

    uid = models.UUIDField(default=uuid4, editable=False)
    attempt = TenantForeignKey(
        Attempt, on_delete=models.PROTECT, related_name="bought", db_index=False
    )
    position = models.SmallIntegerField()
    secret = models.BinaryField()
    card_no = models.BinaryField(null=True)
    expires_on = models.DateField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            *tenant_rules("suppliers_bought", "attempt"),
            models.UniqueConstraint(
                fields=["tenant_id", "attempt", "position"], name="bought_position_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.position}"
