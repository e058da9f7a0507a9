"""A person's own safety, on either host: the second factor, and where they are signed in."""

from typing import Any
from urllib.parse import quote

from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.base import views as factor_views
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from dashboard import accounts
from dashboard.addresses import host_of
from dashboard.browsers import browser_words
from dashboard.framing import Framed
from dashboard.sites import site_of
from tenants.middleware import host_of_session

MINE = "mfa_index"


class _Own(Framed):
    """For who works here; `needs_factor`: and has a second factor, or is led to where one is."""

    needs_factor = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not site_of(request).has_permission(request):
            return HttpResponseRedirect(reverse("account_login"))
        if self.needs_factor and not is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            return HttpResponseRedirect(reverse(MINE))
        try:
            return super().dispatch(request, *args, **kwargs)
        except ReauthenticationRequired:  # here: our view's transaction stands above allauth's
            back = quote(request.get_full_path())
            return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?next={back}")


class Security(_Own, TemplateView):
    template_name = "dashboard/security.html"
    title = _("Security")
    http_method_names = ["get", "head"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, shop = self.request.user, getattr(self.request, "shop", None)
        made = {
            "has_factor": is_mfa_enabled(user, [Authenticator.Type.TOTP]),
            "sessions": [_told(one) for one in UserSession.objects.purge_and_list(user)],
            "is_demanded": shop is None or shop.demands_second_factor,
        }
        return super().get_context_data(**made, **kwargs)


def _told(session: UserSession) -> dict[str, Any]:
    """A session as its person knows it again."""
    store = SessionStore(session.session_key)
    return {
        "one": session,
        "host": host_of_session(store),
        "browser": browser_words(session.user_agent),
        "is_here": session.is_current(),
    }


class Authenticate(Framed, factor_views.AuthenticateView):
    template_name = "account/factor.html"
    title = _("Your second factor")

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        if self.request.user.is_authenticated:
            accounts.remember_login(self.request, response, self.request.user)
        return response


class CodeOnceMore(Framed, factor_views.ReauthenticateView):
    template_name = "account/factor.html"
    title = _("Your second factor once more")


class Activate(_Own, totp_views.ActivateTOTPView):
    template_name = "account/factor_new.html"
    title = _("Set up a second factor")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        then = {"redirect_field_name": "next", "redirect_field_value": _then(self.request)}
        return super().get_context_data(**then, **kwargs)

    def get_success_url(self) -> str:
        """By the recovery codes, which are shown with the first factor, to where one was."""
        then = _then(self.request)
        if not then:
            home: str = super().get_success_url()
            return home
        codes = f"{reverse('mfa_view_recovery_codes')}?next={quote(then)}"
        return codes if self.did_generate_recovery_codes else then

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        user = self.request.user
        # Its first code was just typed: what was asked for goes on without another.
        record_authentication(self.request, user, "mfa", type="totp", reauthenticated=True)
        _remember(self.request, "login.factor_on")
        accounts.write_of_factor(self.request, "factor_on")
        return response


class Deactivate(_Own, totp_views.DeactivateTOTPView):
    template_name = "account/factor_off.html"
    title = _("Remove the second factor")
    needs_factor = True

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _remember(self.request, "login.factor_off")
        accounts.write_of_factor(self.request, "factor_off")
        messages.success(self.request, gettext("The second factor is removed."))
        return response


class RecoveryCodes(_Own, recovery_views.ViewRecoveryCodesView):
    template_name = "account/factor_codes.html"
    title = _("Recovery codes")
    needs_factor = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(then=_then(self.request), **kwargs)


class RecoveryFile(_Own, recovery_views.DownloadRecoveryCodesView):
    """A line each, and whose they are: such a file is found again years later."""

    template_name = "account/recovery_codes.txt"
    title = _("Recovery codes")
    needs_factor = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(host=host_of(self.request), **kwargs)


class NewRecoveryCodes(_Own, recovery_views.GenerateRecoveryCodesView):
    template_name = "account/factor_codes_new.html"
    title = _("New recovery codes")
    needs_factor = True

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _remember(self.request, "login.recovery_codes")
        return response


def _then(request: HttpRequest) -> str:
    """Where somebody was when a second factor was asked for: a page of this host, or nothing."""
    then = request.POST.get("next") or request.GET.get("next", "")
    return then if url_has_allowed_host_and_scheme(then, {request.get_host()}) else ""


@csrf_protect
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    return _end(request, pk=session_id)


@csrf_protect
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    return _end(request)


def _end(request: HttpRequest, **which: int) -> HttpResponse:
    """Of one's own, and not the one that is asking: that one signs out."""
    if not site_of(request).has_permission(request):
        return HttpResponseRedirect(reverse("account_login"))
    mine = UserSession.objects.filter(user_id=request.user.pk, **which)
    others = list(mine.exclude(session_key=request.session.session_key))
    for one in others:
        one.end()
    if others:
        _remember(request, "login.sessions_ended")
        messages.success(request, gettext("Signed out there: %(count)s.") % {"count": len(others)})
    return HttpResponseRedirect(reverse(MINE))


def _remember(request: HttpRequest, action: str) -> None:
    accounts.remember(request, action, str(request.user.get_username()))


def paths(*, under: str = "") -> list[URLPattern]:
    """The names are those that allauth leads to."""
    own = f"{under}security/"
    views: tuple[tuple[str, Any, str], ...] = (
        ("", Security.as_view(), MINE),
        ("code/", Authenticate.as_view(), "mfa_authenticate"),
        ("code/again/", CodeOnceMore.as_view(), "mfa_reauthenticate"),
        ("factor/", Activate.as_view(), "mfa_activate_totp"),
        ("factor/off/", Deactivate.as_view(), "mfa_deactivate_totp"),
        ("recovery/", RecoveryCodes.as_view(), "mfa_view_recovery_codes"),
        ("recovery/file/", RecoveryFile.as_view(), "mfa_download_recovery_codes"),
        ("recovery/new/", NewRecoveryCodes.as_view(), "mfa_generate_recovery_codes"),
        ("sessions/end/", end_others, "office_sessions_end"),
        ("sessions/<int:session_id>/end/", end_session, "office_session_end"),
    )
    return [path(f"{own}{route}", view, name=name) for route, view, name in views]
