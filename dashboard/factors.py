"""The second factor of staff: allauth's, with our own cipher, limits and picture."""

import base64
from datetime import timedelta
from functools import lru_cache
from io import BytesIO
from typing import Any

import segno
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.callers import caller_ip
from core.errors import TooManyTries
from core.guards import Asker, By, Floor, Guard, attempt
from core.meters import Budget
from dashboard.accounts import at_form, remember

_OURS = b"second factor"
# Six digits are few: what is tried against one person's is counted, wherever it comes from.
FACTOR = Guard(
    name="factor",
    budgets={By.TARGET: Budget(free=6, every=300, first=300, longest=3600)},
    floor=Floor(most=6, window=timedelta(minutes=30)),
)


class StaffFactors(DefaultMFAAdapter):
    """A person's key is no shop's: it is enciphered under the platform's own secret."""

    def get_totp_issuer(self) -> str:
        return "Quanyi"

    def encrypt(self, text: str) -> str:
        return platform_cipher(_OURS).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return platform_cipher(_OURS).decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        return drawn_of(url).decode()


def drawn_of(url: str) -> bytes:
    """The SVG picture that an authenticator scans."""
    drawn = BytesIO()
    segno.make(url).save(drawn, kind="svg", scale=5, border=2, light="#fff")
    return drawn.getvalue()


@lru_cache(maxsize=16)
def platform_cipher(purpose: bytes) -> MultiFernet:
    """For what belongs to no shop, whose key core.crypto would take."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key_from(str(one), purpose)) for one in secrets])


def _key_from(secret: str, purpose: bytes) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose)
    return base64.urlsafe_b64encode(derived.derive(secret.encode()))


class _Worded:
    """allauth's "Code" is our word for what is sold."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]  # type: ignore[attr-defined]  # -- a mixin
        field.label = _("Six digits of the authenticator")
        field.widget.attrs.pop("placeholder", None)


class NewFactor(_Worded, ActivateTOTPForm):
    """The first code of a new one."""


class _Counted(_Worded):
    """A form of a code, guessed at no faster than a password."""

    def clean_code(self) -> str:
        request, user = context.request, self.user  # type: ignore[attr-defined]  # -- a mixin
        asker = Asker(address=caller_ip(request), shop="", target=str(user.pk))
        try:
            tried = attempt(guard=FACTOR, asker=asker, now=timezone.now())
        except TooManyTries as refusal:
            remember(request, "login.blocked", user.email)
            raise at_form(refusal) from refusal
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # -- a mixin
        except ValidationError:
            remember(request, "login.code_failed", user.email)
            raise
        tried.was_right()
        return code


class SignInCode(_Counted, AuthenticateForm):
    """After the password."""


class CodeAgain(_Counted, ReauthenticateForm):
    """Before a secret is shown or money moves."""
