from typing import Any

from core.errors import AppError, InvalidInput


class KeyMissing(AppError):
    code = "key_missing"
    status = 401


class TooFast(AppError):
    """`data["wait_seconds"]` says when the next call is heard."""

    code = "rate_limited"
    status = 429


class Unreadable(InvalidInput):
    """The body is no JSON object of the API's kind."""

    code = "unreadable_body"
    status = 400


class BodyTooLarge(AppError):
    code = "body_too_large"
    status = 413


class UnknownParameter(InvalidInput):
    """What is asked for in the address is not left out in silence; `data["allowed"]` names all that
    the operation takes."""

    code = "unknown_parameter"
    status = 400


class KeyTooLong(InvalidInput):
    code = "idempotency_key_invalid"
    status = 400


class NothingToCancel(AppError):
    code = "nothing_to_cancel"


class CursorUnknown(InvalidInput):
    code = "cursor_unknown"


class VersionUnknown(InvalidInput):
    code = "version_unknown"
    status = 400


class VersionEnded(AppError):
    """`data` says since when, and which is the newest."""

    code = "version_ended"
    status = 410


class MethodUnknown(AppError):
    """`allowed` are the methods that the address knows."""

    code = "method_not_allowed"
    status = 405

    def __init__(self, message: Any, *, allowed: str) -> None:
        super().__init__(message)
        self._allowed = allowed

    @property
    def headers(self) -> dict[str, str]:
        return {"Allow": self._allowed}


class AnswerKindUnknown(AppError):
    code = "not_acceptable"
    status = 406


class BodyKindUnknown(AppError):
    code = "media_type_unsupported"
    status = 415
