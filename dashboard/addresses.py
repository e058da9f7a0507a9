"""Addresses that leave the house, in letters and in links that staff pass on."""

from django.conf import settings
from django.http import HttpRequest

from tenants.selectors import primary_host


def host_of(request: HttpRequest) -> str:
    """The main host of the shop that is asked, or the operators', as the directory knows it."""
    return primary_host() if getattr(request, "shop", None) else settings.OPS_HOST


def address_of(request: HttpRequest, path: str) -> str:
    """The whole address of a path. Of what the client says in `Host`, its port say, nothing."""
    scheme = "https" if settings.SECURE_SSL_REDIRECT else "http"
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{scheme}://{host_of(request)}{port}{path}"
