"""The life of a unit: one thing promised."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitState(models.TextChoices):
    QUEUED = "queued", _("queued")
    SENDING = "sending", _("being ordered")
    ACCEPTED = "accepted", _("accepted by the supplier")
    UNKNOWN = "unknown", _("not confirmed yet")  # asked after only: never bought again
    WAITING = "waiting", _("waiting for stock")  # no route now
    BY_HAND = "by_hand", _("being prepared by hand")
    REVIEW = "review", _("looked at by a person")  # with a deadline
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("failed")
    REPLACED = "replaced", _("replaced")
    REFUNDED = "refunded", _("refunded")
    CANCELED = "canceled", _("canceled")


_S = UnitState
MOVES = {
    _S.QUEUED: frozenset(
        {_S.SENDING, _S.DELIVERED, _S.WAITING, _S.BY_HAND, _S.REVIEW, _S.REFUNDED, _S.CANCELED}
    ),
    _S.SENDING: frozenset(
        {_S.ACCEPTED, _S.DELIVERED, _S.FAILED, _S.UNKNOWN, _S.QUEUED, _S.WAITING, _S.REVIEW}
    ),
    _S.ACCEPTED: frozenset({_S.DELIVERED, _S.FAILED, _S.UNKNOWN, _S.REVIEW}),
    _S.UNKNOWN: frozenset({_S.ACCEPTED, _S.DELIVERED, _S.FAILED, _S.REVIEW}),
    _S.WAITING: frozenset(
        {_S.QUEUED, _S.SENDING, _S.DELIVERED, _S.BY_HAND, _S.REVIEW, _S.REFUNDED, _S.CANCELED}
    ),
    _S.BY_HAND: frozenset({_S.DELIVERED, _S.REVIEW, _S.REFUNDED, _S.CANCELED}),
    _S.REVIEW: frozenset(
        {_S.QUEUED, _S.DELIVERED, _S.BY_HAND, _S.FAILED, _S.REFUNDED, _S.CANCELED}
    ),
    _S.FAILED: frozenset({_S.QUEUED, _S.REVIEW, _S.REFUNDED, _S.CANCELED}),
    _S.DELIVERED: frozenset({_S.REPLACED, _S.REFUNDED}),
    _S.REPLACED: frozenset[UnitState](),
    _S.REFUNDED: frozenset[UnitState](),
    _S.CANCELED: frozenset[UnitState](),
}

# Not at a supplier's yet: the next step is to choose one.
TO_BE_SENT = frozenset({_S.QUEUED, _S.WAITING})
# Bought there, or about to be: nobody else decides about it before the supplier has answered.
WITH_SUPPLIER = frozenset({_S.SENDING, _S.ACCEPTED, _S.UNKNOWN})
ENDED = frozenset({_S.DELIVERED, _S.REPLACED, _S.REFUNDED, _S.CANCELED})
LONGEST_HAND_TEXT = 4000  # of goods that a person types
# It can be given up without asking anybody; a review of what a supplier may have bought only at the
# shop's own risk.
CAN_BE_REFUNDED = frozenset(old for old, new in MOVES.items() if _S.REFUNDED in new)


class LateState(models.TextChoices):
    """What becomes of goods that came when nobody waited for them any more."""

    OPEN = "open", _("to be decided")
    CLAIMED = "claimed", _("claimed from the supplier")
    STOCKED = "stocked", _("put into stock")
    WRITTEN_OFF = "written_off", _("written off as a loss")
    RETURNED = "returned", _("paid back by the supplier")
    DISMISSED = "dismissed", _("nothing was bought")


_L = LateState
LATE_MOVES = {
    _L.OPEN: frozenset({_L.CLAIMED, _L.STOCKED, _L.WRITTEN_OFF, _L.RETURNED, _L.DISMISSED}),
    _L.CLAIMED: frozenset({_L.STOCKED, _L.WRITTEN_OFF, _L.RETURNED}),
    # The supplier took back what is in stock by now: a person looks again.
    _L.STOCKED: frozenset({_L.OPEN}),
    _L.WRITTEN_OFF: frozenset({_L.RETURNED}),
    _L.RETURNED: frozenset[LateState](),
    _L.DISMISSED: frozenset[LateState](),
}
LATE_TO_DO = frozenset({_L.OPEN, _L.CLAIMED})
# Of money that is with the supplier only: there is nothing to claim, and no loss, once it is back.
LATE_WHILE_PAID = frozenset({_L.CLAIMED, _L.WRITTEN_OFF})


class LateKind(models.TextChoices):
    CAME = "came", _("came after the end")
    SAID = "said", _("said to be there after a definite failure")


class Source(models.TextChoices):
    OWN = "own", _("own stock")
    CONTENT = "content", _("shared content")
    BY_HAND = "by_hand", _("by hand")
    SUPPLIER = "supplier", _("supplier")
