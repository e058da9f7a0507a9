"""Complaints after the sale."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import tenant_rules
from core.crypto import Place
from core.scope import TenantForeignKey, TenantModel
from core.states import Move, state_known
from orders.models.orders import Order
from orders.states import (
    CASE_LIVE,
    CaseKind,
    CaseState,
)

MESSAGE = Place("orders_casemessage", "body")


class Case(TenantModel):
    """A complaint after the sale, with a clock: by `due_at` somebody has answered, or it shows.

    It begins OPEN at `opened_at`; every later state has its row in `moves`. `evidence` is the
    order's timeline as it was at opening. `unit_id` names a unit of the floor above, so it is no
    key.
    """

    ref = models.CharField(_("case number"), max_length=16)
    order = TenantForeignKey(Order, on_delete=models.PROTECT, related_name="cases", db_index=False)
    unit_id = models.BigIntegerField(null=True)
    kind = models.CharField(_("kind"), max_length=12, choices=CaseKind)
    state = models.CharField(_("state"), max_length=20, choices=CaseState, default=CaseState.OPEN)
    evidence = models.JSONField(_("evidence"), default=list)
    opened_at = models.DateTimeField(_("opened at"))
    due_at = models.DateTimeField(_("to be answered by"))
    overdue_at = models.DateTimeField(_("overdue since"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("after-sale case")
        verbose_name_plural = _("after-sale cases")
        constraints = [
            *tenant_rules("orders_case", "order"),
            state_known(CaseState, name="case_state_known"),
            models.CheckConstraint(condition=Q(kind__in=CaseKind.values), name="case_kind_known"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="case_ref_once"),
            models.UniqueConstraint(
                fields=["tenant_id", "order", "unit_id"],
                name="case_live_once",
                condition=Q(state__in=CASE_LIVE),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "state", "due_at"], name="case_by_clock"),
            models.Index(
                fields=["due_at"],
                name="case_to_flag",
                condition=Q(state__in=CASE_LIVE, overdue_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def is_live(self) -> bool:
        return self.state in CASE_LIVE


class CaseMessage(TenantModel):
    """What was said, sealed: a shopper may well paste the code."""

    uid = models.UUIDField(default=uuid4, editable=False)
    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="messages", db_index=False)
    by = models.CharField(max_length=80)
    is_from_shopper = models.BooleanField()
    body = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = tenant_rules("orders_casemessage", "case")
        indexes = [models.Index(fields=["tenant_id", "case"], name="case_messages")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.at:%F %T}"


class CaseMove(Move):
    case = TenantForeignKey(Case, on_delete=models.PROTECT, related_name="moves", db_index=False)

    class Meta:
        constraints = tenant_rules("orders_casemove", "case")
        indexes = [models.Index(fields=["tenant_id", "case"], name="case_moves")]
