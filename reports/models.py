"""Lists on their way to a file. Every write is in reports.services."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import tenant_rules
from core.crypto import Place
from core.scope import TenantForeignKey, TenantModel
from core.states import state_known
from reports.states import AT_WORK, Every, ExportState, Form

QUERY = Place("reports_export", "query")
FILE_KEY = Place("reports_export", "file_key")
MOST_AT_ONCE = 3


class Export(TenantModel):
    """A list that somebody asked for, as it was filtered.

    The address's values (`query`) may name a phone number, so they are sealed; the file's pieces
    open with `file_key` only. `slot`: a shop has as many places at work as there are numbers.
    `rights`: what one must have to be given the file. `after_id`: how far the list is read.
    """

    uid = models.UUIDField(default=uuid4, editable=False)
    ref = models.CharField(max_length=16)
    table = models.CharField(_("exported list"), max_length=20)
    query = models.BinaryField(null=True)
    is_filtered = models.BooleanField(default=False)
    form = models.CharField(_("form"), max_length=4, choices=Form)
    language = models.CharField(max_length=10)
    user_id = models.BigIntegerField()
    asked_by = models.CharField(_("asked by"), max_length=80)
    rights = models.JSONField(default=list)
    state = models.CharField(
        _("state"), max_length=8, choices=ExportState, default=ExportState.WAITING
    )
    slot = models.SmallIntegerField(null=True)
    rows_total = models.BigIntegerField(null=True)
    rows_done = models.BigIntegerField(default=0)
    after_id = models.BigIntegerField(null=True)
    pieces = models.IntegerField(default=0)
    file_key = models.BinaryField(null=True)
    fence = models.IntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    failure = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField(_("asked at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    kept_until = models.DateTimeField(_("kept until"), null=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-id"]
        constraints = [
            *tenant_rules("reports_export"),
            state_known(ExportState, name="export_state_known"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="export_ref_once"),
            models.UniqueConstraint(fields=["tenant_id", "uid"], name="export_asked_once"),
            models.UniqueConstraint(fields=["tenant_id", "slot"], name="export_slot_once"),
            models.CheckConstraint(condition=Q(form__in=Form.values), name="export_form_known"),
            models.CheckConstraint(
                condition=Q(
                    state__in=AT_WORK, slot__gte=1, slot__lte=MOST_AT_ONCE, slot__isnull=False
                )
                | (~Q(state__in=AT_WORK) & Q(slot=None)),
                name="export_has_a_slot_while_at_work",
            ),
            models.CheckConstraint(
                condition=Q(lease_until__isnull=False) | ~Q(state__in=AT_WORK),
                name="export_at_work_is_due",
            ),
        ]
        indexes = [
            models.Index(fields=["lease_until"], name="export_due", condition=Q(state__in=AT_WORK)),
            models.Index(
                fields=["kept_until"],
                name="export_to_forget",
                condition=Q(kept_until__isnull=False),
            ),
            models.Index(fields=["tenant_id", "user_id", "id"], name="export_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.table} {self.state}"

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK


class Piece(TenantModel):
    """A stretch of an export, sealed with its key under `number`; `is_file`: of the finished
    workbook, else lines of the table."""

    export = TenantForeignKey(Export, on_delete=models.CASCADE, related_name="+", db_index=False)
    is_file = models.BooleanField(default=False)
    number = models.IntegerField()
    body = models.BinaryField()

    class Meta:
        verbose_name = _("piece of an export")
        verbose_name_plural = _("pieces of exports")
        constraints = [
            *tenant_rules("reports_piece", "export"),
            models.UniqueConstraint(
                fields=["tenant_id", "export", "is_file", "number"], name="piece_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.export_id} {self.number}"


class Schedule(TenantModel):
    """A report that is made by itself when its day, week or month is over, with the rights of who
    wanted it (`user_id`). `hour` is the shop's clock's; `next_at` is when its next turn is."""

    ref = models.CharField(max_length=16)
    table = models.CharField(_("exported list"), max_length=20)
    every = models.CharField(_("how often"), max_length=5, choices=Every)
    hour = models.SmallIntegerField(_("hour"))
    form = models.CharField(_("form"), max_length=4, choices=Form)
    is_mailed = models.BooleanField(_("by mail"))
    language = models.CharField(max_length=10)
    user_id = models.BigIntegerField()
    made_by = models.CharField(_("wanted by"), max_length=80)
    made_at = models.DateTimeField(_("made at"))
    is_on = models.BooleanField(_("in use"), default=True)
    next_at = models.DateTimeField(_("next turn"))
    last_error = models.CharField(_("last error"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("scheduled report")
        verbose_name_plural = _("scheduled reports")
        ordering = ["id"]
        constraints = [
            *tenant_rules("reports_schedule"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="schedule_ref_once"),
            models.CheckConstraint(
                condition=Q(
                    every__in=Every.values, form__in=Form.values, hour__gte=0, hour__lte=23
                ),
                name="schedule_words_known",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="schedule_due", condition=Q(is_on=True)),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.table} {self.every}"


class Run(TenantModel):
    """A scheduled report of one period, which begins on `since`: there is one. `failure`: why it
    could not even be begun. While it waits to be mailed, `mail_at` is when that is tried."""

    schedule = TenantForeignKey(
        Schedule, on_delete=models.CASCADE, related_name="runs", db_index=False
    )
    since = models.DateField(_("from"))
    until = models.DateField(_("to"))
    export = TenantForeignKey(
        Export, on_delete=models.PROTECT, related_name="runs", null=True, db_index=False
    )
    failure = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(_("at"))
    mail_at = models.DateTimeField(null=True)
    mail_tries = models.SmallIntegerField(default=0)
    mailed_at = models.DateTimeField(_("mailed at"), null=True)

    class Meta:
        verbose_name = _("run of a report")
        verbose_name_plural = _("runs of reports")
        ordering = ["-id"]
        constraints = [
            *tenant_rules("reports_run", "schedule", "export"),
            models.UniqueConstraint(
                fields=["tenant_id", "schedule", "since"], name="run_once_a_period"
            ),
        ]
        indexes = [
            models.Index(
                fields=["mail_at"], name="run_to_mail", condition=Q(mail_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.since}"
