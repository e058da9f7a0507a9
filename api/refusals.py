"""One shape for every refusal: `{"error": {type, code, message, param, data, doc_url, …}}`."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

from api.errors import Unreadable
from core.errors import AppError, InvalidInput

ERRORS_PAGE = "/developers/errors/"
TYPES = {
    401: "authentication",
    402: "payment",
    403: "permission",
    404: "not_found",
    409: "conflict",
    429: "rate_limit",
}


class _WireRefused(AppError):
    """What HTTP itself refuses, in our words."""

    def __init__(self, message: Any, *, code: str, status: int, headers: dict[str, str]) -> None:
        super().__init__(message)
        self.code, self.status, self._headers = code, status, headers  # type: ignore[misc]  # -- this one's own

    @property
    def headers(self) -> dict[str, str]:
        return self._headers


def answer(request: HttpRequest, refusal: AppError) -> JsonResponse:
    """The refusal as the API says it."""
    response = JsonResponse(body_of(request, refusal), status=refusal.status)
    for name, value in refusal.headers.items():
        response[name] = value
    return response


def body_of(request: HttpRequest, refusal: AppError) -> dict[str, Any]:
    kind = "api" if refusal.status >= 500 else TYPES.get(refusal.status, "invalid_request")
    page = request.build_absolute_uri(f"{ERRORS_PAGE}#{refusal.code}")
    request_id = getattr(request, "request_id", "")
    return {"error": {"type": kind, **refusal.as_dict(), "doc_url": page, "request_id": request_id}}


def refusal_of(error: exceptions.APIException) -> AppError:
    """What the framework refuses (a field, a method, a media type) in our words."""
    match error:
        case exceptions.ValidationError():
            param, message = _first(error.detail)
            return InvalidInput(message, param=param)
        case exceptions.ParseError():
            return Unreadable(_("The body is not JSON that this API can read."))
        case exceptions.MethodNotAllowed():
            said, code = _("This address does not know the method."), "method_not_allowed"
        case exceptions.UnsupportedMediaType():
            said, code = _("Send the body as application/json."), "media_type_unsupported"
        case exceptions.NotAcceptable():
            said, code = _("This API answers in application/json."), "not_acceptable"
        case _:
            said, code = _("The request is refused."), str(error.default_code)
    return _WireRefused(said, code=code, status=error.status_code, headers={})


def _first(detail: Any, path: str = "") -> tuple[str, str]:
    """The first field that is wrong, as `lines.3.sku`, and what is wrong with it."""
    if isinstance(detail, dict):
        name, inner = next(iter(detail.items()))
        above = "" if name == "non_field_errors" else str(name)
        return _first(inner, ".".join(part for part in (path, above) if part))
    if isinstance(detail, list):
        for at, inner in enumerate(detail):
            if inner:
                is_row = isinstance(inner, dict)
                return _first(inner, f"{path}.{at}" if is_row else path)
    return path, str(detail)
