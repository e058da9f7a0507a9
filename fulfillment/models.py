"""What was promised and what became of it. Every write is in fulfillment.services."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowRules, TenantFKConstraint, tenant_rules
from core.crypto import Place
from core.money import an_amount
from core.scope import TenantForeignKey, TenantModel
from core.states import Move, state_known
from fulfillment.states import LATE_TO_DO, LateKind, LateState, Source, UnitState

HAND_TEXT = Place("fulfillment_unit", "hand_text")


class Unit(TenantModel):
    """One thing promised. `paid_e4` is its share of what the order cost: what a refund gives back.

    `next_at` is when it is looked at again, `review_until` when it is given up and refunded unless
    a person has decided; `lease_until` and `fence` belong to whoever is delivering it just now.
    `attempt` is its last try at a supplier, which says when it is asked after.
    A replaced unit stays, with the code that was bad; its successor has the same position.
    """

    uid = models.UUIDField(default=uuid4, editable=False)
    order = TenantForeignKey(
        "orders.Order", on_delete=models.PROTECT, related_name="units", db_index=False
    )
    item = TenantForeignKey(
        "orders.Item", on_delete=models.PROTECT, related_name="units", db_index=False
    )
    position = models.SmallIntegerField()
    state = models.CharField(_("state"), max_length=12, choices=UnitState, default=UnitState.QUEUED)
    source = models.CharField(_("source"), max_length=8, choices=Source)
    paid_e4 = models.BigIntegerField(_("paid for it"))
    code = TenantForeignKey(
        "inventory.Code", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    content = TenantForeignKey(
        "inventory.Content", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    attempt = TenantForeignKey(
        "suppliers.Attempt", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    hand_text = models.BinaryField(null=True)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    opened_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    review_until = models.DateTimeField(_("decided by"), null=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.IntegerField(default=0)
    delivered_at = models.DateTimeField(_("delivered at"), null=True)
    shown_at = models.DateTimeField(_("first seen by the buyer at"), null=True)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["position", "id"]
        constraints = [
            *tenant_rules("fulfillment_unit", "code", "content", "attempt"),
            TenantFKConstraint(field="item", also=["order_id"], name="unit_of_item_and_order"),
            models.UniqueConstraint(
                fields=["tenant_id", "order", "position"],
                name="unit_position_once",
                condition=~Q(state=UnitState.REPLACED),
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "code"],
                name="unit_code_once",
                condition=Q(code__isnull=False),
            ),
            RowRules(
                state_known(UnitState, name="unit_state_known"),
                models.CheckConstraint(
                    condition=~Q(state=UnitState.DELIVERED)
                    | Q(delivered_at__isnull=False)
                    & (
                        Q(source=Source.OWN, code__isnull=False)
                        | Q(source=Source.CONTENT, content__isnull=False)
                        | Q(source=Source.BY_HAND, hand_text__isnull=False)
                        | Q(source=Source.SUPPLIER, attempt__isnull=False)
                    ),
                    name="unit_delivered_has_goods",
                ),
                an_amount("paid_e4", name="unit_share_can_be_paid"),
                models.CheckConstraint(
                    condition=Q(position__gte=0, fence__gte=0), name="unit_not_negative"
                ),
                name="fulfillment_unit_rules",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="unit_due", condition=Q(next_at__isnull=False)),
            # The others of an order are found by their positions.
            models.Index(
                fields=["tenant_id", "order"],
                name="unit_replaced",
                condition=Q(state=UnitState.REPLACED),
            ),
            models.Index(
                fields=["tenant_id", "state"],
                name="unit_unfinished",
                condition=~Q(state__in=["delivered", "replaced", "refunded", "canceled"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.position} {self.state}"


class UnitMove(Move):
    unit = TenantForeignKey(Unit, on_delete=models.PROTECT, related_name="moves", db_index=False)

    class Meta:
        constraints = tenant_rules("fulfillment_unitmove", "unit")
        indexes = [models.Index(fields=["tenant_id", "unit"], name="unit_moves")]


class LateArrival(TenantModel):
    """Goods of a supplier that nobody waited for any more: they were paid for (`cost_e4`, in the
    supplier's currency) and given to nobody. What is to become of them a person decides.

    `ended_by` is the step that had ended the unit: with the refund at own risk, where it was one.
    `batch` is where its code is now, if it was put into stock.
    """

    unit = TenantForeignKey(
        Unit, on_delete=models.PROTECT, related_name="late_arrivals", db_index=False
    )
    attempt = TenantForeignKey(
        "suppliers.Attempt", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ended_by = TenantForeignKey(
        UnitMove, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    batch = TenantForeignKey(
        "inventory.Batch", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    kind = models.CharField(_("kind"), max_length=4, choices=LateKind)
    state = models.CharField(_("state"), max_length=12, choices=LateState, default=LateState.OPEN)
    cost_e4 = models.BigIntegerField(_("cost"))
    currency = models.CharField(_("currency"), max_length=3)
    at = models.DateTimeField(_("came at"))

    class Meta:
        verbose_name = _("late arrival")
        verbose_name_plural = _("late arrivals")
        ordering = ["-id"]
        constraints = [
            *tenant_rules("fulfillment_latearrival", "unit", "attempt", "ended_by", "batch"),
            models.UniqueConstraint(fields=["tenant_id", "attempt"], name="late_once"),
            state_known(LateState, name="late_state_known"),
            models.CheckConstraint(
                condition=~Q(state=LateState.STOCKED) | Q(batch__isnull=False),
                name="late_stocked_has_batch",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "state"],
                name="late_to_do",
                condition=Q(state__in=sorted(LATE_TO_DO)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.state}"


class LateMove(Move):
    late = TenantForeignKey(
        LateArrival, on_delete=models.PROTECT, related_name="moves", db_index=False
    )

    class Meta:
        constraints = tenant_rules("fulfillment_latemove", "late")
        indexes = [models.Index(fields=["tenant_id", "late"], name="late_moves")]
