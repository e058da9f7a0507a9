"""What partners' programs called, and what they were answered; without any secret."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from channels.models.partners import Partner
from core.constraints import tenant_rules
from core.scope import TenantForeignKey, TenantModel


class ApiCall(TenantModel):
    """One call under a known key. `body` and `answer` are masked before they come here."""

    partner = TenantForeignKey(
        Partner, on_delete=models.PROTECT, related_name="calls", db_index=False
    )
    at = models.DateTimeField(_("called at"))
    method = models.CharField(_("method"), max_length=8)
    path = models.CharField(_("address"), max_length=300)
    status = models.SmallIntegerField(_("status"))
    ms = models.IntegerField(_("took"))
    key_hint = models.CharField(_("key"), max_length=12)
    ip = models.GenericIPAddressField(_("from"), null=True)
    request_id = models.CharField(_("request id"), max_length=64)
    body = models.TextField(_("body"), blank=True)
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("API call")
        verbose_name_plural = _("API calls")
        ordering = ["-id"]
        constraints = tenant_rules("channels_apicall", "partner")
        indexes = [
            models.Index(fields=["tenant_id", "partner", "-id"], name="api_call_newest"),
            models.Index(fields=["tenant_id", "request_id"], name="api_call_by_request"),
            models.Index(fields=["at"], name="api_call_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"
