"""Batches and their codes, reusable content, and who holds what."""

import secrets
from datetime import date
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowRules, TenantFKConstraint, tenant_rules
from core.refs import new_ref
from core.scope import TenantForeignKey, TenantModel
from core.states import Move, state_known
from inventory.states import AT_WORK, BatchState, CodeState, HoldEnd, HoldState

# A NULL would break the order of the index that claims walk; Python has no `infinity`.
NEVER = date(9999, 12, 31)
LANES = 16


def random_lane() -> int:
    return secrets.randbelow(LANES)


class Batch(TenantModel):
    """Codes that came together: from whom, for how much, in which file."""

    ref = models.CharField(_("batch number"), max_length=20, default=new_ref)
    sku = TenantForeignKey(
        "catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    supplier_name = models.CharField(_("supplier"), max_length=80, blank=True)
    cost_e4 = models.BigIntegerField(_("cost of one code"), default=0)
    note = models.CharField(_("note"), max_length=200, blank=True)
    expires_on = models.DateField(_("expires on"), default=NEVER)
    file_hash = models.BinaryField(default=b"", blank=True)
    made_by = models.CharField(_("loaded by"), max_length=120)
    made_at = models.DateTimeField(_("loaded at"))
    state = models.CharField(_("state"), max_length=10, choices=BatchState, default=BatchState.OPEN)
    # While a worker is at it: how many codes it has dealt with, and its lease.
    done = models.BigIntegerField(default=0, db_default=0, db_column="undone")
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        constraints = [
            *tenant_rules("inventory_batch", "sku"),
            state_known(BatchState, name="batch_state_known"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="batch_ref_once"),
            models.UniqueConstraint(fields=["tenant_id", "id", "sku"], name="batch_with_sku"),
            models.CheckConstraint(condition=Q(cost_e4__gte=0), name="batch_cost_not_negative"),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "-made_at"], name="batch_newest"),
            models.Index(fields=["tenant_id", "sku", "-made_at"], name="batch_of_sku"),
            models.Index(
                fields=["lease_until"],
                name="batch_at_work",
                condition=Q(state__in=AT_WORK),
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Code(TenantModel):
    """One code, for one buyer. Its texts are sealed and bound to `uid` (inventory.sealing).

    The state changes three times in a code's life and each time all indexes get an entry, so there
    are as few as can be.
    """

    uid = models.UUIDField(default=uuid4, editable=False)
    sku = TenantForeignKey(
        "catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    batch = TenantForeignKey(Batch, on_delete=models.PROTECT, related_name="codes", db_index=False)
    lane = models.SmallIntegerField(default=random_lane, editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=CodeState, default=CodeState.AVAILABLE
    )
    card_no = models.BinaryField(null=True)
    secret = models.BinaryField()
    index_hash = models.BinaryField()
    secret_hash = models.BinaryField()
    expires_on = models.DateField(_("expires on"), default=NEVER)
    loaded_at = models.DateTimeField(_("loaded at"))

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        constraints = [
            *tenant_rules("inventory_code"),
            # Of the batch's SKU: a million loaded codes are checked once each, not twice.
            TenantFKConstraint(field="batch", also=["sku_id"], name="code_of_batch_and_sku"),
            state_known(CodeState, name="code_state_known"),
            models.UniqueConstraint(fields=["tenant_id", "sku", "index_hash"], name="code_once"),
            models.CheckConstraint(
                condition=Q(lane__gte=0, lane__lt=LANES), name="code_lane_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "sku", "lane", "expires_on", "id"],
                name="code_on_the_shelf",
                condition=Q(state=CodeState.AVAILABLE),
            ),
            models.Index(fields=["tenant_id", "secret_hash"], name="code_by_secret"),
            models.Index(fields=["tenant_id", "batch"], name="code_of_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class Shelf(TenantModel):
    """A day of expiry that a SKU's stock has: the claim begins with the earliest one.

    A hint that makes the common claim one statement. Rows come by trigger with the codes; a missing
    or stale one costs a second look, never a code.
    """

    sku = TenantForeignKey(
        "catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    expires_on = models.DateField()
    is_empty = models.BooleanField(default=False)

    class Meta:
        constraints = [
            *tenant_rules("inventory_shelf", "sku"),
            models.UniqueConstraint(
                fields=["tenant_id", "sku", "expires_on"], name="shelf_day_once"
            ),
        ]
        indexes = [models.Index(fields=["expires_on"], name="shelf_past")]

    def __str__(self) -> str:
        return f"{self.sku_id} {self.expires_on}"


class Content(TenantModel):
    """One text, link or picture for many buyers, counted. A new one takes the old one's place."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        LINK = "link", _("Link")
        QR = "qr", _("QR code")

    uid = models.UUIDField(default=uuid4, editable=False)
    sku = TenantForeignKey(
        "catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=4, choices=Kind, default=Kind.TEXT)
    body = models.BinaryField()
    most_uses = models.PositiveIntegerField(_("most buyers"), null=True, blank=True)
    uses = models.PositiveIntegerField(_("buyers so far"), default=0)
    expires_on = models.DateField(_("expires on"), default=NEVER)
    is_current = models.BooleanField(_("on sale"), default=True)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reusable content")
        verbose_name_plural = _("reusable content")
        constraints = [
            *tenant_rules("inventory_content", "sku"),
            models.UniqueConstraint(
                fields=["tenant_id", "sku"],
                condition=Q(is_current=True),
                name="content_current_once",
            ),
            models.CheckConstraint(
                condition=Q(most_uses=None) | Q(uses__lte=F("most_uses")),
                name="content_never_oversold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Hold(TenantModel):
    """What an order item holds: one code, or one use of a content."""

    item_id = models.BigIntegerField()  # an order item: a floor above, so no key
    # The code's or content's SKU, without a key of its own: the check of it would have every buyer
    # of a hot product lock the same SKU's row.
    sku_id = models.BigIntegerField()
    code = TenantForeignKey(
        Code, on_delete=models.PROTECT, related_name="holds", null=True, db_index=False
    )
    content = TenantForeignKey(
        Content, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    buyer_key = models.CharField(max_length=64, blank=True)
    min_days_left = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=HoldState, default=HoldState.RESERVED)
    until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=12, choices=HoldEnd, blank=True)

    class Meta:
        constraints = [
            *tenant_rules("inventory_hold", "code", "content"),
            # A code belongs to at most one order item, whatever a lock forgets.
            models.UniqueConstraint(
                fields=["tenant_id", "code"],
                condition=~Q(state=HoldState.RELEASED),
                name="code_held_once",
            ),
            RowRules(
                state_known(HoldState, name="hold_state_known"),
                models.CheckConstraint(
                    condition=Q(code=None) ^ Q(content=None), name="hold_code_or_content"
                ),
                models.CheckConstraint(condition=Q(min_days_left__gte=0), name="hold_not_negative"),
                name="inventory_hold_rules",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "item_id"], name="hold_of_item"),
            models.Index(fields=["tenant_id", "code"], name="hold_of_code"),
            models.Index(fields=["until"], name="hold_due", condition=Q(state=HoldState.RESERVED)),
            models.Index(
                fields=["tenant_id", "buyer_key", "sku_id"],
                name="hold_of_buyer",
                condition=Q(state=HoldState.RESERVED),
            ),
            models.Index(
                fields=["tenant_id", "sku_id", "ended_at"],
                name="hold_sold",
                condition=Q(state=HoldState.SOLD),
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.item_id}: {self.state}"


class BatchMove(Move):
    """A batch's history; `data` counts the codes that went along."""

    batch = TenantForeignKey(Batch, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = tenant_rules("inventory_batchmove", "batch")


class CodeMove(Move):
    """What happened to a code beside being held, sold (its holds) or frozen (its batch's moves)."""

    code = TenantForeignKey(Code, on_delete=models.PROTECT, related_name="moves", db_index=False)

    class Meta:
        constraints = tenant_rules("inventory_codemove", "code")
        indexes = [models.Index(fields=["tenant_id", "code", "at"], name="codemove_of_code")]
