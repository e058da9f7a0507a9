"""Every write to stock, and the only places where a code is opened."""

from core.rotation import SealedColumn
from inventory import sealing
from inventory.models import Code, Content
from inventory.services.batches import (
    add_codes,
    freeze_batch,
    open_batch,
    recall_batch,
    undo_batch,
    unfreeze_batch,
)
from inventory.services.claim import reserve
from inventory.services.content import set_content
from inventory.services.expiry import expire_codes
from inventory.services.holds import keep, release, release_expired, replace, sell
from inventory.services.reveal import read_goods, reveal

SEALED = (
    SealedColumn(model=Code, field="card_no", place=sealing.CARD_NO),
    SealedColumn(model=Code, field="secret", place=sealing.SECRET),
    SealedColumn(model=Content, field="body", place=sealing.CONTENT),
)

__all__ = [
    "SEALED",
    "add_codes",
    "expire_codes",
    "freeze_batch",
    "keep",
    "open_batch",
    "read_goods",
    "recall_batch",
    "release",
    "release_expired",
    "replace",
    "reserve",
    "reveal",
    "sell",
    "set_content",
    "undo_batch",
    "unfreeze_batch",
]
