"""Payments, refunds and what providers told us."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.constraints import RowRules, tenant_rules
from core.money import an_amount, payable
from core.scope import TenantForeignKey, TenantModel
from core.states import Move, state_known
from payments.models.ledger import Account
from payments.states import OPEN, REFUND_DUE, Outcome, PaymentState, RefundState

UNPAID = sorted(set(PaymentState) - {PaymentState.CAPTURED})


class Payment(TenantModel):
    """One attempt to pay one payable; `payable_id` points to a higher floor, so it is no key.

    `into` is whose balance it raises, and its `payable_id` is below zero then (ADR 0021); without
    one the merchant has sold something.
    """

    number = models.CharField(_("payment number"), max_length=32)
    payable_ref = models.CharField(_("pays"), max_length=40)
    payable_id = models.BigIntegerField()
    title = models.CharField(_("title"), max_length=120, blank=True)
    provider = models.CharField(_("provider"), max_length=20)
    account = TenantForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    into = TenantForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    amount_e4 = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    state = models.CharField(
        _("state"), max_length=10, choices=PaymentState, default=PaymentState.CREATED
    )
    provider_ref = models.CharField(_("provider's number"), max_length=64, blank=True)
    pay_url = models.CharField(max_length=300, blank=True)
    refunded_e4 = models.BigIntegerField(_("refunded"), default=0)
    made_at = models.DateTimeField(_("started"))
    expires_at = models.DateTimeField(_("to be paid by"))
    paid_at = models.DateTimeField(_("paid at"), null=True)
    ask_at = models.DateTimeField(null=True)  # when the provider is asked, if it says nothing

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            *tenant_rules("payments_payment", "account", "into"),
            RowRules(
                state_known(PaymentState, name="payment_state_known"),
                payable(
                    "amount_e4", name="payment_amount_payable", unless=Q(account__isnull=False)
                ),
                models.CheckConstraint(
                    condition=Q(amount_e4__gt=0), name="payment_amount_positive"
                ),
                models.CheckConstraint(
                    condition=Q(refunded_e4__gte=0, refunded_e4__lte=F("amount_e4")),
                    name="payment_refunded_at_most_paid",
                ),
                models.CheckConstraint(
                    condition=Q(refunded_e4=0) | Q(state=PaymentState.CAPTURED),
                    name="payment_refunded_only_if_captured",
                ),
                models.CheckConstraint(
                    condition=Q(paid_at=None, state__in=UNPAID)
                    | Q(paid_at__isnull=False, state=PaymentState.CAPTURED),
                    name="payment_paid_at_if_captured",
                ),
                models.CheckConstraint(
                    condition=Q(into=None, payable_id__gte=0)
                    | Q(into__isnull=False, payable_id__lt=0, account=None),
                    name="payment_into_balance_has_a_key_below_zero",
                ),
                name="payments_payment_rules",
            ),
            models.UniqueConstraint(fields=["tenant_id", "number"], name="payment_number_once"),
            models.UniqueConstraint(
                fields=["tenant_id", "payable_id", "provider"],
                condition=Q(state__in=sorted(OPEN)),
                name="payment_open_once",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "payable_id", "account"],
                condition=Q(state=PaymentState.CAPTURED),
                name="payment_from_balance_once",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "provider", "provider_ref"],
                condition=~Q(provider_ref=""),
                name="payment_provider_ref_once",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "payable_id"], name="payment_by_payable"),
            models.Index(fields=["tenant_id", "-made_at"], name="payment_newest"),
            models.Index(
                fields=["ask_at"], name="payment_to_ask", condition=Q(ask_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PaymentMove(Move):
    payment = TenantForeignKey(
        Payment, on_delete=models.PROTECT, related_name="moves", db_index=False
    )

    class Meta:
        constraints = tenant_rules("payments_paymentmove", "payment")
        indexes = [models.Index(fields=["tenant_id", "payment"], name="paymentmove_of")]


class Refund(TenantModel):
    """Money on its way back. `number` stays the same however often it is tried."""

    number = models.CharField(_("refund number"), max_length=64)
    payment = TenantForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount_e4 = models.BigIntegerField(_("amount"))
    state = models.CharField(
        _("state"), max_length=13, choices=RefundState, default=RefundState.CREATED
    )
    reason = models.CharField(_("reason"), max_length=60)
    by = models.CharField(_("who"), max_length=80)
    provider_ref = models.CharField(_("provider's number"), max_length=64, blank=True)
    last_error = models.CharField(_("last answer"), max_length=120, blank=True)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(_("next try"))
    lease_until = models.DateTimeField()
    fence = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(_("promised"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            *tenant_rules("payments_refund", "payment"),
            state_known(RefundState, name="refund_state_known"),
            an_amount("amount_e4", name="refund_amount_payable"),
            models.CheckConstraint(condition=Q(amount_e4__gt=0), name="refund_amount_positive"),
            models.UniqueConstraint(fields=["tenant_id", "number"], name="refund_number_once"),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "payment"], name="refund_by_payment"),
            models.Index(
                fields=["next_at"],
                condition=Q(state__in=sorted(REFUND_DUE)),
                name="refund_due",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RefundMove(Move):
    refund = TenantForeignKey(Refund, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = tenant_rules("payments_refundmove", "refund")
        indexes = [models.Index(fields=["tenant_id", "refund"], name="refundmove_of")]


class Notice(TenantModel):
    """What a provider told us, under the event's own name; the body as a digest only.

    A notice whose signature was wrong is kept under its body's digest: it may not occupy the name
    of a true event.
    """

    provider = models.CharField(_("provider"), max_length=20)
    event_ref = models.CharField(_("event"), max_length=80)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome)
    payment = TenantForeignKey(
        Payment, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    payment_number = models.CharField(_("payment number"), max_length=32, blank=True)
    body_digest = models.BinaryField()
    times = models.IntegerField(_("times"), default=1)
    first_at = models.DateTimeField(_("first seen"))
    last_at = models.DateTimeField(_("last seen"))
    handled_at = models.DateTimeField(_("handled"), null=True)

    class Meta:
        verbose_name = _("payment notice")
        verbose_name_plural = _("payment notices")
        constraints = [
            *tenant_rules("payments_notice", "payment"),
            RowRules(
                models.CheckConstraint(
                    condition=Q(outcome__in=Outcome.values), name="notice_outcome_known"
                ),
                models.CheckConstraint(condition=Q(times__gte=0), name="notice_not_negative"),
                name="payments_notice_rules",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "provider", "event_ref"], name="notice_event_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "-last_at"],
                condition=Q(handled_at=None) & ~Q(outcome__in=[Outcome.CAPTURED]),
                name="notice_to_look_at",
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_ref}"
