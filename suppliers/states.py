"""The life of an attempt: one try to buy one thing at one supplier."""

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
TO_BE_ASKED = frozenset({_S.SENT, _S.ACCEPTED, _S.UNKNOWN})


class CallKind(models.TextChoices):
    BUY = "buy", _("order")
    QUERY = "query", _("query")
    BALANCE = "balance", _("balance")


class CallbackOutcome(models.TextChoices):
    HEARD = "heard", _("heard: the order was asked after")
    UNKNOWN = "unknown", _("about an order that we do not know")
    REFUSED = "refused", _("not signed by the supplier, or unreadable")
