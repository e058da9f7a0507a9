"""Addresses that leave the house, in letters and in links that staff pass on."""

from django.conf import settings
from django.http import HttpRequest

from tenants.selectors import address_at, primary_host


def host_of(request: HttpRequest) -> str:
    """The main host of the shop that is asked, or the operators', as the directory knows it."""
    return primary_host() if getattr(request, "shop", None) else settings.OPS_HOST


def address_of(request: HttpRequest, path: str) -> str:
    """The whole address of a path. Of what the client says in `Host`, its port say, nothing."""
    return address_at(host=host_of(request), path=path)
