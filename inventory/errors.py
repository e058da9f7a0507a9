from django.utils.translation import gettext_lazy as _

from core.errors import AppError, InvalidInput


class OutOfStock(AppError):
    """`data["wanted"]` and `data["found"]` say how short it is."""

    code = "out_of_stock"

    def __init__(self, *, wanted: int, found: int) -> None:
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


class FileRefused(InvalidInput):
    """The file as a whole cannot be read; what is wrong with single lines is a report."""

    code = "file_refused"


class ImportBusy(AppError):
    """The import is at work, or is not at the step that this asks for."""

    code = "import_busy"
