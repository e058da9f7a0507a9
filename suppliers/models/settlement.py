"""What a supplier says it is owed, and where that and our own books differ."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowRules, tenant_rules
from core.crypto import Place
from core.scope import TenantForeignKey, TenantModel
from core.states import Move, state_known
from suppliers.models.contracts import Supplier
from suppliers.states import BILL_AT_WORK, BILL_UNREAD, BillState, BreakKind, BreakState

BILL_FILE_KEY = Place("suppliers_bill", "sealed_key")


class Bill(TenantModel):
    """A supplier's file for the days from `since` to `until`, both of them with it, as they are in
    the merchant's zone. The same file is read once.

    While it is read its file is sealed on disk, its key sealed here. `done_lines`, the number of
    the last row that was looked at, moves in the transaction that stores the lines before it, with
    `count`, `total_e4` and `bad`: a killed reading goes on where it was. `bad` are the first lines
    that cannot be read, as pairs of row and `BadReason`.
    """

    supplier = TenantForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="bills", db_index=False
    )
    since = models.DateField(_("from"))
    until = models.DateField(_("to"))
    file_name = models.CharField(_("file"), max_length=120)
    file_hash = models.CharField(max_length=64)
    currency = models.CharField(_("currency"), max_length=3)
    total_e4 = models.BigIntegerField(_("total"))
    count = models.IntegerField(_("lines"))
    state = models.CharField(_("state"), max_length=8, choices=BillState, default=BillState.READ)
    by = models.CharField(_("who"), max_length=80)
    made_at = models.DateTimeField(_("read at"))
    matched_at = models.DateTimeField(_("compared at"), null=True)

    uid = models.UUIDField(default=uuid4, editable=False, null=True)
    sealed_name = models.CharField(max_length=64, blank=True, default="", db_default="")
    sealed_key = models.BinaryField(null=True)
    mapping = models.JSONField(null=True)
    skips_bad = models.BooleanField(default=False, db_default=False)
    bad = models.JSONField(default=list, db_default=[])
    bad_count = models.IntegerField(_("cannot be read"), default=0, db_default=0)
    done_lines = models.IntegerField(default=0, db_default=0)
    total_lines = models.IntegerField(default=0, db_default=0)
    failure = models.CharField(max_length=20, blank=True, default="", db_default="")
    lease_until = models.DateTimeField(null=True)
    fence = models.IntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("bill")
        verbose_name_plural = _("bills")
        ordering = ["-id"]
        constraints = [
            *tenant_rules("suppliers_bill", "supplier"),
            models.UniqueConstraint(
                fields=["tenant_id", "supplier", "file_hash"],
                name="bill_file_once",
                condition=~Q(state=BillState.FAILED),
            ),
            RowRules(
                state_known(BillState, name="bill_state_known"),
                models.CheckConstraint(
                    condition=Q(until__gte=F("since")), name="bill_ends_after_it_begins"
                ),
                models.CheckConstraint(
                    condition=Q(state__in=sorted(BILL_UNREAD | {"read", "matching"}))
                    | Q(matched_at__isnull=False),
                    name="bill_was_compared",
                ),
                models.CheckConstraint(
                    condition=Q(done_lines__gte=0, bad_count__gte=0), name="bill_counts_up"
                ),
                name="suppliers_bill_rules",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"],
                name="bill_due",
                condition=Q(state__in=sorted(BILL_AT_WORK)),
            ),
            models.Index(fields=["tenant_id", "supplier", "until"], name="bills_of_supplier"),
        ]

    def __str__(self) -> str:
        return self.file_name


class BillMove(Move):
    bill = TenantForeignKey(Bill, on_delete=models.PROTECT, related_name="moves", db_index=False)

    class Meta:
        constraints = tenant_rules("suppliers_billmove", "bill")
        indexes = [models.Index(fields=["tenant_id", "bill"], name="bill_moves")]


class BillLine(TenantModel):
    """`number` is ours, `supplier_ref` theirs, one of the two is there; `said` is their word for
    its state. A negative amount is money that came back."""

    bill = TenantForeignKey(Bill, on_delete=models.PROTECT, related_name="lines", db_index=False)
    row = models.IntegerField(_("line"))
    number = models.CharField(_("our number"), max_length=80, blank=True)
    supplier_ref = models.CharField(_("the supplier's number"), max_length=80, blank=True)
    amount_e4 = models.BigIntegerField(_("amount"))
    said = models.CharField(_("what the supplier says"), max_length=40, blank=True)
    at = models.DateTimeField(_("at"), null=True)

    class Meta:
        verbose_name = _("line of a bill")
        verbose_name_plural = _("lines of bills")
        ordering = ["row"]
        constraints = [
            *tenant_rules("suppliers_billline", "bill"),
            models.UniqueConstraint(fields=["tenant_id", "bill", "row"], name="bill_row_once"),
            models.CheckConstraint(
                condition=~Q(number="", supplier_ref=""), name="bill_line_is_about_something"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "number"], name="bill_lines_by_number"),
            models.Index(fields=["tenant_id", "supplier_ref"], name="bill_lines_by_ref"),
        ]

    def __str__(self) -> str:
        return self.number or self.supplier_ref


class Break(TenantModel):
    """Where our books and a supplier's differ: in a bill, or over a day in the balance there.

    `ours_e4` is what it should be by our own books, `theirs_e4` what the supplier took; unknown is
    none. `number` is ours where there is one.
    """

    supplier = TenantForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="breaks", db_index=False
    )
    bill = TenantForeignKey(
        Bill, on_delete=models.PROTECT, related_name="breaks", null=True, db_index=False
    )
    day = models.DateField(_("day"), null=True)
    kind = models.CharField(_("kind"), max_length=16, choices=BreakKind)
    number = models.CharField(_("our number"), max_length=80, blank=True)
    supplier_ref = models.CharField(_("the supplier's number"), max_length=80, blank=True)
    ours_e4 = models.BigIntegerField(_("ours"), null=True)
    theirs_e4 = models.BigIntegerField(_("theirs"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=BreakState, default=BreakState.OPEN)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.CharField(_("who"), max_length=80)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("break")
        verbose_name_plural = _("breaks")
        ordering = ["id"]
        constraints = [
            *tenant_rules("suppliers_break", "supplier", "bill"),
            models.UniqueConstraint(
                fields=["tenant_id", "bill", "kind", "number", "supplier_ref"],
                name="break_of_bill_once",
                condition=Q(bill__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "supplier", "day"],
                name="break_of_day_once",
                condition=Q(bill__isnull=True),
            ),
            RowRules(
                state_known(BreakState, name="break_state_known"),
                models.CheckConstraint(
                    condition=Q(kind__in=BreakKind.values), name="break_kind_known"
                ),
                models.CheckConstraint(
                    condition=Q(bill__isnull=False, day__isnull=True)
                    | Q(bill__isnull=True, day__isnull=False, kind=BreakKind.BALANCE),
                    name="break_of_bill_or_day",
                ),
                name="suppliers_break_rules",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "bill", "state"], name="breaks_of_bill"),
            models.Index(fields=["tenant_id", "state", "-id"], name="breaks_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number or self.supplier_ref or self.day}"


class BreakMove(Move):
    gap = TenantForeignKey(Break, on_delete=models.PROTECT, related_name="moves", db_index=False)

    class Meta:
        constraints = tenant_rules("suppliers_breakmove", "gap")
        indexes = [models.Index(fields=["tenant_id", "gap"], name="break_moves")]


class BalanceNote(TenantModel):
    """What the supplier said we have there, each time that it was compared with what was booked."""

    supplier = TenantForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="balance_notes", db_index=False
    )
    at = models.DateTimeField(_("at"))
    balance_e4 = models.BigIntegerField(_("balance there"))

    class Meta:
        verbose_name = _("balance")
        verbose_name_plural = _("balances")
        constraints = tenant_rules("suppliers_balancenote", "supplier")
        indexes = [
            models.Index(fields=["tenant_id", "supplier", "-at"], name="balances_of_supplier")
        ]

    def __str__(self) -> str:
        return f"{self.balance_e4}"
