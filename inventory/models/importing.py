from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import tenant_rules
from core.scope import TenantForeignKey, TenantModel
from core.states import Move, state_known
from inventory.states import ImportState


class ImportJob(TenantModel):
    """One file of codes on its way into stock.

    The file is sealed on disk, its key sealed here. `done_lines` and `counts` move in the
    transaction that loads the lines they tell of, so a killed run goes on exactly where it was.
    """

    ref = models.CharField(max_length=16)
    uid = models.UUIDField()
    sku = TenantForeignKey("catalog.Sku", on_delete=models.PROTECT, related_name="+")
    batch = TenantForeignKey(
        "inventory.Batch", on_delete=models.PROTECT, related_name="imports", null=True, blank=True
    )
    state = models.CharField(
        _("state"), max_length=10, choices=ImportState, default=ImportState.UPLOADED
    )
    failure = models.CharField(max_length=60, blank=True)

    title = models.CharField(_("file"), max_length=120)
    file_name = models.CharField(max_length=64, blank=True)
    file_key = models.BinaryField(null=True)
    file_hash = models.BinaryField(null=True)
    size = models.BigIntegerField(_("size"))
    kind = models.CharField(max_length=8)
    encoding = models.CharField(_("encoding"), max_length=12, blank=True)
    layout = models.JSONField(default=dict)
    signature = models.BinaryField(null=True)

    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    cost_e4 = models.BigIntegerField(_("cost"), null=True, blank=True)
    supplier_name = models.CharField(_("supplier"), max_length=80, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    check_counts = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    done_lines = models.BigIntegerField(default=0)
    total_lines = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.BigIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)

    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField(_("made"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        constraints = [
            *tenant_rules("inventory_importjob", "sku", "batch"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="import_ref_once"),
            state_known(ImportState, name="import_state_known"),
            models.CheckConstraint(
                condition=Q(done_lines__gte=0), name="import_done_lines_not_negative"
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"],
                name="import_due",
                condition=Q(state__in=[ImportState.CHECKING, ImportState.RUNNING]),
            ),
            models.Index(
                fields=["ended_at"], name="import_files_to_forget", condition=~Q(file_name="")
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def is_at_work(self) -> bool:
        return self.state in {ImportState.CHECKING, ImportState.RUNNING}

    @property
    def takes_cost_of_lines(self) -> bool:
        """Whether its batch costs what the file's lines say: no cost was given for the whole."""
        return self.cost_e4 is None and bool(self.counts.get("costs"))


class ImportMove(Move):
    job = TenantForeignKey(ImportJob, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = tenant_rules("inventory_importmove", "job")


class ImportReport(TenantModel):
    """The refused lines of one stretch of the file, sealed: number, reason and masks of each."""

    uid = models.UUIDField()
    job = TenantForeignKey(ImportJob, on_delete=models.PROTECT, related_name="reports")
    of_check = models.BooleanField()
    first_line = models.BigIntegerField()
    lines = models.IntegerField()
    body = models.BinaryField()

    class Meta:
        constraints = [
            *tenant_rules("inventory_importreport", "job"),
            models.UniqueConstraint(
                fields=["tenant_id", "job", "of_check", "first_line"], name="import_report_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} from {self.first_line}"


class ImportMapping(TenantModel):
    """What a merchant chose for files of one make, for the next of them."""

    signature = models.BinaryField()
    layout = models.JSONField()
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            *tenant_rules("inventory_importmapping"),
            models.UniqueConstraint(
                fields=["tenant_id", "signature"], name="import_mapping_once_a_signature"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
