"""The request's frame: its id on the outside, one transaction around its view on the inside."""

import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import structlog
from csp.constants import HEADER as POLICY
from csp.middleware import CSPMiddleware
from django.db import InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

from core import metrics, pages
from core.errors import AddressTooLong, AddressUnreadable, AppError, NotFound
from core.logs import say_request
from core.scope import bound_tenant, tenant_atomic

log = structlog.get_logger("request")
# The web server's own limit is 8,190 for the whole line, and its answer is no page of ours.
LONGEST_QUERY = 6_000
_REQUEST_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")
Answer = Callable[[HttpRequest], HttpResponseBase]


class RequestContext:
    """Gives the request its id, logs it once, and answers health checks on any host."""

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request.request_id = given if _REQUEST_ID.match(given) else uuid4().hex  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        if request.path in pages.HEALTH:
            return pages.HEALTH[request.path](request)
        started = time.perf_counter()
        response = self._answer(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        _remember(request, response.status_code, time.perf_counter() - started)
        return response


def _remember(request: HttpRequest, status: int, seconds: float) -> None:
    """An order page's address is its key: the route is kept, not the path."""
    method = request.method or "-"
    route = request.resolver_match.route if request.resolver_match else "-"
    say_request(method=method, route=route, status=status, ms=round(seconds * 1000, 1))
    metrics.count_request(method=method, route=route, status=status, seconds=seconds)


class AskedLanguage(LocaleMiddleware):
    """Django's, without its looks for a language in the address, of which none of ours has one."""

    def process_request(self, request: HttpRequest) -> None:
        translation.activate(translation.get_language_from_request(request))
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language())
        return response


class PagePolicy(CSPMiddleware):
    """django-csp, which works a policy out also where it then leaves the one that is there."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        return response if POLICY in response else super().process_response(request, response)


class CallsGoStraight:
    """Leads a call of the API past what only pages need: sessions, forms' tokens, who is signed in.

    Such a call carries its own key and no cookie; what it is led past is a tenth of its time.
    """

    _UNDER = "/api/"
    # A browser that is shown an answer as a page runs nothing of it.
    _POLICY = "default-src 'none'; frame-ancestors 'none'"

    def __init__(self, get_response: Answer) -> None:
        self._through_all = get_response
        self._straight = ViewTransaction.innermost

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(self._UNDER):
            return self._through_all(request)
        response = self._straight(request)
        response[POLICY] = self._POLICY
        if isinstance(response, HttpResponse) and "Content-Length" not in response:
            response["Content-Length"] = str(len(response.content))
        return response


class ViewTransaction:
    """Runs each view, template rendering included, in one tenant transaction.

    Rolled back on a refusal and on status >= 500. A view that calls out or needs durable steps opts
    out with `@opens_own_scope`. Any AppError becomes a page or a JSON body in its own words.
    """

    # The way to the view that was made last: middleware is made from the inside out, so for who
    # stands further out in the same list it is the way of his own.
    innermost: Answer

    def __init__(self, get_response: Answer) -> None:
        self._answer = ViewTransaction.innermost = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._answer(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase:
        try:
            if "\0" in request.path:  # Postgres takes no NUL in a text
                raise NotFound
            query = request.META.get("QUERY_STRING", "")
            if len(query) > LONGEST_QUERY:
                raise AddressTooLong
            if "%00" in query:
                raise AddressUnreadable
            if bound_tenant() is None or getattr(view, "opens_own_scope", False):
                return _worded(request, _rendered(view(request, *args, **kwargs)))
            with tenant_atomic():
                response = _worded(request, _rendered(view(request, *args, **kwargs)))
                if response.status_code >= 500:
                    transaction.set_rollback(True)
                return response
        except AppError as refusal:
            return pages.refused(request, refusal)
        except (OperationalError, InterfaceError) as why:
            # Postgres restarts or is away: the visitor is told to come back, nothing is half done.
            log.warning("database_away", why=type(why).__name__)
            return pages.database_away(request)


def _rendered(response: HttpResponseBase) -> HttpResponseBase:
    render = getattr(response, "render", None)
    if render is not None and not getattr(response, "is_rendered", True):
        rendered: HttpResponse = render()
        return rendered
    return response


def _worded(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Django's 405 is an empty page, and a form reloaded as a page gets one."""
    if isinstance(response, HttpResponseNotAllowed) and not response.content:
        return pages.wrong_method(request, response)
    return response


def opens_own_scope(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that opens its own transactions."""
    view.opens_own_scope = True  # type: ignore[attr-defined]  # -- our own mark
    return view
