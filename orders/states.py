"""The lives of an order and of a complaint. What was paid back is not an order state: it is read
from payments and refunds."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderState(models.TextChoices):
    PLACED = "placed", _("waiting for payment")
    PAID = "paid", _("paid")
    HELD = "held", _("being looked at")  # paid, waiting for a person
    FULFILLING = "fulfilling", _("being delivered")
    COMPLETED = "completed", _("completed")
    CLOSED = "closed", _("closed unpaid")  # never paid, timed out
    CANCELED = "canceled", _("canceled")  # paid, then given up before delivery; the reason says why


MOVES = {
    OrderState.PLACED: frozenset({OrderState.PAID, OrderState.CLOSED}),
    OrderState.PAID: frozenset({OrderState.HELD, OrderState.FULFILLING, OrderState.CANCELED}),
    OrderState.HELD: frozenset({OrderState.FULFILLING, OrderState.CANCELED}),
    OrderState.FULFILLING: frozenset({OrderState.COMPLETED, OrderState.CANCELED}),
    OrderState.COMPLETED: frozenset[OrderState](),
    OrderState.CLOSED: frozenset({OrderState.PAID}),  # late money, if it can still be kept
    OrderState.CANCELED: frozenset[OrderState](),
}

# Where an order is paid from a balance kept here, at four decimals; on any other a person pays.
FROM_BALANCE = ["api", "taobao"]
UNPAID = frozenset({OrderState.PLACED, OrderState.CLOSED})
ENDED = frozenset({OrderState.COMPLETED, OrderState.CLOSED, OrderState.CANCELED})
GIVEN_UP = "given_up"  # why it was closed: its buyer did not want it any more


class HeldThen(models.TextChoices):
    """What is done with a held order when its deadline passes and nobody has decided."""

    RELEASE = "release", _("it is delivered")
    PAY_BACK = "pay_back", _("the money goes back")


class OpeningState(models.TextChoices):
    """The life of an opening of codes that risk stopped."""

    HELD = "held", _("waiting for a decision")
    ALLOWED = "allowed", _("allowed")
    REFUSED = "refused", _("refused")


OPENING_MOVES = {
    OpeningState.HELD: frozenset({OpeningState.ALLOWED, OpeningState.REFUSED}),
    OpeningState.ALLOWED: frozenset[OpeningState](),
    OpeningState.REFUSED: frozenset[OpeningState](),
}


class CaseState(models.TextChoices):
    OPEN = "open", _("open")
    WAITING_SUPPLIER = "waiting_supplier", _("waiting for the supplier")
    REPLACED = "replaced", _("replaced")
    REFUNDED = "refunded", _("refunded")
    REJECTED = "rejected", _("rejected")


CASE_MOVES = {
    CaseState.OPEN: frozenset(
        {
            CaseState.WAITING_SUPPLIER,
            CaseState.REPLACED,
            CaseState.REFUNDED,
            CaseState.REJECTED,
        }
    ),
    CaseState.WAITING_SUPPLIER: frozenset(
        {CaseState.OPEN, CaseState.REPLACED, CaseState.REFUNDED, CaseState.REJECTED}
    ),
    CaseState.REPLACED: frozenset[CaseState](),
    CaseState.REFUNDED: frozenset[CaseState](),
    CaseState.REJECTED: frozenset[CaseState](),
}

CASE_LIVE = frozenset({CaseState.OPEN, CaseState.WAITING_SUPPLIER})


class CaseKind(models.TextChoices):
    CODE_FAILS = "code_fails", _("the code does not work")
    WRONG_GOODS = "wrong_goods", _("something else arrived")
    NOT_ARRIVED = "not_arrived", _("nothing arrived")
    OTHER = "other", _("something else")


class Recorded(models.TextChoices):
    """What a payment did to its order."""

    PAID = "paid", _("the order is paid")
    SAME = "same", _("the same payment again")
    SECOND = "second", _("another payment of a paid order: refund it")
