"""One shape for every error that leaves as JSON."""

from typing import Any

from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from core.errors import AppError


def answer_refusal(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER: `{"error": {code, message, param, data, request_id}}`."""
    request_id = getattr(context["request"], "request_id", "")
    if isinstance(error, AppError):
        body = error.as_dict() | {"request_id": request_id}
        return Response({"error": body}, status=error.status, headers=error.headers)
    response = exception_handler(error, context)
    if response is None or not isinstance(error, APIException):
        return response
    param = next(iter(error.detail), None) if isinstance(error, ValidationError) else None
    response.data = {
        "error": {
            "code": str(error.default_code),
            "message": str(error.default_detail),
            "param": param if isinstance(param, str) else None,
            "data": {},
            "request_id": request_id,
        }
    }
    return response
