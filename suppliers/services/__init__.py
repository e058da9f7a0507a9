"""Every write of suppliers, their offers and the tries to buy from them."""

from core.rotation import SealedColumn
from suppliers.models import SECRETS, Supplier
from suppliers.services.attempts import ask, begin, mark_sent, record, take_back
from suppliers.services.docking import change_secrets, dock, speaker

SEALED = (SealedColumn(model=Supplier, field="secrets", place=SECRETS),)

__all__ = [
    "SEALED",
    "ask",
    "begin",
    "change_secrets",
    "dock",
    "mark_sent",
    "record",
    "speaker",
    "take_back",
]
