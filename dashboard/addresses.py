"""Addresses that leave the house, in letters and in links that staff pass on."""

from django.conf import settings
from django.http import HttpRequest

from core.scope import bound_tenant
from tenants.selectors import address_at, primary_host


def host_of(request: HttpRequest) -> str:
    """The main host of the shop that is asked, or that an operator acts for, or the operators', as
    the directory knows it."""
    has_shop = getattr(request, "shop", None) or bound_tenant()
    return primary_host() if has_shop else settings.OPS_HOST


def address_of(request: HttpRequest, path: str) -> str:
    """The whole address of a path. Of what the client says in `Host`, its port say, nothing."""
    return address_at(host=host_of(request), path=path)
