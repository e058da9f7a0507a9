from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import AppError
from core.errors import FileRefused as FileRefused  # -- how imports call it, too


class OutOfStock(AppError):
    """`data["wanted"]` and `data["found"]` say how short it is; to who does not shop, `message`."""

    code = "out_of_stock"

    def __init__(self, *, wanted: int, found: int, message: "str | Promise" = "") -> None:
        if not message:
            message = (
                _("Only %(found)s left. Choose a smaller number.") % {"found": found}
                if found
                else _("This is sold out. Look at what else is there.")
            )
        super().__init__(message, wanted=wanted, found=found)


class TooManyHeld(AppError):
    code = "too_many_held"


class NothingHeld(AppError):
    code = "nothing_held"


class CodeNotSold(AppError):
    code = "code_not_sold"


class BatchInUse(AppError):
    code = "batch_in_use"


class ImportBusy(AppError):
    """The import is at work, or is not at the step that this asks for."""

    code = "import_busy"
