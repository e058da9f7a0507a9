"""Staff in a browser: a member of a role, an operator, a stranger."""

from typing import Any

from django.test import Client

from core.scope import tenant_atomic
from tenants.models import Member, Merchant, User
from tests.conftest import client_of

PASSWORD = "a long enough one"
OPS = {"host": "ops.localhost"}


def make_user(email: str, **fields: Any) -> User:
    user = User(email=email, **({"language": "en"} | fields))
    user.set_password(PASSWORD)
    user.save()
    return user


def make_member(role: str, *, email: str = "") -> User:
    """Of the shop that is bound."""
    user = make_user(email or f"{role}@example.com")
    with tenant_atomic():
        Member.objects.create(user=user, role=role)
    return user


def sign_in(browser: Client, user: User, *, password: str = PASSWORD) -> Any:
    given = {"login": user.email, "password": password}
    return browser.post("/office/login/", given, headers={"accept-language": "en"})


def browser_of(shop: Merchant, role: str) -> Client:
    """Signed in at the shop with a role of its own."""
    browser = client_of(shop)
    answer = sign_in(browser, make_member(role))
    assert answer.status_code == 302, answer.content
    return browser
