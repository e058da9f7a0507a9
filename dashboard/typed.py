"""What a person typed and what was not taken: it stands in its form again.

`request.typed` holds it; templates read it as `typed`. `typed_at` is the address of the form that
it belongs to, where a page has several, and `refusal` says why, for who tells it at the field.
"""

from typing import Any

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls import resolve

from core.errors import AppError


def context_of(request: HttpRequest) -> dict[str, Any]:
    return {
        "typed": getattr(request, "typed", QueryDict()),
        "typed_at": getattr(request, "typed_at", ""),
        "refusal": getattr(request, "refused_because", ""),
    }


def page_again(request: HttpRequest, home: str, refusal: AppError) -> HttpResponseBase:
    """The page of a refused deed, with what was typed still in its form."""
    request.typed, request.typed_at = request.POST, request.path  # type: ignore[attr-defined]  # -- our own marks
    request.refused_because = str(refusal.message)  # type: ignore[attr-defined]  # -- our own mark
    found = resolve(home)
    method, request.method = request.method, "GET"  # the page is looked at, not posted to
    try:
        answer: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
    finally:
        request.method = method
    answer.status_code = refusal.status
    for name, value in refusal.headers.items():
        answer[name] = value
    return answer
