"""Whose network a request comes from."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def caller_ip(request: HttpRequest) -> str:
    """The caller's address: behind our own TLS proxy, the last one it saw. Empty: not known."""
    seen = str(request.META.get("REMOTE_ADDR", ""))
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        seen = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip() or seen
    try:
        return str(ip_address(seen))
    except ValueError:  # a unix socket has none, and a proxy may pass on anything
        return ""
