"""Money that a partner pays into its balance by a payment provider."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from channels.models.partners import Partner
from channels.states import PaymentInState
from core.constraints import tenant_rules
from core.money import payable
from core.scope import TenantForeignKey, TenantModel


class PaymentIn(TenantModel):
    """A partner wants to pay so much into its balance until `expires_at`; `token` opens the page
    where anybody may pay it. `number` is of the payment that brought the money, in time or late.

    What was asked for never changes, and nothing moves it but the money: so it keeps no state.
    """

    ref = models.CharField(_("number"), max_length=12)
    token = models.CharField(max_length=32)
    partner = TenantForeignKey(
        Partner, on_delete=models.PROTECT, related_name="payments_in", db_index=False
    )
    amount_e4 = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    reference = models.CharField(_("the partner's reference"), max_length=80, blank=True)
    return_url = models.CharField(max_length=500, blank=True)
    asked_by = models.CharField(_("asked for by"), max_length=80)
    asked_at = models.DateTimeField(_("asked for at"))
    expires_at = models.DateTimeField(_("to be paid by"))
    paid_at = models.DateTimeField(_("paid at"), null=True)
    number = models.CharField(_("payment number"), max_length=32, blank=True)

    class Meta:
        verbose_name = _("online payment")
        verbose_name_plural = _("online payments")
        ordering = ["-id"]
        constraints = [
            *tenant_rules("channels_paymentin", "partner"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="payment_in_ref_once"),
            models.UniqueConstraint(fields=["tenant_id", "token"], name="payment_in_token_once"),
            models.UniqueConstraint(
                fields=["tenant_id", "number"],
                name="payment_in_number_once",
                condition=~Q(number=""),
            ),
            payable("amount_e4", name="payment_in_amount_payable"),
            models.CheckConstraint(condition=Q(amount_e4__gt=0), name="payment_in_of_something"),
            models.CheckConstraint(
                condition=Q(paid_at=None, number="") | Q(Q(paid_at__isnull=False) & ~Q(number="")),
                name="payment_in_paid_by_a_payment",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "partner", "-id"], name="payments_in_of_partner")
        ]

    def __str__(self) -> str:
        return self.ref

    def state_at(self, now: datetime) -> PaymentInState:
        """Money that comes late is taken all the same: what has expired may still be paid."""
        if self.paid_at is not None:
            return PaymentInState.PAID
        return PaymentInState.OPEN if now < self.expires_at else PaymentInState.EXPIRED


class PayInLimits(TenantModel):
    """What the shop takes online into a partner's balance: so much at once, and in all of a day.

    In 1/10,000; a day's 0 is no limit. A shop without a row takes what anybody may pay at once.
    """

    least_e4 = models.BigIntegerField(_("least at once"))
    most_e4 = models.BigIntegerField(_("most at once"))
    daily_e4 = models.BigIntegerField(_("most in a day"), default=0)

    class Meta:
        verbose_name = _("limits of online payments")
        verbose_name_plural = _("limits of online payments")
        constraints = [
            *tenant_rules("channels_payinlimits"),
            models.UniqueConstraint(fields=["tenant_id"], name="pay_in_limits_once"),
            payable("least_e4", name="pay_in_least_payable"),
            payable("most_e4", name="pay_in_most_payable"),
            payable("daily_e4", name="pay_in_daily_payable"),
            models.CheckConstraint(
                condition=Q(least_e4__gt=0, most_e4__gte=F("least_e4")),
                name="pay_in_least_before_most",
            ),
            models.CheckConstraint(
                condition=Q(daily_e4=0) | Q(daily_e4__gte=F("least_e4")),
                name="pay_in_day_has_room",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.least_e4} to {self.most_e4}, {self.daily_e4} a day"
