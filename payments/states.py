from django.db import models
from django.utils.translation import gettext_lazy as _


class PaymentState(models.TextChoices):
    CREATED = "created", _("created")
    PENDING = "pending", _("waiting for the money")
    CAPTURED = "captured", _("paid")
    FAILED = "failed", _("not paid")
    CLOSED = "closed", _("closed unpaid")


OPEN = frozenset({PaymentState.CREATED, PaymentState.PENDING})
# Late money is taken by a closed payment as well.
MAY_BRING_MONEY = frozenset({*OPEN, PaymentState.CLOSED})

PAYMENT_MOVES = {
    PaymentState.CREATED: frozenset(
        {PaymentState.PENDING, PaymentState.CAPTURED, PaymentState.FAILED, PaymentState.CLOSED}
    ),
    PaymentState.PENDING: frozenset(
        {PaymentState.CAPTURED, PaymentState.FAILED, PaymentState.CLOSED}
    ),
    PaymentState.CAPTURED: frozenset[PaymentState](),
    # Money that comes late is still money: what becomes of it is decided above, not refused here.
    PaymentState.FAILED: frozenset({PaymentState.CAPTURED}),
    PaymentState.CLOSED: frozenset({PaymentState.CAPTURED}),
}


class RefundState(models.TextChoices):
    CREATED = "created", _("promised")
    PENDING = "pending", _("on its way")
    WAITING_FUNDS = "waiting_funds", _("waiting for funds at the provider")
    NEEDS_PERSON = "needs_person", _("needs a person")
    DONE = "done", _("done")
    FAILED = "failed", _("given up")


REFUND_MOVES = {
    RefundState.CREATED: frozenset({RefundState.PENDING}),
    RefundState.PENDING: frozenset(
        {RefundState.DONE, RefundState.WAITING_FUNDS, RefundState.NEEDS_PERSON}
    ),
    RefundState.WAITING_FUNDS: frozenset({RefundState.PENDING}),
    RefundState.NEEDS_PERSON: frozenset({RefundState.PENDING, RefundState.FAILED}),
    RefundState.DONE: frozenset[RefundState](),
    RefundState.FAILED: frozenset[RefundState](),
}

# What a worker picks up when its time has come.
REFUND_DUE = frozenset({RefundState.CREATED, RefundState.PENDING, RefundState.WAITING_FUNDS})


class AccountKind(models.TextChoices):
    """Whose value it is. Money that comes from outside comes out of an account that goes below
    zero by as much (`PROVIDER`, `FUNDING`), so that every journal sums to zero."""

    PROVIDER = "provider", _("payment provider")
    FUNDING = "funding", _("money from outside")
    REVENUE = "revenue", _("merchant revenue")
    REFUNDS = "refunds", _("refunds promised")
    SHOPPER = "shopper", _("shopper balance")
    PARTNER = "partner", _("partner balance")
    POOL = "pool", _("enterprise pool")
    SUPPLIER = "supplier", _("supplier prepaid")
    FEE = "fee", _("platform fee")
    COST = "cost", _("cost of goods")
    LOSS = "loss", _("goods paid for and lost")


# The reason of a refund for goods that may be delivered, and are to be paid for, all the same.
OWN_RISK = "own_risk"


class Outcome(models.TextChoices):
    """What became of a provider's notice."""

    CAPTURED = "captured", _("paid by it")
    REPEATED = "repeated", _("a repeat, nothing to do")
    FORGED = "forged", _("signature wrong")
    UNREADABLE = "unreadable", _("not readable")
    STALE = "stale", _("too old")
    NOT_PAID = "not_paid", _("says that nothing was paid")
    UNKNOWN_PAYMENT = "unknown_payment", _("payment unknown")
    WRONG_AMOUNT = "wrong_amount", _("amount wrong")
    WRONG_CURRENCY = "wrong_currency", _("currency wrong")
    OTHER_MERCHANT = "other_merchant", _("meant for another merchant")
    SECOND_TRADE = "second_trade", _("a second trade for a paid payment")


FINE = frozenset({Outcome.CAPTURED, Outcome.REPEATED})
ODD = frozenset(Outcome) - FINE - {Outcome.NOT_PAID}
