"""Every write of suppliers, their offers and the tries to buy from them."""

from core.rotation import SealedColumn
from suppliers.models import BOUGHT_CARD_NO, BOUGHT_SECRET, SECRETS, Bought, Supplier
from suppliers.services.attempts import ask, begin, mark_sent, record, take_back
from suppliers.services.bought import read_bought
from suppliers.services.callbacks import hear_callback
from suppliers.services.docking import change_secrets, change_supplier, dock, speaker
from suppliers.services.offering import change_offer, offer
from suppliers.services.pacing import is_crowded

SEALED = (
    SealedColumn(model=Supplier, field="secrets", place=SECRETS),
    SealedColumn(model=Bought, field="secret", place=BOUGHT_SECRET),
    SealedColumn(model=Bought, field="card_no", place=BOUGHT_CARD_NO),
)

__all__ = [
    "SEALED",
    "ask",
    "begin",
    "change_offer",
    "change_secrets",
    "change_supplier",
    "dock",
    "hear_callback",
    "is_crowded",
    "mark_sent",
    "offer",
    "read_bought",
    "record",
    "speaker",
    "take_back",
]
