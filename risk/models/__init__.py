"""What may be stored of rules, lists and verdicts. Every write of these tables is in
risk.services."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import tenant_rules
from core.scope import TenantForeignKey, TenantModel
from core.states import Move, state_known
from risk.models.persons import Challenge
from risk.states import (
    Action,
    Judgement,
    Listing,
    Moment,
    Preset,
    Proof,
    RuleState,
    Trait,
    Unanswered,
)

__all__ = [
    "LINKING",
    "Assessment",
    "Challenge",
    "ListEntry",
    "Policy",
    "Review",
    "Rule",
    "RuleMove",
    "RuleVersion",
]

# The traits that orders are found again by, each in a column of its own: a keyed digest.
LINKING = (
    Trait.IP, Trait.NET, Trait.DEVICE, Trait.PHONE, Trait.MAIL, Trait.ACCOUNT, Trait.PAYER,
)  # fmt: skip


class Policy(TenantModel):
    """What holds for all rules of a shop; one row, made with the first change."""

    is_on = models.BooleanField(_("rules act"), default=True)  # the kill switch
    unanswered = models.CharField(
        _("a rule that cannot be answered"), max_length=4, choices=Unanswered,
        default=Unanswered.TAG,
    )  # fmt: skip
    hold_minutes = models.IntegerField(_("minutes to decide"), default=24 * 60)
    preset = models.CharField(  # the one that was chosen last
        max_length=8, choices=Preset, blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = _("risk settings")
        verbose_name_plural = _("risk settings")
        constraints = [
            *tenant_rules("risk_policy"),
            models.UniqueConstraint(fields=["tenant_id"], name="risk_policy_once"),
            models.CheckConstraint(
                condition=Q(unanswered__in=Unanswered.values), name="risk_unanswered_known"
            ),
            models.CheckConstraint(
                condition=Q(hold_minutes__gte=5, hold_minutes__lte=7 * 24 * 60),
                name="risk_minutes_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"risk settings of {self.tenant_id}"


class Rule(TenantModel):
    """A rule as it is now; what it said before is in `versions`, its switches are in `moves`.

    One that a preset brought has its key there, and the version that the preset wrote last.
    """

    ref = models.CharField(_("rule number"), max_length=12)
    name = models.CharField(_("name"), max_length=80)
    state = models.CharField(_("state"), max_length=8, choices=RuleState, default=RuleState.OFF)
    version = models.IntegerField(_("version"), default=1)
    body = models.JSONField(default=dict)
    made_at = models.DateTimeField(_("made at"))
    preset = models.CharField(max_length=20, blank=True, default="", db_default="")
    preset_version = models.IntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["name"]
        constraints = [
            *tenant_rules("risk_rule"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="rule_ref_once"),
            models.UniqueConstraint(fields=["tenant_id", "name"], name="rule_name_once"),
            models.UniqueConstraint(
                fields=["tenant_id", "preset"], name="rule_of_preset_once",
                condition=~Q(preset=""),
            ),
            state_known(RuleState, name="rule_state_known"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def is_changed_by_hand(self) -> bool:
        """A preset's rule that says what somebody made of it."""
        return bool(self.preset) and self.version != self.preset_version


class RuleVersion(TenantModel):
    """What a rule said from `made_at` on."""

    rule = TenantForeignKey(Rule, on_delete=models.PROTECT, related_name="versions", db_index=False)
    version = models.IntegerField(_("version"))
    name = models.CharField(_("name"), max_length=80)
    body = models.JSONField(default=dict)
    by = models.CharField(_("by"), max_length=80)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("version of a rule")
        verbose_name_plural = _("versions of a rule")
        ordering = ["-version"]
        constraints = [
            *tenant_rules("risk_ruleversion", "rule"),
            models.UniqueConstraint(
                fields=["tenant_id", "rule", "version"], name="rule_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class RuleMove(Move):
    rule = TenantForeignKey(Rule, on_delete=models.PROTECT, related_name="moves", db_index=False)

    class Meta:
        constraints = tenant_rules("risk_rulemove", "rule")
        indexes = [models.Index(fields=["tenant_id", "rule"], name="rule_moves")]


class ListEntry(TenantModel):
    """Somebody who is blocked, always allowed, or watched. A network and a mail domain are kept as
    they are (`plain`), all else as a keyed digest with a masked form to show."""

    listing = models.CharField(_("list"), max_length=6, choices=Listing)
    trait = models.CharField(_("what it is"), max_length=12)
    key = models.BinaryField(null=True)
    plain = models.CharField(max_length=100, blank=True)
    shown = models.CharField(_("value"), max_length=100)
    reason = models.CharField(_("reason"), max_length=100, blank=True)
    until = models.DateTimeField(_("until"), null=True)
    by = models.CharField(_("by"), max_length=80)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("list entry")
        verbose_name_plural = _("list entries")
        ordering = ["-id"]
        constraints = [
            *tenant_rules("risk_listentry"),
            models.UniqueConstraint(
                fields=["tenant_id", "trait", "key", "plain"], name="list_entry_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(listing__in=Listing.values), name="list_entry_listing_known"
            ),
            models.CheckConstraint(
                condition=Q(key__isnull=True) ^ Q(plain=""), name="list_entry_has_one_value"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["until"], name="list_entry_ended", condition=Q(until__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.shown


class Assessment(TenantModel):
    """One look: its facts, whom it is about (digests), what the rules said, and what came of it.

    What rules count and a dry run reads. `spoken` are the rules with their versions, `ranges` the
    lists on which its network or mail domain stood (`block:net`): later that cannot be told any
    more. Where the rules said more of an order when it was paid (`again_at`), `first_said` is what
    they had said.
    `verified` is how somebody proved to be a person where a rule wanted that; empty: he did not.
    """

    moment = models.CharField(_("when"), max_length=8, choices=Moment)
    at = models.DateTimeField(_("at"))
    subject = models.CharField(_("about"), max_length=24)
    ip = models.BinaryField(null=True)
    net = models.BinaryField(null=True)
    device = models.BinaryField(null=True)
    phone = models.BinaryField(null=True)
    mail = models.BinaryField(null=True)
    account = models.BinaryField(null=True)
    payer = models.BinaryField(null=True)  # of an order, once it is paid
    partner = models.CharField(max_length=12, blank=True)
    sku = models.CharField(max_length=40, blank=True)
    amount_e4 = models.BigIntegerField(default=0)
    quantity = models.IntegerField(default=0)
    facts = models.JSONField(default=dict)
    ranges = models.CharField(max_length=100, blank=True, default="", db_default="")
    action = models.CharField(_("verdict"), max_length=8, choices=Action)
    verified = models.CharField(max_length=8, choices=Proof, blank=True, default="", db_default="")
    score = models.IntegerField(default=0)
    spoken = models.JSONField(default=list)
    first_said = models.JSONField(null=True, default=None)
    again_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("look of the risk rules")
        verbose_name_plural = _("looks of the risk rules")
        ordering = ["-id"]
        constraints = [
            *tenant_rules("risk_assessment"),
            models.CheckConstraint(
                condition=Q(moment__in=Moment.values) & Q(action__in=Action.values),
                name="assessment_words_known",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "subject"], name="assessment_of_subject"),
            models.Index(fields=["tenant_id", "at"], name="assessment_newest"),
            models.Index(fields=["at"], name="assessment_oldest"),
            models.Index(
                fields=["tenant_id", "at"], name="assessment_spoken", condition=~Q(spoken=[])
            ),
            *(
                models.Index(
                    fields=["tenant_id", trait, "at"],
                    name=f"assessment_by_{trait}",
                    condition=Q(**{f"{trait}__isnull": False}),
                )
                for trait in LINKING
            ),
            *(
                models.Index(
                    fields=["tenant_id", trait, "at"],
                    name=f"assessment_by_{trait}",
                    condition=~Q(**{trait: ""}),
                )
                for trait in (Trait.PARTNER, Trait.SKU)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.moment}: {self.action}"


class Review(TenantModel):
    """What the last person who decided about something that was looked at said of it: what rules
    are measured by. Earlier words are in the audit log."""

    subject = models.CharField(_("about"), max_length=24)
    judgement = models.CharField(_("verdict"), max_length=6, choices=Judgement)
    is_approved = models.BooleanField(_("let go on"))
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    by = models.CharField(_("by"), max_length=80)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("verdict of a person")
        verbose_name_plural = _("verdicts of persons")
        constraints = [
            *tenant_rules("risk_review"),
            models.UniqueConstraint(fields=["tenant_id", "subject"], name="review_subject_once"),
            models.CheckConstraint(
                condition=Q(judgement__in=Judgement.values), name="review_judgement_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.judgement}"
