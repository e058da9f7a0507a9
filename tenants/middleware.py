"""The host decides whose shop a request is for."""

import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import DisallowedHost
from django.db import OperationalError
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from core import pages
from core.kept import Kept
from core.scope import bind
from tenants.errors import ShopSuspended, ShopUnknown
from tenants.selectors import find_shop
from tenants.types import Shop

Answer = Callable[[HttpRequest], HttpResponseBase]
_HOST_KEY = "host"
_CLOSED = _("This shop is closed for now. What is paid is delivered: its order's page stays open.")
# What is owed goes on while a shop is suspended: who has paid reads the goods and complains; money
# that is on its way arrives, and suppliers say what became of their orders. Nothing is sold.
_STAYS = re.compile(
    r"/(o/[^/]+/(?!pay/|sandbox/)|orders/|pay/notice/|supplier/|language/|media/)"
    r"|/(theme\.css|icon\.svg|favicon\.ico|manifest\.webmanifest)$"
)
_SESSION_KEY = re.compile(r"[a-z0-9]{8,40}")  # as django.contrib.sessions makes them
# A shop that was closed, or renamed, is seen so a moment later.
_shops: Kept[Shop | None] = Kept(most=10_000)


class HostDecidesShop:
    """Sets `request.shop` and binds its tenant; on the operator's host `shop` is None."""

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            host = split_domain_port(request.get_host())[0].lower()
        except DisallowedHost:
            return pages.bad_request(request)
        request.shop = None  # type: ignore[attr-defined]  # -- our own mark
        if host == settings.OPS_HOST:
            request.urlconf = settings.OPS_URLCONF
            return self._answer(request)
        try:
            shop = _shops.get(host, lambda: find_shop(host=host))
        except OperationalError:
            return pages.database_away(request)
        if shop is None:
            return pages.refused(
                request, ShopUnknown(_("There is no shop at this address. Check its spelling."))
            )
        if not shop.is_open and not _STAYS.match(request.path):
            return pages.refused(request, ShopSuspended(_CLOSED))
        request.shop = shop  # type: ignore[attr-defined]  # -- our own mark
        with bind(shop.id):
            return self._answer(request)


class SessionKeyIsOurs:
    """A cookie with a key that no session of ours has is left unread: it may hold what is no text
    to Postgres."""

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if key is not None and not _SESSION_KEY.fullmatch(key):
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        return self._answer(request)


def host_of_session(session: SessionBase) -> str:
    """The host that a session began on."""
    return str(session.get(_HOST_KEY, ""))


class SessionStaysHome:
    """A session belongs to the host it began on: carried to another shop, it is nobody's there.

    It is left alone: who carries it here must not end it at home.
    """

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.session.session_key is not None and request.user.is_authenticated:
            host = request.get_host()
            if request.session.setdefault(_HOST_KEY, host) != host:
                request.session = type(request.session)()
                request.user = AnonymousUser()
        response = self._answer(request)
        if request.user.is_authenticated:  # also who has just signed in
            request.session.setdefault(_HOST_KEY, request.get_host())
        return response
