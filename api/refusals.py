"""One shape for every refusal: `{"error": {type, code, message, param, data, doc_url, …}}`."""

import re
from contextlib import suppress
from typing import Any

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

from api.errors import AnswerKindUnknown, BodyKindUnknown, MethodUnknown, Unreadable
from api.fields import UNKNOWN_FIELD
from api.shapes import as_json
from core.errors import AppError, InvalidInput, UnknownField

LONGEST_PARAM = 100
_MARKS = re.compile(r"[^\w.\- ]")
ERRORS_PAGE = "/developers/errors/"
TYPES = {
    401: "authentication",
    402: "payment",
    403: "permission",
    404: "not_found",
    409: "conflict",
    429: "rate_limit",
}


def answer(request: HttpRequest, refusal: AppError) -> HttpResponse:
    """The refusal as the API says it."""
    said = as_json(body_of(request, refusal))
    response = HttpResponse(said, status=refusal.status, content_type="application/json")
    for name, value in refusal.headers.items():
        response[name] = value
    return response


def type_of(status: int) -> str:
    return "api" if status >= 500 else TYPES.get(status, "invalid_request")


def body_of(request: HttpRequest, refusal: AppError) -> dict[str, Any]:
    page = f"{ERRORS_PAGE}#{refusal.code}"
    with suppress(DisallowedHost):  # it may be what is refused
        page = request.build_absolute_uri(page)
    request_id = getattr(request, "request_id", "")
    told = {"type": type_of(refusal.status), **refusal.as_dict()}
    if told.get("param"):  # a caller's own word, perhaps
        told["param"] = _MARKS.sub("?", told["param"])[:LONGEST_PARAM]
    return {"error": told | {"doc_url": page, "request_id": request_id}}


def refusal_of(error: exceptions.APIException, *, allowed: str) -> AppError:
    """What the framework refuses (a field, a method, a media type) in our words."""
    match error:
        case exceptions.ValidationError():
            param, said = _first(error.detail)
            is_unknown = getattr(said, "code", "") == UNKNOWN_FIELD
            return (UnknownField if is_unknown else InvalidInput)(said, param=param)
        case exceptions.MethodNotAllowed():
            return MethodUnknown(_("This address does not know the method."), allowed=allowed)
        case exceptions.UnsupportedMediaType():
            return BodyKindUnknown(_("Send the body as application/json."))
        case exceptions.NotAcceptable():
            return AnswerKindUnknown(_("This API answers in application/json."))
        case _:
            return Unreadable(_("The body is not JSON that this API can read."))


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
    return path, detail
