"""Whom the shop tells what, and how far that is. Every write is in notices.services."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import tenant_rules
from core.crypto import Place
from core.scope import TenantForeignKey, TenantModel
from core.states import state_known
from notices.states import MessageState, SmsProvider, Topic, Way

ADDRESS = Place("notices_recipient", "address")
SECRET = Place("notices_recipient", "secret")
SMS_SECRET = Place("notices_smssender", "secret")


class Recipient(TenantModel):
    """Somebody who is told. The address is sealed, since a robot's is its password as well; `shown`
    is what of it may be seen. `topics` are what it is told of. Who is removed (`is_on` False) stays
    for the history. `rests_until`: robots take a few messages a minute; more come as one.
    """

    uid = models.UUIDField(default=uuid4, editable=False)
    ref = models.CharField(max_length=16)
    name = models.CharField(_("name"), max_length=40)
    way = models.CharField(_("way"), max_length=10, choices=Way)
    address = models.BinaryField()
    shown = models.CharField(_("address"), max_length=120)
    secret = models.BinaryField(null=True)
    topics = models.JSONField(_("told of"), default=list)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    is_on = models.BooleanField(_("is told"), default=True)
    made_at = models.DateTimeField(_("made at"))
    rests_until = models.DateTimeField()
    last_at = models.DateTimeField(_("last told"), null=True)
    last_error = models.CharField(_("last error"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("recipient of notices")
        verbose_name_plural = _("recipients of notices")
        ordering = ["name"]
        constraints = [
            *tenant_rules("notices_recipient"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="recipient_ref_once"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="recipient_way_known"),
        ]

    def __str__(self) -> str:
        return self.name


class SmsSender(TenantModel):
    """The shop's account at a provider of SMS; one at most. The secret is sealed. `base_url` is
    another address than the provider's own: a simulator's. `most_a_day` is what it may cost."""

    uid = models.UUIDField(default=uuid4, editable=False)
    provider = models.CharField(_("provider"), max_length=10, choices=SmsProvider)
    key_id = models.CharField(_("key ID"), max_length=80)
    secret = models.BinaryField()
    signature = models.CharField(_("signature"), max_length=40)
    template = models.CharField(_("template"), max_length=40)
    app_id = models.CharField(_("app ID"), max_length=20, blank=True)
    region = models.CharField(_("region"), max_length=30, blank=True)
    base_url = models.CharField(_("address"), max_length=200, blank=True)
    most_a_day = models.IntegerField(_("messages a day at most"))
    is_on = models.BooleanField(_("sends"), default=True)
    last_at = models.DateTimeField(_("last sent"), null=True)
    last_error = models.CharField(_("last error"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("SMS sender")
        verbose_name_plural = _("SMS senders")
        constraints = [
            *tenant_rules("notices_smssender"),
            models.UniqueConstraint(fields=["tenant_id"], name="sms_sender_once"),
            models.CheckConstraint(
                condition=Q(provider__in=SmsProvider.values), name="sms_sender_provider_known"
            ),
            models.CheckConstraint(
                condition=Q(most_a_day__gte=0), name="sms_sender_day_is_no_debt"
            ),
        ]

    def __str__(self) -> str:
        return self.provider


class Notice(TenantModel):
    """Something that happened. `what` names its sentence, `given` its words; the page at `path`
    tells the rest. The same `key` is told once."""

    topic = models.CharField(_("about"), max_length=10, choices=Topic)
    what = models.CharField(max_length=12)
    key = models.CharField(max_length=60)
    given = models.JSONField(default=dict)
    path = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        constraints = [
            *tenant_rules("notices_notice"),
            models.UniqueConstraint(fields=["tenant_id", "key"], name="notice_once"),
            models.CheckConstraint(condition=Q(topic__in=Topic.values), name="notice_topic_known"),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "at"], name="notice_newest"),
            models.Index(fields=["at"], name="notice_oldest"),
        ]

    def __str__(self) -> str:
        return self.key


class Seen(TenantModel):
    """That a member of staff has read a notice."""

    notice = TenantForeignKey(Notice, on_delete=models.CASCADE, related_name="+", db_index=False)
    member = TenantForeignKey(
        "tenants.Member", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("notice that was read")
        verbose_name_plural = _("notices that were read")
        constraints = [
            *tenant_rules("notices_seen", "notice", "member"),
            models.UniqueConstraint(fields=["tenant_id", "notice", "member"], name="seen_once"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} by {self.member_id}"


class Message(TenantModel):
    """A notice on its way to a recipient: due at `next_at`, unless somebody has it until
    `lease_until`."""

    notice = TenantForeignKey(
        Notice, on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    recipient = TenantForeignKey(
        Recipient, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    state = models.CharField(
        _("state"), max_length=8, choices=MessageState, default=MessageState.WAITING
    )
    tries = models.IntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(_("next try"))
    lease_until = models.DateTimeField()
    fence = models.IntegerField(default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            *tenant_rules("notices_message", "notice", "recipient"),
            state_known(MessageState, name="message_state_known"),
            models.UniqueConstraint(
                fields=["tenant_id", "notice", "recipient"], name="message_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="message_due", condition=Q(state=MessageState.WAITING)
            ),
            models.Index(
                fields=["tenant_id", "recipient", "next_at"], name="message_due_to",
                condition=Q(state=MessageState.WAITING),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.notice_id} -> {self.recipient_id}: {self.state}"
