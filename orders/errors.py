from typing import TYPE_CHECKING

from core.errors import AppError, InvalidInput

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from risk.services import Assessed


class TooMany(InvalidInput):
    """More than one order, or one buyer, may have of this."""

    code = "too_many"


class RefusedByRules(AppError):
    """The shop's risk rules refuse it; `looked` is written down by who rolls the order back."""

    code = "refused_by_rules"
    status = 403

    def __init__(self, message: "str | Promise", *, looked: "Assessed") -> None:
        super().__init__(message)
        self.looked = looked


class PersonWanted(AppError):
    """A risk rule wants it proven that a person asks; `way` is how (risk.states.Proof). `looked` is
    written down by who rolls back what was asked for, where it is not yet."""

    code = "person_wanted"
    status = 403

    def __init__(
        self, message: "str | Promise", *, way: str, looked: "Assessed | None" = None
    ) -> None:
        super().__init__(message)
        self.way, self.looked = way, looked


class NotHeldClosed(AppError):
    """Only codes that wait for a decision are opened or kept closed."""

    code = "not_held_closed"


class ConsentMissing(InvalidInput):
    code = "consent_missing"


class CaseOpen(AppError):
    """The same thing is being complained about already; `data["case"]` is which."""

    code = "case_open"


class CaseClosed(AppError):
    code = "case_closed"
