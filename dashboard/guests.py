"""The partner's own console: who is signed in there, and the office's pages for who is.

A guest has a cookie of its own, which opens the console's addresses only, and is nobody to Django's
sessions: no page of the office knows it. Every page names its partner in the address, and shows it
to that partner's people only; in test mode it is bound to the shop's sandbox, a tenant of its own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from channels.models import PersonSession
from channels.selectors import find_partner, find_session
from channels.services.people import SIGNED_IN
from core.errors import NotAllowed, NotFound
from core.middleware import opens_own_scope
from core.scope import step_over, tenant_atomic
from core.secrets import Secret
from dashboard.access import Guest, allows, guest_of, shop_of
from dashboard.frame import Bare, View, draw_at_once
from dashboard.sites import has_nul, zone_of
from dashboard.typed import bring_back
from tenants.selectors import find_sandbox_id

COOKIE = "qy_console"
ROOT = "/developers/console/"
LONGEST_TOKEN = 100


def console_page(right: str) -> Callable[[View], View]:
    """A page that the console has and the office has not."""

    def wrap(view: View) -> View:
        view.bare = Bare(view, right, own_scope=False)  # type: ignore[attr-defined]  # -- our own mark
        return view

    return wrap


def own(view: View, *, in_twin: bool = True) -> View:
    """The office's page for a partner's own people, with the same right.

    In test mode it runs for the sandbox; without `in_twin` it finds its way there itself.
    """
    bare: Bare = view.bare  # type: ignore[attr-defined]  # -- our own mark

    @wraps(bare.view)
    def shown(request: HttpRequest, ref: str, *, is_test: bool, **ids: Any) -> HttpResponseBase:
        if guest_of(request) is not None:  # a refused deed shows its page again
            return bare.view(request, ref=ref, **ids)
        guest = find_guest(request, is_test=is_test)
        if guest is None:
            return to_sign_in(request)
        _check(request, guest, ref, bare.right)
        twin_id = _sandbox_of(request) if is_test else None
        request.guest = guest  # type: ignore[attr-defined]  # -- our own mark
        if is_test and (twin_id is None or (in_twin and not _is_known(ref, twin_id))):
            return _no_test_mode(request, has_sandbox=twin_id is not None)
        with timezone.override(zone_of(request)):
            return _answer(request, bare, twin_id if in_twin else None, ref=ref, **ids)

    return opens_own_scope(shown)


def _check(request: HttpRequest, guest: Guest, ref: str, right: str) -> None:
    if guest.ref != ref or has_nul(request):
        raise NotFound
    if not guest.may(right):
        raise NotAllowed


def _answer(request: HttpRequest, bare: Bare, twin_id: int | None, **ids: Any) -> HttpResponseBase:
    """Drawn to its last byte where its rows can be seen."""
    with _scope(twin_id, own_scope=bare.own_scope):
        bring_back(request)
        response = bare.view(request, **ids)
        if not getattr(response, "is_rendered", True):
            response = response.render()  # type: ignore[attr-defined]  # -- a template's
        if response.streaming and twin_id is not None:
            response = _whole(response)
        if response.status_code >= 500 and not bare.own_scope:
            transaction.set_rollback(True)
    response.setdefault("Cache-Control", "private, no-store")
    return response


@contextmanager
def _scope(twin_id: int | None, *, own_scope: bool) -> Iterator[None]:
    if twin_id is None and own_scope:
        yield
    elif twin_id is None:
        with tenant_atomic():
            yield
    elif own_scope:
        with step_over(twin_id):
            yield
    else:
        with step_over(twin_id), tenant_atomic():
            yield


def _whole(stream: Any) -> HttpResponse:
    """A stream is read after the page is done, when another tenant is bound."""
    return HttpResponse(b"".join(stream), headers=dict(stream.items()))


def _sandbox_of(request: HttpRequest) -> int | None:
    return find_sandbox_id(tenant_id=shop_of(request).id)


def _is_known(ref: str, twin_id: int) -> bool:
    with step_over(twin_id), tenant_atomic():
        return find_partner(ref=ref) is not None


def _no_test_mode(request: HttpRequest, *, has_sandbox: bool) -> HttpResponse:
    return draw_at_once(
        request,
        "developers/console_no_test.html",
        title=_("Test mode"),
        has_sandbox=has_sandbox,
        may_edit=allows(request, "partners.edit"),
    )


def find_guest(request: HttpRequest, *, is_test: bool = False) -> Guest | None:
    """Who is signed in at this host's console; a sandbox has none of its own."""
    session = find_own_session(request)
    return Guest(session, is_test) if session else None


def find_own_session(request: HttpRequest) -> PersonSession | None:
    token = request.COOKIES.get(COOKIE, "")
    if not token or len(token) > LONGEST_TOKEN:
        return None
    with tenant_atomic():
        return find_session(token=token, now=timezone.now())


def to_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    after = f"?{urlencode({'next': request.path})}" if request.method == "GET" else ""
    return HttpResponseRedirect(f"{reverse('console:sign_in')}{after}")


def begin(response: HttpResponse, token: Secret) -> None:
    response.set_cookie(
        COOKIE,
        token.reveal(),
        max_age=SIGNED_IN,
        path=ROOT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def end(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=ROOT, samesite="Lax")
