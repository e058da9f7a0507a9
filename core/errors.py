"""Refusals the product plans for. Anything else that raises is a bug."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class AppError(Exception):
    """A planned refusal: `code` is API and never changes, the message is for people (translated).

    `data` may hold numbers and names, never a secret. `param` names the input that is wrong.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409

    def __init__(
        self, message: "str | Promise", *, param: str = "", **data: str | int | None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.data = data

    @property
    def headers(self) -> dict[str, str]:
        """What the answer says besides its body: when to come back."""
        wait = self.data.get("wait_seconds")
        return {} if wait is None else {"Retry-After": str(wait)}

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": str(self.message),
            "param": self.param or None,
            "data": self.data,
        }


@contextmanager
def fields_called(names: Mapping[str, str]) -> Iterator[None]:
    """What is refused in here calls a field as its caller does, where it is one of these."""
    try:
        yield
    except AppError as why:
        why.param = names.get(why.param, why.param)
        raise


class InvalidInput(AppError):
    code = "invalid_input"
    status = 422


class UnknownField(InvalidInput):
    """A name that nobody asked for is a typo, and what it was to say would be lost."""

    code = "unknown_field"


class FileRefused(InvalidInput):
    """The file as a whole cannot be read; what is wrong with single lines is a report."""

    code = "file_refused"


class NotFound(AppError):
    """The same answer for "never was", "not yours" and "another shop's"."""

    code = "not_found"
    status = 404

    def __init__(self, message: "str | Promise | None" = None) -> None:
        super().__init__(message or _("There is nothing here that you may see."))


class NotAllowed(AppError):
    code = "not_allowed"
    status = 403

    def __init__(self, message: "str | Promise | None" = None) -> None:
        super().__init__(message or _("Your role does not allow this."))


class AddressTooLong(AppError):
    code = "address_too_long"
    status = 414

    def __init__(self) -> None:
        super().__init__(_("This address is too long. Search for fewer words or filters at once."))


class AddressUnreadable(AppError):
    code = "address_unreadable"
    status = 400

    def __init__(self) -> None:
        super().__init__(_("There is a character in this address that no text has. Take it out."))


class RequestUnreadable(AppError):
    """Not even as far as what it asks for: its host, its address, its method."""

    code = "request_unreadable"
    status = 400


class Unavailable(AppError):
    """The database is away for a moment: nothing was done, the same request may be sent again."""

    code = "unavailable"
    status = 503


class Broken(AppError):
    """A bug of ours: whether anything was done has to be looked up."""

    code = "internal_error"
    status = 500


class TooManyTries(AppError):
    """`data["wait_seconds"]` says when the next try is heard."""

    code = "too_many_tries"
    status = 429
