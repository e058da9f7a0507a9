"""Which browser asks, without an account: a signed cookie that only its own shop reads.

`qy_device` is set with the first form, for as long as the browser stays open, and kept from the
first order on: it lists "my orders on this device", and a form's key means something with it only.
`qy_open` opens one order on another device after its owner proved it: it is sent on that order's
own path only.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.core.signing import BadSignature, Signer, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from core.callers import caller_ip
from storefront.types import Device
from tenants.types import Shop

COOKIE, OPEN_COOKIE = "qy_device", "qy_open"
KEPT = timedelta(days=400)
OPENED = timedelta(hours=12)
_DEVICES = Signer(salt="storefront.device")
_OPENED = TimestampSigner(salt="storefront.opened")


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser at one shop; `buyer_key` is what orders know it by."""

    shop_id: int
    name: str

    @property
    def buyer_key(self) -> str:
        return hashlib.sha256(f"device|{self.shop_id}|{self.name}".encode()).hexdigest()


def find_browser(request: HttpRequest) -> Browser | None:
    """The browser behind a request, if it ordered here before."""
    try:
        value = _DEVICES.unsign(request.COOKIES.get(COOKIE, "")[:200])
    except BadSignature:
        return None
    shop_id, _, name = value.partition(".")
    return Browser(int(shop_id), name) if shop_id == str(shop_of(request).id) else None


def new_browser(request: HttpRequest, *, form: str) -> Browser:
    """A browser whose cookie has gone since it got the form: named by the form and by what only
    this browser and its page know, so that a double click makes one browser and not two."""
    own = request.META.get("CSRF_COOKIE") or secrets.token_hex()
    return Browser(shop_of(request).id, hashlib.sha256(f"{own}|{form}".encode()).hexdigest())


def of_request(request: HttpRequest, browser: Browser | None = None) -> Device:
    """Who asks, and from where; without a browser that is known, only from where."""
    found = browser or find_browser(request)
    return Device(
        buyer_key=found.buyer_key if found else "",
        ip=caller_ip(request),
        language=get_language() or "zh-hans",
    )


def greet(request: HttpRequest, response: HttpResponse) -> None:
    """Name a browser that gets a form, before it sends it."""
    if COOKIE not in response.cookies and find_browser(request) is None:
        browser = Browser(shop_of(request).id, secrets.token_hex())
        _set(response, COOKIE, _signed(browser), age=None, path="/")


def keep_for_now(request: HttpRequest, response: HttpResponse, browser: Browser) -> None:
    """Have a browser without a name be this one from now on, for as long as it stays open."""
    if find_browser(request) is None:
        _set(response, COOKIE, _signed(browser), age=None, path="/")


def remember(response: HttpResponse, browser: Browser) -> None:
    _set(response, COOKIE, _signed(browser), age=KEPT, path="/")


def _signed(browser: Browser) -> str:
    return _DEVICES.sign(f"{browser.shop_id}.{browser.name}")


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path="/", samesite="Lax")


def open_here(response: HttpResponse, *, order_id: int, path: str) -> None:
    _set(response, OPEN_COOKIE, _OPENED.sign(str(order_id)), age=OPENED, path=path)


def is_open_here(request: HttpRequest, *, order_id: int) -> bool:
    try:
        given = request.COOKIES.get(OPEN_COOKIE, "")[:200]
        return _OPENED.unsign(given, max_age=OPENED) == str(order_id)
    except BadSignature:
        return False


def shop_of(request: HttpRequest) -> Shop:
    """The shop whose host was asked; tenants.middleware has set it."""
    found: Shop = cast("Any", request).shop
    return found


def _set(
    response: HttpResponse, name: str, value: str, *, age: timedelta | None, path: str
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=age,
        path=path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
