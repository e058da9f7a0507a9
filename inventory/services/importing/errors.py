from core.errors import AppError, InvalidInput


class FileRefused(InvalidInput):
    """The file as a whole cannot be read; what is wrong with single lines is a report."""

    code = "file_refused"


class ImportBusy(AppError):
    """The import is at work, or is not at the step that this asks for."""

    code = "import_busy"
