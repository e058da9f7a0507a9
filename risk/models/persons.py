"""What is asked of somebody who is to prove that he is a person."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import tenant_rules
from core.scope import TenantModel
from risk.states import SENT, Proof


class Challenge(TenantModel):
    """A question that a person answers: asked of one browser (`device`, a keyed digest) about one
    thing (`about`). Who answered it is known as a person for a while.

    The `answer` to a picture or a sum stands in the clear: it is good for one try of one browser,
    and who reads the table can read the picture. A code that was sent away is kept as a keyed
    digest (`code`), and so is where it went (`target`); `shown` is what the page shows of that.
    """

    ref = models.CharField(max_length=32)
    way = models.CharField(max_length=8, choices=Proof)
    device = models.BinaryField()
    about = models.BinaryField()
    answer = models.CharField(max_length=8, blank=True)
    code = models.BinaryField(null=True)
    target = models.BinaryField(null=True)
    shown = models.CharField(max_length=80, blank=True, default="", db_default="")
    tries = models.IntegerField(default=0)
    until = models.DateTimeField()
    passed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("question to a person")
        verbose_name_plural = _("questions to persons")
        constraints = [
            *tenant_rules("risk_challenge"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="challenge_ref_once"),
            models.CheckConstraint(condition=Q(way__in=Proof.values), name="challenge_way_known"),
            models.CheckConstraint(
                condition=Q(way__in=SENT, answer="", code__isnull=False, target__isnull=False)
                | (~Q(way__in=SENT) & ~Q(answer="") & Q(code__isnull=True, target__isnull=True)),
                name="challenge_code_is_a_digest",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "device", "passed_at"],
                name="challenge_passed",
                condition=Q(passed_at__isnull=False),
            ),
            models.Index(fields=["until"], name="challenge_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.way} until {self.until:%Y-%m-%d %H:%M}"
