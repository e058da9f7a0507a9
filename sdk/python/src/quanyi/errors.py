"""What a call may be refused with."""

from typing import Any


class NotReached(Exception):
    """No answer, however often it was tried. Whether anything was done is not known: repeat an
    order under the same number."""


class ApiError(Exception):
    """A refusal. `code` is stable, `message` is for people, `param` is the field that is wrong."""

    def __init__(self, status: int, told: dict[str, Any]) -> None:
        self.status = status
        self.code: str = told.get("code", "unknown")
        self.message: str = told.get("message", "")
        self.param: str | None = told.get("param")
        self.data: dict[str, Any] = told.get("data") or {}
        self.request_id: str = told.get("request_id", "")
        self.doc_url: str = told.get("doc_url", "")
        super().__init__(f"{self.code}: {self.message} (request {self.request_id})")


class InvalidRequest(ApiError):
    pass


class AuthenticationFailed(ApiError):
    pass


class PaymentRefused(ApiError):
    pass


class BalanceTooLow(PaymentRefused):
    """`data["needed"]` is what it costs, `data["available"]` what may still be spent."""


class NotAllowed(ApiError):
    pass


class NotFound(ApiError):
    pass


class Conflict(ApiError):
    pass


class OutOfStock(Conflict):
    """`data["found"]` says how many there are."""


class RateLimited(ApiError):
    pass


class ServerFailed(ApiError):
    pass


_BY_CODE: dict[str, type[ApiError]] = {
    "balance_too_low": BalanceTooLow,
    "out_of_stock": OutOfStock,
}
_BY_STATUS: dict[int, type[ApiError]] = {
    401: AuthenticationFailed,
    402: PaymentRefused,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    429: RateLimited,
}


def error_of(status: int, body: Any) -> ApiError:
    """The error of an answer, also of one that is not the API's own."""
    found = body.get("error") if isinstance(body, dict) else None
    told: dict[str, Any] = found if isinstance(found, dict) else {}
    usual = ServerFailed if status >= 500 else InvalidRequest
    kind = _BY_CODE.get(told.get("code", ""), _BY_STATUS.get(status, usual))
    return kind(status, told)
