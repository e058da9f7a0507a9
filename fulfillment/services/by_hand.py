"""Goods that a person types: a text of the unit's own, sealed."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.crypto import seal
from core.errors import InvalidInput
from core.secrets import Secret
from fulfillment.models import HAND_TEXT
from fulfillment.states import LONGEST_HAND_TEXT


def sealed_by_hand(text: Secret, *, uid: UUID) -> bytes:
    """The text as the unit of this `uid` keeps it. Raises InvalidInput (`text`)."""
    clear = text.reveal().strip()
    if not 1 <= len(clear) <= LONGEST_HAND_TEXT:
        raise InvalidInput(
            _("Write 1 to %(most)s characters.") % {"most": LONGEST_HAND_TEXT}, param="text"
        )
    return seal(clear, place=HAND_TEXT, uid=uid)
