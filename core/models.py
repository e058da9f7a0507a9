"""The ground floor's own tables."""

from uuid import uuid4

from django.db import models

from core.constraints import tenant_rules
from core.scope import TenantModel


class DataKey(TenantModel):
    """A tenant's key, wrapped by a master key; see core.crypto."""

    DATA, INDEX = "data", "index"

    purpose = models.CharField(max_length=8, choices=[(DATA, DATA), (INDEX, INDEX)])
    version = models.PositiveSmallIntegerField()
    wrapped = models.BinaryField()
    master = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *tenant_rules("core_datakey"),
            models.UniqueConstraint(
                fields=["tenant_id", "purpose", "version"], name="core_datakey_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"


class OutboxRow(TenantModel):
    """One fact for one listener: written with the change it tells of, kept until it was heard.

    `next_at` doubles as the lease: a worker that takes the row pushes it ahead.
    """

    event = models.CharField(max_length=60)
    listener = models.CharField(max_length=80)
    payload = models.JSONField()
    emitted_at = models.DateTimeField(auto_now_add=True)
    next_at = models.DateTimeField(auto_now_add=True)
    tries = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    heard_at = models.DateTimeField(null=True)

    class Meta:
        constraints = tenant_rules("core_outboxrow")
        indexes = [
            models.Index(
                fields=["next_at"], name="outbox_unheard", condition=models.Q(heard_at=None)
            ),
            models.Index(fields=["heard_at"], name="outbox_heard"),
        ]

    def __str__(self) -> str:
        return f"{self.event} for {self.listener}"


class Once(TenantModel):
    """A request that was answered: the same key again gets the same answer, which is sealed
    (core.idempotency)."""

    uid = models.UUIDField(default=uuid4, editable=False)
    scope = models.CharField(max_length=40)
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField()
    status = models.SmallIntegerField()
    answer = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            *tenant_rules("core_once"),
            models.UniqueConstraint(fields=["tenant_id", "scope", "key"], name="once_key_once"),
        ]
        indexes = [models.Index(fields=["made_at"], name="once_made_at")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class Tries(models.Model):
    """How often something was tried in one window of time, across tenants and processes.

    In Postgres and not in Redis: a flush must not hand an attacker a fresh budget. `key` is a
    digest, never the thing itself.
    """

    key = models.BinaryField(primary_key=True)
    count = models.PositiveIntegerField(default=1)
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "tries"

    def __str__(self) -> str:
        return f"{self.count} until {self.until}"


class Pulse(models.Model):
    """When a background process last said that it is alive; `/readyz` and the office read it."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at}"
