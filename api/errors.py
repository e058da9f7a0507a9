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


class UnknownField(InvalidInput):
    """A name the API does not know is a typo, and what it was to say would be lost."""

    code = "unknown_field"


class KeyTooLong(InvalidInput):
    code = "idempotency_key_invalid"
    status = 400


class CursorUnknown(InvalidInput):
    code = "cursor_unknown"


class VersionUnknown(InvalidInput):
    code = "version_unknown"
    status = 400
