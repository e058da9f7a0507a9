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
ENDED = frozenset({_S.DELIVERED, _S.REPLACED, _S.REFUNDED, _S.CANCELED})
# Nothing was bought for it outside: it can be given up without asking anybody.
CAN_BE_REFUNDED = frozenset(old for old, new in MOVES.items() if _S.REFUNDED in new)


class Source(models.TextChoices):
    OWN = "own", _("own stock")
    CONTENT = "content", _("shared content")
    BY_HAND = "by_hand", _("by hand")
    SUPPLIER = "supplier", _("supplier")
