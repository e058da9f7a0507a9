"""A partner's own people in a browser; call with the shop bound, in no transaction of its own."""

from datetime import datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from channels import services as channels
from channels.models import Partner
from channels.services.people import NewLink
from core.scope import tenant_atomic
from tenants.models import Merchant
from tests.channels.factories import WANG
from tests.conftest import client_of

PASSWORD = "a long enough one"
ROOT = "/developers/console/"
ENGLISH = {"accept-language": "en"}


def invited(partner: Partner, email: str, *, may_edit=True, now: datetime | None = None) -> NewLink:
    with tenant_atomic():
        return channels.invite_person(
            partner_id=partner.pk,
            email=email,
            may_edit=may_edit,
            by=WANG,
            now=now or timezone.now(),
        )


def join(browser: Client, link: NewLink, **form: Any) -> Any:
    given = {"name": "Ann", "password": PASSWORD} | form
    return browser.post(f"{ROOT}join/{link.token.reveal()}/", given, headers=ENGLISH)


def sign_in(browser: Client, email: str, *, password: str = PASSWORD, to: str = "") -> Any:
    where = f"{ROOT}sign-in/?next={to}" if to else f"{ROOT}sign-in/"
    return browser.post(where, {"email": email, "password": password}, headers=ENGLISH)


def ask_for_password(browser: Client, email: str) -> Any:
    return browser.post(f"{ROOT}password/lost/", {"email": email}, headers=ENGLISH)


def guest_of(shop: Merchant, partner: Partner, email="ann@example.com", *, may_edit=True) -> Client:
    """Signed in at the partner's console."""
    browser = client_of(shop)
    answer = join(browser, invited(partner, email, may_edit=may_edit))
    assert answer.status_code == 302, answer.content.decode()
    return browser
