from core.errors import AppError, InvalidInput


class TooMany(InvalidInput):
    """More than one order, or one buyer, may have of this."""

    code = "too_many"


class ConsentMissing(InvalidInput):
    code = "consent_missing"


class CaseOpen(AppError):
    """The same thing is being complained about already."""

    code = "case_open"


class CaseClosed(AppError):
    code = "case_closed"
