"""The lives of an attempt (one try to buy one thing), of a bill, and of a break in it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AttemptState(models.TextChoices):
    CREATED = "created", _("about to be ordered")
    SENT = "sent", _("ordered, no answer yet")
    ACCEPTED = "accepted", _("accepted by the supplier")
    SUCCESS = "success", _("bought")
    FAILED = "failed", _("the supplier did not deliver")
    REJECTED = "rejected", _("refused by the supplier")
    UNKNOWN = "unknown", _("not confirmed yet")
    REVERSED = "reversed", _("taken back by the supplier")


_S = AttemptState
_HEARD = frozenset({_S.ACCEPTED, _S.SUCCESS, _S.FAILED, _S.UNKNOWN})
# `rejected` is an answer to an order; whoever is asked after it later says failed.
MOVES = {
    _S.CREATED: frozenset({_S.SENT}),
    _S.SENT: _HEARD | {_S.REJECTED},
    _S.ACCEPTED: _HEARD - {_S.ACCEPTED},
    _S.UNKNOWN: _HEARD - {_S.UNKNOWN},
    _S.SUCCESS: frozenset({_S.REVERSED}),
    _S.FAILED: frozenset[AttemptState](),
    _S.REJECTED: frozenset[AttemptState](),
    _S.REVERSED: frozenset[AttemptState](),
}
# Definitely: only these let another attempt begin for the same thing.
NOTHING_BOUGHT = frozenset({_S.FAILED, _S.REJECTED, _S.REVERSED})
ENDED = NOTHING_BOUGHT | {_S.SUCCESS}  # it may still be taken back
TO_BE_ASKED = frozenset({_S.SENT, _S.ACCEPTED, _S.UNKNOWN})


class CallKind(models.TextChoices):
    BUY = "buy", _("order")
    QUERY = "query", _("query")
    BALANCE = "balance", _("balance")


class CallbackOutcome(models.TextChoices):
    HEARD = "heard", _("heard: the order was asked after")
    TOLD = "told", _("heard: about a complaint")
    UNKNOWN = "unknown", _("about an order that we do not know")
    REFUSED = "refused", _("not signed by the supplier, or unreadable")


class Cycle(models.TextChoices):
    """How a supplier is paid: before, or after each day, week or month."""

    PREPAID = "prepaid", _("paid in advance")
    DAILY = "daily", _("every day")
    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month")


class PaidBy(models.TextChoices):
    """How money went to a supplier."""

    BANK = "bank", _("bank transfer")
    ALIPAY = "alipay", _("Alipay")
    WECHAT = "wechat", _("WeChat Pay")
    CASH = "cash", _("cash")
    OTHER = "other", _("another way")


class BillState(models.TextChoices):
    READING = "reading", _("being read")
    FAILED = "failed", _("could not be read")
    READ = "read", _("read")
    MATCHING = "matching", _("being compared")
    MATCHED = "matched", _("compared")
    CLOSED = "closed", _("closed")


BILL_MOVES = {
    BillState.READING: frozenset({BillState.READ, BillState.FAILED}),
    BillState.FAILED: frozenset({BillState.READ}),  # without the lines that cannot be read
    BillState.READ: frozenset({BillState.MATCHING}),
    BillState.MATCHING: frozenset({BillState.MATCHED, BillState.READ}),  # back: it went wrong
    BillState.MATCHED: frozenset({BillState.MATCHING, BillState.CLOSED}),
    BillState.CLOSED: frozenset[BillState](),
}
# A worker is at it, or is to be.
BILL_AT_WORK = frozenset({BillState.READING, BillState.MATCHING})
# Its lines are not all there, or not believed.
BILL_UNREAD = frozenset({BillState.READING, BillState.FAILED})


class BadReason(models.TextChoices):
    """Why a line of a bill is not taken. Stable: bills keep it."""

    NO_NUMBER = "no_number", _("There is no order number.")
    TOO_LONG = "too_long", _("The order number is too long.")
    SHORTENED = (
        "shortened",
        _("A spreadsheet has shortened the order number (1.23E+15): its digits are lost."),
    )
    AMOUNT = "amount", _("The amount cannot be read: write it as 12.5000, four decimals at most.")


class BreakKind(models.TextChoices):
    OURS_ONLY = "ours_only", _("not on their bill")
    THEIRS_ONLY = "theirs_only", _("not bought by us")
    AMOUNT_DIFFERS = "amount_differs", _("another amount")
    STATE_DIFFERS = "state_differs", _("another state")
    TWICE = "twice", _("billed twice")
    NOT_PAID = "not_paid", _("delivered, and the shopper's money is not here")
    BALANCE = "balance", _("the balance moved by more or less than what was booked")


# What the supplier's bill and our own tries say of each other.
OF_THE_BILL = frozenset(BreakKind) - {BreakKind.NOT_PAID, BreakKind.BALANCE}


class BreakState(models.TextChoices):
    OPEN = "open", _("not dealt with")
    EXPLAINED = "explained", _("explained")
    CLAIMED = "claimed", _("claimed from the supplier")
    CLOSED = "closed", _("closed")


_B = BreakState
# Back to open it goes by itself only: when it is found again, or with other amounts.
BREAK_MOVES = {
    _B.OPEN: frozenset({_B.EXPLAINED, _B.CLAIMED, _B.CLOSED}),
    _B.EXPLAINED: frozenset({_B.OPEN, _B.CLAIMED, _B.CLOSED}),
    _B.CLAIMED: frozenset({_B.OPEN, _B.EXPLAINED, _B.CLOSED}),
    _B.CLOSED: frozenset({_B.OPEN}),
}


class PaperKind(models.TextChoices):
    """What a paper is, by its first bytes: an authorisation, or a payment's slip. Its value is what
    its file's name ends with."""

    PDF = "pdf", "PDF"
    PNG = "png", "PNG"
    JPG = "jpg", "JPG"

    @property
    def mime(self) -> str:
        return _MIME[self.value]


_MIME = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}


class ComplaintState(models.TextChoices):
    SENDING = "sending", _("being sent")
    SENT = "sent", _("with the supplier")
    REFUSED = "refused", _("refused by the supplier")
    UNKNOWN = "unknown", _("not confirmed")
    PROCESSING = "processing", _("the supplier is at it")
    DONE = "done", _("dealt with by the supplier")
    ENDED = "ended", _("closed by the supplier")


_C = ComplaintState
_ANSWERED = frozenset({_C.PROCESSING, _C.DONE, _C.ENDED})
# What the supplier signs may come before its answer, and also for what was not confirmed.
COMPLAINT_MOVES = {
    _C.SENDING: _ANSWERED | {_C.SENT, _C.REFUSED, _C.UNKNOWN},
    _C.SENT: _ANSWERED,
    _C.UNKNOWN: _ANSWERED,
    _C.PROCESSING: _ANSWERED - {_C.PROCESSING},
    _C.DONE: frozenset({_C.ENDED}),
    _C.ENDED: frozenset[ComplaintState](),
    _C.REFUSED: frozenset[ComplaintState](),
}
# On its way or with the supplier: another one would be a second one about the same thing.
COMPLAINT_OPEN = frozenset({_C.SENDING, _C.SENT, _C.PROCESSING})
LONGEST_COMPLAINT = 500  # characters


class Supply(models.TextChoices):
    """Whether a supplier's catalogue has what it offers; not `open` is why it is not asked."""

    OPEN = "open", _("to be had")
    OFF_SHELF = "off shelf", _("taken off sale by the supplier")
    NO_STOCK = "no stock", _("out of stock at the supplier")


class MarginAction(models.TextChoices):
    NONE = "none", _("leave it as it is")
    REPRICE = "reprice", _("raise the price")
    DELIST = "delist", _("take it off sale")
