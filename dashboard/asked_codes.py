"""A code of a guest's second factor: how it is asked for, counted, and set up."""

import base64
from typing import Any
from urllib.parse import quote, urlencode

from django import forms
from django.core import signing
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels import services as channels
from channels.errors import WrongPassword
from channels.models import Person
from core.callers import caller_ip
from core.errors import TooManyTries
from core.guards import Asker, Guard, attempt
from core.scope import require_tenant
from core.secrets import Secret
from dashboard.entering import remember
from dashboard.factors import FACTOR, drawn_of

# Six digits are few: what is tried against one person's is counted, wherever it comes from.
CODE = Guard(name="console.factor", budgets=FACTOR.budgets, floor=FACTOR.floor)
SET_UP = 15 * 60  # seconds: so long a new key may take from the page to the phone and back
_SALT = "console.factor"


def _digits(**options: Any) -> forms.CharField:
    shown = forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True})
    return forms.CharField(max_length=20, widget=shown, **options)


class CodeForm(forms.Form):
    code = _digits(label=gettext_lazy("Six digits of the authenticator, or a recovery code"))


class NewCode(forms.Form):
    code = _digits(label=gettext_lazy("Six digits of the authenticator"))


def check_code(request: HttpRequest, person: Person, typed: str) -> None:
    """Raises TooManyTries, WrongPassword."""
    now = timezone.now()
    who = Asker(address=caller_ip(request), shop="", target=f"{require_tenant()}|{person.pk}")
    try:
        tried = attempt(guard=CODE, asker=who, now=now)
    except TooManyTries:
        remember(request, "person.blocked", person.email)
        raise
    if not channels.is_factors_code(person_id=person.pk, code=typed, now=now):
        remember(request, "person.code_failed", person.email)
        raise WrongPassword(_("This code is not right, or has been used."), param="code")
    tried.was_right()


def wanted_secret(request: HttpRequest, person: Person) -> Secret | None:
    """The key that this page was shown with, out of its form; a new one for a new page.

    None of a form that is too old, or another person's.
    """
    if request.method != "POST":
        return channels.new_factor_secret()
    try:
        kept = signing.loads(request.POST.get("key", ""), salt=_SALT, max_age=SET_UP)
    except signing.BadSignature:
        return None
    return Secret(kept["secret"]) if kept["person"] == _name(person) else None


def picture_of(secret: Secret | None, person: Person, shop_name: str) -> tuple[dict[str, str], str]:
    """The key for hands and for the form, and its QR code as an address of a picture."""
    key = (secret or channels.new_factor_secret()).reveal()
    form = signing.dumps({"secret": key, "person": _name(person)}, salt=_SALT)
    issuer = shop_name or "Quanyi"
    named = urlencode({"secret": key, "issuer": issuer}, quote_via=quote)
    address = f"otpauth://totp/{quote(f'{issuer}:{person.email}')}?{named}"
    picture = base64.b64encode(drawn_of(address)).decode()
    return {"text": key, "form": form}, f"data:image/svg+xml;base64,{picture}"


def _name(person: Person) -> str:
    return f"{person.tenant_id}|{person.pk}"
