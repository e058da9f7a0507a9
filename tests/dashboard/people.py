"""Staff in a browser: a member of a role, an operator, a stranger."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client

from core.scope import tenant_atomic
from tenants.middleware import _HOST_KEY
from tenants.models import Member, Merchant, User
from tests.authenticator import digits
from tests.conftest import client_of

PASSWORD = "a long enough one"
(BACKEND,) = settings.AUTHENTICATION_BACKENDS
OPS = {"host": "ops.localhost"}
OPS_MAIL = "ops@example.com"


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


def signed_in(browser: Client, user: User) -> Client:
    """With the session that the form would have begun just now (test_signing_in tells whether it
    does): thousands of tests want one, and the form costs ten times what they look at."""
    session, request = SessionStore(), HttpRequest()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = BACKEND
    session[_HOST_KEY] = browser.defaults["HTTP_HOST"]
    session.set_expiry(0)  # over when the browser is closed
    request.session = session
    record_authentication(request, user, "password", email=user.email)
    session.create()
    browser.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    return browser


def browser_of(shop: Merchant, role: str) -> Client:
    """Signed in at the shop with a role of its own."""
    return signed_in(client_of(shop), make_member(role))


def operator_browser() -> Client:
    """Of an operator who has signed in with the second factor just now."""
    browser, user = Client(headers=OPS), make_user(OPS_MAIL, is_operator=True)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    sign_in(browser, user)
    answer = browser.post("/office/security/code/", {"code": digits(secret)})
    assert answer.status_code == 302, answer.content
    return browser
