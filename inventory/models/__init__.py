from inventory.models.importing import ImportJob, ImportMapping, ImportMove, ImportReport
from inventory.models.stock import (
    LANES,
    NEVER,
    Batch,
    BatchMove,
    Code,
    CodeMove,
    Content,
    Hold,
    Shelf,
)

__all__ = [
    "LANES",
    "NEVER",
    "Batch",
    "BatchMove",
    "Code",
    "CodeMove",
    "Content",
    "Hold",
    "ImportJob",
    "ImportMapping",
    "ImportMove",
    "ImportReport",
    "Shelf",
]
