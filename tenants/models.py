"""Merchants and people. Merchant, Domain and User stand outside row-level security: they are read
before the tenant is known. What a merchant owns (members, audit) stands inside it."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.constraints import tenant_rules
from core.scope import TenantForeignKey, TenantModel
from core.states import Move, state_known
from tenants.roles import Role
from tenants.states import MerchantState, Theme


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who works for merchants or for the platform; shoppers are not users."""

    email = models.EmailField(_("mail address"), unique=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    theme = models.CharField(
        _("appearance"), max_length=5, choices=Theme, default=Theme.AUTO, db_default=Theme.AUTO
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_operator = models.BooleanField(_("platform operator"), default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """Django's admin asks; the back offices decide by membership."""
        return self.is_active

    @property
    def is_superuser(self) -> bool:
        return False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class Merchant(models.Model):
    """A tenant. Its id is the `tenant_id` of everything it owns."""

    slug = models.SlugField(_("short name"), max_length=40, unique=True)
    name = models.CharField(_("shop name"), max_length=60)
    name_en = models.CharField(_("shop name in English"), max_length=60, blank=True)
    tagline = models.CharField(_("tagline"), max_length=80, blank=True)
    tagline_en = models.CharField(_("tagline in English"), max_length=80, blank=True)
    legal_name = models.CharField(_("company"), max_length=120, blank=True)
    legal_name_en = models.CharField(
        _("company in English"), max_length=120, blank=True, default="", db_default=""
    )
    licence_line = models.CharField(_("licence line"), max_length=120, blank=True)
    licence_line_en = models.CharField(
        _("licence line in English"), max_length=120, blank=True, default="", db_default=""
    )
    icp_line = models.CharField(_("ICP line"), max_length=60, blank=True)
    contact = models.CharField(_("contact for shoppers"), max_length=120, blank=True)
    contact_en = models.CharField(
        _("contact in English"), max_length=120, blank=True, default="", db_default=""
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    language = models.CharField(_("first language"), max_length=10, default="zh-hans")
    theme = models.JSONField(_("theme"), default=dict, blank=True)
    logo = models.CharField(_("logo"), max_length=64, blank=True)
    # A tenant of its own with everything in it (goods, stock, money, partners), for trying out.
    sandbox_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="sandboxes", null=True, editable=False
    )
    # Of staff, before codes are shown or money moves. Shops of before, and the demo's, do not.
    demands_second_factor = models.BooleanField(
        _("asks staff for a second factor"), default=False, db_default=False
    )
    state = models.CharField(
        _("state"), max_length=10, choices=MerchantState, default=MerchantState.ACTIVE
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")
        constraints = [
            state_known(MerchantState, name="merchant_state_known"),
            models.UniqueConstraint(
                fields=["sandbox_of"],
                name="merchant_has_one_sandbox",
                condition=~Q(state=MerchantState.SET_ASIDE),
            ),
            models.CheckConstraint(
                condition=~Q(state=MerchantState.SET_ASIDE) | Q(sandbox_of__isnull=False),
                name="merchant_set_aside_was_a_sandbox",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state == MerchantState.ACTIVE


class Domain(models.Model):
    """Which host is whose shop: the directory that the middleware reads."""

    host = models.CharField(_("host"), max_length=253, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="domains")
    is_primary = models.BooleanField(_("main address"), default=False)

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")

    def __str__(self) -> str:
        return self.host


class Member(TenantModel):
    """A person's role at one merchant."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.VIEWER)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    guide_hidden_at = models.DateTimeField(null=True, editable=False)  # the setup guide, at home

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            *tenant_rules("tenants_member"),
            models.UniqueConstraint(fields=["tenant_id", "user"], name="member_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="member_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"


class SavedView(TenantModel):
    """A list as somebody likes to see it; without a member it is there for the whole shop.

    `query` is what stands in the list's address: filters, order, columns, and sealed what is
    looked for.
    """

    ref = models.CharField(max_length=16)
    listing = models.CharField(max_length=60)  # orders.order
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=1000, blank=True)
    member = TenantForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            *tenant_rules("tenants_savedview", "member"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="saved_view_ref_once"),
            models.UniqueConstraint(
                fields=["tenant_id", "listing", "member", "name"],
                name="saved_view_name_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Visit(TenantModel):
    """An operator of the platform at the shop, as if its member. `token` is the SHA-256 of what the
    link holds that begins it; `until`: the link's end, once begun the visit's."""

    ref = models.CharField(max_length=16)
    token = models.BinaryField()
    operator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    member = TenantForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=200)
    began_at = models.DateTimeField(null=True)
    until = models.DateTimeField()

    class Meta:
        constraints = [
            *tenant_rules("tenants_visit", "member"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="visit_ref_once"),
            models.UniqueConstraint(fields=["tenant_id", "token"], name="visit_token_once"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Both names: who it is, and as whom."""
        names = (self.operator.email[:32], self.member.user.email[:32])
        return f"user:{self.operator_id} {names[0]} as {names[1]}"


class MerchantMove(Move):
    """A merchant's history; its tenant is the merchant itself."""

    class Meta:
        constraints = tenant_rules("tenants_merchantmove")


class AuditRow(TenantModel):
    """Who did what, append-only by trigger. Never holds a secret."""

    at = models.DateTimeField(_("when"))
    by = models.CharField(_("who"), max_length=120)
    user_id = models.BigIntegerField(null=True)
    ip = models.GenericIPAddressField(_("address"), null=True)
    action = models.CharField(_("action"), max_length=60)
    target = models.CharField(_("what"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        constraints = tenant_rules("tenants_auditrow")
        indexes = [
            models.Index(fields=["tenant_id", "-at"], name="audit_newest"),
            models.Index(fields=["tenant_id", "action", "-at"], name="audit_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.by} {self.action}"


class AuditSeal(TenantModel):
    """A link of the chain over audit rows up to `upto`: an edit made by the owner shows.

    `chain` is SHA-256 over the link before and the rows since, in the order of their ids.
    """

    upto = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    chain = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            *tenant_rules("tenants_auditseal"),
            models.UniqueConstraint(fields=["tenant_id", "upto"], name="audit_seal_once"),
        ]

    def __str__(self) -> str:
        return f"up to {self.upto}"
