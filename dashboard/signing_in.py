"""Signing in and out, the password, the language."""

from typing import Any, cast

from allauth.account import models as allauth_models
from allauth.account import views as allauth_views
from allauth.account.internal.flows.login import perform_login, record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, re_path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from core.errors import TooManyTries
from core.middleware import opens_own_scope
from dashboard import accounts
from dashboard.framing import Framed
from dashboard.securing import paths as securing_paths
from dashboard.sites import site_of
from tenants.models import User
from tenants.states import Theme


class Login(Framed, allauth_views.LoginView):
    form_class = accounts.StaffLogin
    template_name = "account/login.html"
    title = _("Sign in")

    def get_form_class(self) -> type[accounts.StaffLogin]:
        return accounts.StaffLogin

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who is signed in but has no place here any more is signed out, not sent in circles."""
        if request.user.is_authenticated and not site_of(request).has_permission(request):
            logout(request)
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return self.get_next_url() or reverse("admin:index")

    def form_valid(self, form: accounts.StaffLogin) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        if self.request.user.is_authenticated:  # else the second factor is asked for first
            accounts.remember_login(self.request, response, form.user)
        return response


class PasswordChange(Framed, allauth_views.PasswordChangeView):
    template_name = "account/password_change.html"
    title = _("Change your password")

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        messages.success(self.request, gettext("Your password is changed."))
        return response


class Reauthenticate(Framed, allauth_views.ReauthenticateView):
    template_name = "account/reauthenticate.html"
    title = _("Your password once more")


class PasswordReset(Framed, allauth_views.PasswordResetView):
    """The same answer whether the address is known or not."""

    template_name = "account/password_reset.html"
    title = _("Set a new password")

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            accounts.count_reset(self.request, form.cleaned_data["email"])
        except TooManyTries as refusal:
            form.add_error("email", accounts.at_form(refusal))
            return self.form_invalid(form)
        answer: HttpResponse = super().form_valid(form)
        return answer


class PasswordResetDone(Framed, allauth_views.PasswordResetDoneView):
    template_name = "account/password_reset_done.html"
    title = _("Look into your mailbox")


class PasswordResetFromKey(Framed, allauth_views.PasswordResetFromKeyView):
    template_name = "account/password_reset_from_key.html"
    title = _("Set a new password")

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        user = self.reset_user
        accounts.remember(self.request, "login.password_set", user.email)
        if not (user.is_active and accounts.has_place(self.request, user)):
            return response
        response = self._sign_in(user)
        with override(user.language):  # the page that says it is in his, this one may not be
            messages.success(self.request, gettext("Your password is set."))
        if self.request.user.is_authenticated:  # else the second factor is asked for first
            accounts.remember_login(self.request, response, user)
        return response

    def _sign_in(self, user: User) -> HttpResponse:
        """The link was the mailbox's and works once, and the password was just typed twice: to ask
        for it a third time makes nothing safer. A session from before has no part in it."""
        logout(self.request)
        record_authentication(self.request, user, "password", email=user.email)
        entering = allauth_models.Login(user=user, redirect_url=reverse("admin:index"))
        return cast(HttpResponse, perform_login(self.request, entering))


class PasswordResetFromKeyDone(Framed, allauth_views.PasswordResetFromKeyDoneView):
    template_name = "account/password_reset_from_key_done.html"
    title = _("Your password is set")


# A letter leaves by another machine: nothing is kept open for it.
password_reset = opens_own_scope(PasswordReset.as_view())


def paths(*, under: str = "") -> list[URLPattern]:
    """Signing in, on either host; `under` is where the office lives there."""
    views = (
        ("login/", Login, "account_login"),
        ("reauthenticate/", Reauthenticate, "account_reauthenticate"),
        ("password/", PasswordChange, "account_change_password"),
        ("password/reset/done/", PasswordResetDone, "account_reset_password_done"),
        ("password/set/", PasswordResetFromKeyDone, "account_reset_password_from_key_done"),
    )
    return [
        *(path(f"{under}{route}", view.as_view(), name=name) for route, view, name in views),
        re_path(
            rf"^{under}password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
            PasswordResetFromKey.as_view(),
            name="account_reset_password_from_key",
        ),
        path(f"{under}password/reset/", password_reset, name="account_reset_password"),
        path(f"{under}language/", set_language, name="office_language"),
        path(f"{under}theme/", set_theme, name="office_theme"),
        *securing_paths(under=under),
    ]


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page that it was asked on."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("admin:index")
    return HttpResponseRedirect(back)


@csrf_protect
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Staff's language is theirs at every shop; before signing in it is the browser's cookie."""
    language = request.POST.get("language", "")
    response = _back(request)
    if language in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            request.user.language = language
            request.user.save(update_fields=["language"])
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax")
    return response


@csrf_protect
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the system says: a person's own, at every shop and on every device."""
    theme = request.POST.get("theme", "")
    if request.user.is_authenticated and theme in Theme.values:
        request.user.theme = theme
        request.user.save(update_fields=["theme"])
    return _back(request)
