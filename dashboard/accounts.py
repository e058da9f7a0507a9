"""How staff sign in: allauth, with our own limits, which live in Postgres."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.core import context
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.callers import caller_ip
from core.errors import TooManyTries
from core.guards import Asker, Attempt, By, Floor, Guard, attempt
from core.meters import Budget
from core.metrics import sign_ins_refused
from dashboard import known
from dashboard.addresses import address_of, host_of
from tenants import audit
from tenants.models import User
from tenants.selectors import find_member

# Guessing one person's password, and trying one password on many people, from one place or many.
# Who spends a shop's budget shuts out nobody who has signed in on his browser before.
LOGIN = Guard(
    name="login",
    budgets={
        By.TARGET: Budget(free=8, every=900 / 8, first=900, longest=900),
        By.ADDRESS: Budget(free=60, every=15, first=5, longest=900),
        By.NETWORK: Budget(free=180, every=5, longest=300),
        By.SHOP: Budget(free=300, every=6, longest=60),
        By.PLATFORM: Budget(free=3_000, every=0.5, first=0.5, longest=20),
    },
    fair={By.ADDRESS: Budget(free=60, every=15, longest=120)},
    floor=Floor(most=8, window=timedelta(minutes=15)),
)
RESET = Guard(
    name="reset",
    budgets={
        By.TARGET: Budget(free=3, every=1200, first=3600, longest=3600),
        By.ADDRESS: Budget(free=20, every=180, first=60, longest=3600),
        By.NETWORK: Budget(free=60, every=60, first=10, longest=3600),
        By.SHOP: Budget(free=100, every=60, first=5, longest=300),
        By.PLATFORM: Budget(free=1_000, every=5, longest=60),
    },
    fair={By.ADDRESS: Budget(free=20, every=180, first=60, longest=3600)},
    floor=Floor(most=3, window=timedelta(hours=1)),
)


_REFUSALS = frozenset({"login.blocked", "login.failed", "login.no_member"})


class StaffAccounts(DefaultAccountAdapter):
    _tried: Attempt

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Staff are invited, never self-made."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        mail = _mail(credentials)
        try:
            self._tried = _tries(request, LOGIN, mail)
        except TooManyTries as refusal:
            remember(request, "login.blocked", mail)
            raise at_form(refusal) from refusal

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None:
            self._tried.was_right()
        return user

    def _rollback_login_failed_rl_usage(self) -> None:
        """allauth's own counters are off."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        remember(request, "login.failed", _mail(credentials))

    def reauthenticate(self, user: User, password: str) -> bool:
        """By the user's own mail: we keep no second table of addresses."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Who has a second factor shows it: the password alone would be enough to remove it."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [one for one in methods if one["id"] == "mfa_reauthenticate"] or methods

    def get_client_ip(self, request: HttpRequest) -> str:
        return caller_ip(request) or "0.0.0.0"  # noqa: S104 -- not known, and the column wants one

    def get_reset_password_from_key_url(self, key: str) -> str:
        link = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return address_of(self.request, link.replace("UID-KEY", quote(key)))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        super().send_mail(template_prefix, email, {**context, "host": host_of(self.request)})

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("admin:index")

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Pages say themselves what happened."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Mail to staff is the notices floor's work."""


class StaffLogin(LoginForm):
    """After the right password, and only then, says plainly that it is the wrong shop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # each has its label: said once is enough
            field.widget.attrs.pop("placeholder", None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        user = self.user
        if user is not None and not self.errors:
            if not user.is_active:
                raise ValidationError(_("This account is closed. Ask the owner of the shop."))
            self._check_place(user)
        return cleaned

    def _check_place(self, user: User) -> None:
        if has_place(self.request, user):
            return
        if getattr(self.request, "shop", None) is None:
            raise ValidationError(
                _("Your password is right, but you are not an operator of the platform.")
            )
        remember(self.request, "login.no_member", user.email)
        raise ValidationError(
            _(
                "Your password is right, but you are not a member of this shop. "
                "Ask its owner to invite you, or sign in at your own shop's address."
            )
        )


def has_place(request: HttpRequest, user: User) -> bool:
    """Whether the person works behind this host: at the shop, or for the platform."""
    if getattr(request, "shop", None) is None:
        return bool(user.is_operator)
    return find_member(user_id=user.pk) is not None


def at_form(refusal: TooManyTries) -> ValidationError:
    """The refusal as a form's error, which the page's status and headers are read from."""
    return ValidationError(str(refusal.message), code=refusal.code, params=refusal.headers)


def remember_login(request: HttpRequest, response: HttpResponse, user: User) -> None:
    known.know(request, response, user.email.lower())
    remember(request, "login.done", user.email, user_id=user.pk)


def count_reset(request: HttpRequest, mail: str) -> None:
    """Raises TooManyTries: nobody's mailbox is flooded from here."""
    mail = mail.strip().lower()
    _tries(request, RESET, mail)
    remember(request, "login.reset_asked", mail)


def send_password_link(request: HttpRequest, mail: str) -> None:
    """A letter with a link that lets a person without a password set one."""
    form = ResetPasswordForm(data={"email": mail})
    if form.is_valid():
        form.save(request)


def write_of_factor(request: HttpRequest, letter: str) -> None:
    """To the person's own mail, when it is done: who did not do it is to know."""
    told = {"user": request.user, "at": timezone.localtime(), "address": caller_ip(request)}
    write_to(request, [(request.user.get_username(), get_language() or "")], letter, told)


def write_to(
    request: HttpRequest, whom: Iterable[tuple[str, str]], letter: str, told: dict[str, Any]
) -> None:
    """To each address, in the language beside it, after the commit: a letter leaves by another
    machine, and nothing is kept open for it."""
    people = list(whom)

    def send() -> None:
        for mail, language in people:
            with context.request_context(request), override(language):
                StaffAccounts(request).send_mail(f"account/email/{letter}", mail, told)

    transaction.on_commit(send, robust=True)


def remember(request: HttpRequest, action: str, mail: str, *, user_id: int | None = None) -> None:
    """The audit log belongs to a shop: on the operator's host the request log has to do."""
    if action in _REFUSALS:
        sign_ins_refused.labels(action.partition(".")[2]).inc()
    if getattr(request, "shop", None) is None:
        return
    by = Actor(f"login {mail}"[:80], user_id=user_id, ip=caller_ip(request))
    audit.record(by=by, action=action, target=mail, now=timezone.now())


def _tries(request: HttpRequest, guard: Guard, mail: str) -> Attempt:
    """Raises TooManyTries."""
    shop = getattr(request, "shop", None)
    asker = Asker(address=caller_ip(request), shop=str(shop.id) if shop else "", target=mail)

    def is_no_stranger() -> bool:
        return known.is_known(request, mail)

    return attempt(guard=guard, asker=asker, now=timezone.now(), has_evidence=is_no_stranger)


def _mail(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email", "")).strip().lower()
