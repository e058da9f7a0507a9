"""The two back offices: the merchant's on the shop's host, the operator's on the `ops.` host."""

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from core import pages
from core.scope import tenant_atomic
from dashboard import home, nav
from dashboard.access import member_of, visit_of
from dashboard.ops import overview
from notices.selectors import count_unseen

# Unfold draws with Alpine, which evaluates its attributes, and with inline styles. Looser than the
# shop's policy in these two words only; everything is still our own.
CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'", "'unsafe-eval'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
}
# Pages of Django's admin that look past the tenant or double what allauth does.
_LEFT_OUT = {"view_on_site"}


class Office(UnfoldAdminSite):
    """What both share: our login, staff's own language, a policy that lets Unfold draw."""

    index_template = "dashboard/home.html"
    enable_nav_sidebar = True

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 -- Django's signature
        guarded = super().admin_view(view, cacheable)

        def framed(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            speak_staff_language(request)
            if has_nul(request):
                return pages.bad_request(request)
            return in_office(request, lambda: guarded(request, *args, **kwargs))

        return update_wrapper(framed, view)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        urls: list[URLPattern | URLResolver] = super().get_urls()
        return [url for url in urls if getattr(url, "name", "") not in _LEFT_OUT]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        told: dict[str, Any] = super().each_context(request)
        user = request.user
        return {**told, "theme": user.theme if user.is_authenticated else None}

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_login"))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.method == "POST":
            logout(request)
        return HttpResponseRedirect(reverse("account_login"))

    def search(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Unfold's own keeps what one shop answered under the person's name, for the next shop."""
        return HttpResponse()

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> Any:
        """An app is nothing to the people who work here."""
        return HttpResponseRedirect(reverse("admin:index", current_app=self.name))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_change_password"))


class MerchantOffice(Office):
    settings_name = "UNFOLD_MERCHANT"
    index_title = _("Home")

    def has_permission(self, request: HttpRequest) -> bool:
        return member_of(request) is not None

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().index(request, {**(extra_context or {}), **home.of_shop(request)})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        told: dict[str, Any] = super().each_context(request)
        top = {"is_shop_office": self.has_permission(request), "unread": partial(unread, request)}
        top["visit"] = visit_of(request)
        return {**told, **top}

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        return nav.of_shop(request)


class OperatorOffice(Office):
    settings_name = "UNFOLD_OPERATOR"
    index_title = _("Platform")
    index_template = "dashboard/ops_home.html"

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_authenticated and user.is_active and user.is_operator

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().index(request, {**(extra_context or {}), **overview.of_platform()})

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        return nav.of_platform(request)


def unread(request: HttpRequest) -> int:
    """For the bell on top of every page: asked when it is drawn."""
    member = member_of(request)
    if member is None:
        return 0
    with tenant_atomic(savepoint=False):
        return count_unseen(member_id=member.pk, now=timezone.now())


def speak_staff_language(request: HttpRequest) -> None:
    """A page of the office speaks the language of who reads it, whatever the browser says."""
    if request.user.is_authenticated:
        translation.activate(request.user.language)
        request.LANGUAGE_CODE = translation.get_language()


def has_nul(request: HttpRequest) -> bool:
    """Postgres takes no NUL in a text, and no person types one."""
    return any(
        "\0" in value
        for given in (request.GET, request.POST)
        for _name, values in given.lists()
        for value in values
    )


def in_office(request: HttpRequest, answer: Callable[[], Any]) -> Any:
    """By the shop's clock, its template too, and under the office's policy."""
    with timezone.override(zone_of(request)):
        response = answer()
        if not getattr(response, "is_rendered", True):
            response = response.render()
    response._csp_replace = CSP  # noqa: SLF001 -- how django-csp is told
    return response


def zone_of(request: HttpRequest) -> ZoneInfo | None:
    """Staff read and write the shop's own time; operators the server's."""
    shop = getattr(request, "shop", None)
    return ZoneInfo(shop.time_zone) if shop else None


office = MerchantOffice("office")
platform = OperatorOffice("platform")


def site_of(request: HttpRequest) -> Office:
    return office if getattr(request, "shop", None) else platform
