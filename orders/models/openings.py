"""Codes of an order that risk keeps closed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import tenant_rules
from core.scope import TenantForeignKey, TenantModel
from core.states import Move, state_known
from orders.models.orders import Order
from orders.states import (
    HeldThen,
    OpeningState,
)


class Opening(TenantModel):
    """An opening of an order's codes that risk stopped: they stay closed until somebody decides.

    It begins HELD at `asked_at`; every later state has its row in `moves`. While it is HELD, a
    person decides by `decide_by`, else `held_then` is done.
    """

    order = TenantForeignKey(
        Order, on_delete=models.PROTECT, related_name="openings", db_index=False
    )
    state = models.CharField(
        _("state"), max_length=8, choices=OpeningState, default=OpeningState.HELD
    )
    asked_at = models.DateTimeField(_("asked at"))
    decide_by = models.DateTimeField(_("decided by"))
    held_then = models.CharField(max_length=8, choices=HeldThen)

    class Meta:
        verbose_name = _("held opening of codes")
        verbose_name_plural = _("held openings of codes")
        constraints = [
            *tenant_rules("orders_opening", "order"),
            state_known(OpeningState, name="opening_state_known"),
            models.CheckConstraint(
                condition=Q(held_then__in=HeldThen.values), name="opening_then_known"
            ),
            models.UniqueConstraint(fields=["tenant_id", "order"], name="opening_of_order_once"),
        ]
        indexes = [
            models.Index(
                fields=["decide_by"],
                name="opening_to_decide",
                condition=Q(state=OpeningState.HELD),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.state}"


class OpeningMove(Move):
    opening = TenantForeignKey(
        Opening, on_delete=models.PROTECT, related_name="moves", db_index=False
    )

    class Meta:
        constraints = tenant_rules("orders_openingmove", "opening")
        indexes = [models.Index(fields=["tenant_id", "opening"], name="opening_moves")]
