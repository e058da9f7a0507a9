"""A partner's own people: who may look into its console, and where they are signed in.

Every write is in channels.services.
"""

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.models.partners import Partner
from core.constraints import tenant_rules
from core.crypto import Place
from core.scope import TenantForeignKey, TenantModel

FACTOR_SECRET = Place("channels_personfactor", "secret")


class Person(TenantModel):
    """Somebody of one partner of one shop, and nobody anywhere else: no User, no member.

    `link_digest` is of the link that lets the person set a password, while one is open. A removed
    person's row stays, for what it did is told by it.
    """

    partner = TenantForeignKey(
        Partner, on_delete=models.PROTECT, related_name="people", db_index=False
    )
    email = models.CharField(_("mail address"), max_length=200)  # in small letters
    name = models.CharField(_("name"), max_length=80, blank=True)
    password = models.CharField(_("password"), max_length=128, blank=True)  # empty: none yet
    may_edit = models.BooleanField(_("may change keys and webhooks"), default=False)
    link_digest = models.BinaryField(null=True)
    link_until = models.DateTimeField(_("the link is good until"), null=True)
    made_at = models.DateTimeField(_("invited at"))
    made_by = models.CharField(_("invited by"), max_length=80)
    joined_at = models.DateTimeField(_("joined at"), null=True)
    signed_in_at = models.DateTimeField(_("last signed in"), null=True)
    removed_at = models.DateTimeField(_("removed at"), null=True)

    class Meta:
        verbose_name = _("partner's person")
        verbose_name_plural = _("partners' people")
        ordering = ["email"]
        constraints = [
            *tenant_rules("channels_person", "partner"),
            models.UniqueConstraint(
                fields=["tenant_id", "email"],
                name="person_mail_once",
                condition=Q(removed_at__isnull=True),
            ),
            models.UniqueConstraint(fields=["tenant_id", "link_digest"], name="person_link_once"),
            models.CheckConstraint(
                condition=Q(link_digest__isnull=True, link_until__isnull=True)
                | Q(link_digest__isnull=False, link_until__isnull=False),
                name="person_link_ends",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(link_digest__isnull=True),
                name="person_removed_has_no_link",
            ),
        ]
        indexes = [models.Index(fields=["tenant_id", "partner"], name="person_of_partner")]

    def __str__(self) -> str:
        return self.name or self.email


class PersonSession(TenantModel):
    """A browser in which a person is signed in: of its cookie there is a digest only.

    `typed_at` is when the password was typed there last.
    """

    person = TenantForeignKey(
        Person, on_delete=models.CASCADE, related_name="sessions", db_index=False
    )
    digest = models.BinaryField()
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    typed_at = models.DateTimeField()

    class Meta:
        constraints = [
            *tenant_rules("channels_personsession", "person"),
            models.UniqueConstraint(fields=["tenant_id", "digest"], name="person_session_once"),
        ]
        indexes = [models.Index(fields=["tenant_id", "person"], name="person_sessions")]

    def __str__(self) -> str:
        return f"{self.person_id} until {self.until:%F %T}"


class PersonFactor(TenantModel):
    """A person's second factor: the sealed key of an authenticator (RFC 6238).

    A code is of a count of half minutes, and good when that is above `last_count`: once. `spare`
    are blind indexes of the recovery codes that are left.
    """

    person = TenantForeignKey(
        Person, on_delete=models.CASCADE, related_name="factors", db_index=False
    )
    uid = models.UUIDField(default=uuid4, editable=False)
    secret = models.BinaryField()
    last_count = models.BigIntegerField(default=0)
    spare = ArrayField(models.CharField(max_length=64), default=list)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            *tenant_rules("channels_personfactor", "person"),
            models.UniqueConstraint(fields=["tenant_id", "person"], name="person_factor_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}"
