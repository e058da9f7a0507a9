"""Answers that every part of the house shares: refusals, errors, health."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import Resolver404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import (
    AppError,
    Broken,
    NotAllowed,
    NotFound,
    RequestUnreadable,
    Unavailable,
)
from core.nudge import broker_answers

log = structlog.get_logger(__name__)


Told = Callable[[HttpRequest, AppError], dict[str, Any]]


def _told(request: HttpRequest, refusal: AppError) -> dict[str, Any]:
    """A refusal to a program."""
    return {"error": refusal.as_dict() | {"request_id": getattr(request, "request_id", "")}}


@dataclass(frozen=True, slots=True)
class Face:
    """A part of the house as a refusal sees it: the way back to it, a shop's own look there, and
    how programs are told."""

    home: str
    way_back: str | Promise
    theme: str = ""
    icon: str = ""
    told: Told = _told


_faces = {"/": Face("/", gettext_lazy("To the home page"))}


def face(
    under: str, *, way_back: str | Promise, theme: str = "", icon: str = "", told: Told = _told
) -> None:
    """Refusals of addresses under this one lead back to it; told by who wires the house."""
    _faces[under] = Face(under, way_back, theme, icon, told)


def _face_of(request: HttpRequest) -> Face:
    above = [under for under in _faces if request.path.startswith(under)]
    return _faces[max(above, key=len, default="/")]


AS_IT_READS = {"ensure_ascii": False, "separators": (",", ":")}


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/door/")) or (
        "application/json" in request.headers.get("Accept", "")
        and "text/html" not in request.headers.get("Accept", "")
    )


def refused(request: HttpRequest, refusal: AppError, *, status: int = 0) -> HttpResponse:
    """A planned refusal as JSON or as a page with the same words."""
    status = status or refusal.status
    response: HttpResponse
    if wants_json(request):
        said = _face_of(request).told(request, refusal)
        response = JsonResponse(said, status=status, json_dumps_params=AS_IT_READS)
    else:
        error = _told(request, refusal)["error"]
        response = HttpResponse(_page(request, error, status), status=status)
    for name, value in refusal.headers.items():
        response[name] = value
    return response


def _page(request: HttpRequest, error: dict[str, Any], status: int) -> str:
    """Rendered without the request on purpose: context processors may need what has just failed.

    On a host that is no open shop's nothing else would answer either: no link leads anywhere.
    """
    is_in_shop = getattr(request, "shop", None) is not None
    is_somewhere = is_in_shop or hasattr(request, "urlconf") or status >= 500
    told = {
        "error": error,
        "status": status,
        "face": _face_of(request) if is_somewhere else None,
        "is_in_shop": is_in_shop,
    }
    return render_to_string("core/refused.html", told)


def database_away(request: HttpRequest) -> HttpResponse:
    refusal = Unavailable(_("We are back in a moment. Nothing was lost; please try again."))
    response = refused(request, refusal)
    response["Retry-After"] = "3"
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Of an address that nothing answers, a program is told that it is the address."""
    if wants_json(request) and isinstance(exception, Resolver404):
        said = _("There is no such address here. Look at its spelling; none ends with a slash.")
        return refused(request, NotFound(said))
    return refused(request, NotFound())


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refused(request, NotAllowed())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    said = _("The request could not be read. Check its host, its address and what it sends.")
    return _unreadable(request, said, status=400)


def wrong_method(request: HttpRequest, plain: HttpResponse) -> HttpResponse:
    said = _("This address does not know the method.")
    response = _unreadable(request, said, status=plain.status_code)
    response["Allow"] = plain["Allow"]
    return response


def _unreadable(request: HttpRequest, said: str, *, status: int) -> HttpResponse:
    """`said` is what a program is told, which has no page to go back to."""
    if not wants_json(request):
        said = _("The request could not be read. Go back, reload the page and try again.")
    return refused(request, RequestUnreadable(said), status=status)


def broken(request: HttpRequest) -> HttpResponse:
    """Outside a view too the database may be away: while a session is read, say."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return database_away(request)
    refusal = Broken(_("Something broke on our side. Your order and money are safe."))
    return refused(request, refusal)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return refused(
        request,
        NotAllowed(_("This page was open too long. Go back, reload it and send the form again.")),
    )


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"ok": True})


def readyz(request: HttpRequest) -> HttpResponse:
    """Postgres answers; Redis is named, but its absence only costs delay."""
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1")
        database = True
    except DatabaseError:
        database = False
    state = {"database": database, "broker": broker_answers(), "ok": database}
    return JsonResponse(state, status=200 if database else 503)


HEALTH: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": healthz,
    "/readyz": readyz,
}


def on_any_host(path: str, view: Callable[[HttpRequest], HttpResponse]) -> None:
    """Answered as health is, whoever's the host; told by who wires the house."""
    HEALTH[path] = view
