from django.db import models
from django.utils.translation import gettext_lazy as _


class CodeState(models.TextChoices):
    AVAILABLE = "available", _("In stock")
    RESERVED = "reserved", _("Held for an order")
    SOLD = "sold", _("Sold")
    FROZEN = "frozen", _("Frozen with its batch")
    QUARANTINED = "quarantined", _("Set aside")  # never on sale again without a person
    VOID = "void", _("Void")
    EXPIRED = "expired", _("Expired")


_UNSOLD_ENDS = frozenset(
    {CodeState.FROZEN, CodeState.QUARANTINED, CodeState.VOID, CodeState.EXPIRED}
)

CODE_MOVES = {
    CodeState.AVAILABLE: frozenset({CodeState.RESERVED, CodeState.SOLD}) | _UNSOLD_ENDS,
    CodeState.RESERVED: frozenset({CodeState.AVAILABLE, CodeState.SOLD}) | _UNSOLD_ENDS,
    CodeState.SOLD: frozenset({CodeState.VOID, CodeState.QUARANTINED}),
    CodeState.FROZEN: frozenset({CodeState.AVAILABLE, CodeState.VOID, CodeState.EXPIRED}),
    CodeState.QUARANTINED: frozenset({CodeState.AVAILABLE, CodeState.VOID}),
    CodeState.VOID: frozenset[CodeState](),
    CodeState.EXPIRED: frozenset[CodeState](),
}


class HoldState(models.TextChoices):
    RESERVED = "reserved", _("Held until paid")
    KEPT = "kept", _("Held, paid")
    SOLD = "sold", _("Sold")
    RELEASED = "released", _("Given back")


class HoldEnd(models.TextChoices):
    """Why a hold was released."""

    GIVEN_BACK = "given_back"
    RAN_OUT = "ran_out"
    TAKEN_ANEW = "taken_anew"  # ended by one of the two above, then paid for after all
    SWAPPED = "swapped"  # the code expired or was frozen while it was held
    REPLACED = "replaced"  # the code was bad


class BatchState(models.TextChoices):
    OPEN = "open", _("On sale")
    FREEZING = "freezing", _("Being frozen")
    FROZEN = "frozen", _("Frozen")
    UNFREEZING = "unfreezing", _("Coming back on sale")
    RECALLING = "recalling", _("Being recalled")
    RECALLED = "recalled", _("Recalled")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


# Each verb has two ends: at once, or in a state that a worker leaves when it is through.
_FREEZE = frozenset({BatchState.FREEZING, BatchState.FROZEN})
_UNFREEZE = frozenset({BatchState.UNFREEZING, BatchState.OPEN})
_RECALL = frozenset({BatchState.RECALLING, BatchState.RECALLED})
_UNDO = frozenset({BatchState.UNDOING, BatchState.UNDONE})
BATCH_MOVES = {
    BatchState.OPEN: _FREEZE | _RECALL | _UNDO,
    BatchState.FREEZING: frozenset({BatchState.FROZEN}) | _UNFREEZE | _RECALL,
    BatchState.FROZEN: _UNFREEZE | _RECALL | _UNDO,
    BatchState.UNFREEZING: frozenset({BatchState.OPEN}) | _FREEZE | _RECALL,
    BatchState.RECALLING: frozenset({BatchState.RECALLED}),
    BatchState.RECALLED: frozenset[BatchState](),
    BatchState.UNDOING: frozenset({BatchState.UNDONE}) | _FREEZE,  # what is left, frozen
    BatchState.UNDONE: frozenset[BatchState](),
}
# A worker goes through the batch's codes.
AT_WORK = (
    BatchState.FREEZING,
    BatchState.UNFREEZING,
    BatchState.RECALLING,
    BatchState.UNDOING,
)


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("Uploaded")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    RUNNING = "running", _("Being loaded")
    DONE = "done", _("Loaded")
    CANCELED = "canceled", _("Canceled")
    FAILED = "failed", _("Failed")


IMPORT_MOVES = {
    ImportState.UPLOADED: frozenset(
        {ImportState.CHECKING, ImportState.CANCELED, ImportState.FAILED}
    ),
    ImportState.CHECKING: frozenset(
        {ImportState.CHECKED, ImportState.UPLOADED, ImportState.CANCELED, ImportState.FAILED}
    ),
    ImportState.CHECKED: frozenset(
        {ImportState.UPLOADED, ImportState.CHECKING, ImportState.RUNNING, ImportState.CANCELED}
    ),
    ImportState.RUNNING: frozenset({ImportState.DONE, ImportState.CANCELED, ImportState.FAILED}),
    ImportState.DONE: frozenset[ImportState](),
    ImportState.CANCELED: frozenset({ImportState.RUNNING}),  # resumed where it stopped
    ImportState.FAILED: frozenset({ImportState.RUNNING, ImportState.UPLOADED}),
}
