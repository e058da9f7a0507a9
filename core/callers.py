"""Whose network a request comes from."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def caller_ip(request: HttpRequest) -> str:
    """The caller's address: where a proxy of ours forwards, the last one that it saw, and else
    whoever is at the other end, whatever the headers say. Empty: not known."""
    seen = _address(str(request.META.get("REMOTE_ADDR", "")))
    if not _is_ours(seen):
        return seen
    forwarded = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
    return _address(forwarded) or seen


def network_of(address: str) -> str:
    """The neighbourhood that one subscriber or house may have to itself: a /24, of IPv6 a /64."""
    if not address:
        return ""
    bits = 24 if ip_address(address).version == 4 else 64
    return str(ip_network(f"{address}/{bits}", strict=False))


def subscriber_of(address: str) -> str:
    """What one subscriber cannot change by himself: an IPv4 address, of IPv6 the /64 he was given
    with 2^64 addresses of his own."""
    return network_of(address) if ":" in address else address


@lru_cache(maxsize=4096)
def _address(text: str) -> str:
    """As one text, whichever way it was written: an IPv4 address within IPv6 is that one."""
    try:
        found = ip_address(text)
    except ValueError:  # a unix socket has none, and a proxy may pass on anything
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found).partition("%")[0]


def _is_ours(peer: str) -> bool:
    """Whether a proxy that we trust is at the other end; a unix socket is this machine's."""
    if not settings.TRUSTED_PROXIES:
        return False
    return not peer or any(
        ip_address(peer) in network for network in _networks(tuple(settings.TRUSTED_PROXIES))
    )


@lru_cache(maxsize=8)
def _networks(texts: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(text) for text in texts)
