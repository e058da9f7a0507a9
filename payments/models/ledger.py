"""Double entry. Journals and entries are append-only by trigger; a journal's entries are one insert
whose sum per journal and currency a statement-level trigger holds at zero."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import TenantFKConstraint, tenant_rules
from core.scope import TenantForeignKey, TenantModel
from payments.states import AccountKind


class Account(TenantModel):
    """Whose value: `owner_ref` names the partner, shopper or provider; empty for the merchant."""

    kind = models.CharField(_("kind"), max_length=12, choices=AccountKind)
    owner_ref = models.CharField(_("owner"), max_length=64, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            *tenant_rules("payments_account"),
            models.UniqueConstraint(
                fields=["tenant_id", "kind", "owner_ref", "currency"], name="account_once"
            ),
            # What an entry's (account, currency) points at: no entry in a foreign currency.
            models.UniqueConstraint(
                fields=["tenant_id", "id", "currency"], name="account_has_one_currency"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=AccountKind.values), name="account_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.owner_ref}".strip()


class Balance(TenantModel):
    """Only accounts with a floor have one: the row is the lock, the constraint the refusal.

    Revenue and fees are summed from their entries and never locked.
    """

    account = TenantForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    balance_e4 = models.BigIntegerField(_("balance"), default=0)
    floor_e4 = models.BigIntegerField(_("never below"), default=0)

    class Meta:
        constraints = [
            *tenant_rules("payments_balance", "account"),
            models.UniqueConstraint(fields=["tenant_id", "account"], name="balance_once"),
            models.CheckConstraint(
                condition=models.Q(balance_e4__gte=models.F("floor_e4")),
                name="balance_not_below_floor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.balance_e4}"


class Journal(TenantModel):
    """One event in money. `ref` names it, so that the same event is booked once."""

    ref = models.CharField(_("reference"), max_length=100)
    kind = models.CharField(_("kind"), max_length=20)
    by = models.CharField(_("who"), max_length=80)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("journal")
        verbose_name_plural = _("journals")
        constraints = [
            *tenant_rules("payments_journal"),
            models.UniqueConstraint(fields=["tenant_id", "ref"], name="journal_ref_once"),
        ]
        indexes = [models.Index(fields=["tenant_id", "-at"], name="journal_newest")]

    def __str__(self) -> str:
        return self.ref


class Entry(TenantModel):
    """Value into (+) or out of (-) an account."""

    journal = TenantForeignKey(
        Journal, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    account = TenantForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount_e4 = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            *tenant_rules("payments_entry", "journal"),
            TenantFKConstraint(
                field="account", also=["currency"], name="entry_in_currency_of_account"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "journal", "account"], name="entry_once_per_account"
            ),
            models.CheckConstraint(condition=~models.Q(amount_e4=0), name="entry_moves_something"),
        ]
        indexes = [models.Index(fields=["tenant_id", "account", "id"], name="entry_by_account")]

    def __str__(self) -> str:
        return f"{self.amount_e4} {self.currency}"
