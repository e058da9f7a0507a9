"""Who is listed and looked at, as a person writes it, and as it is kept."""

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from django.utils.translation import gettext_lazy as _

from core.contacts import clean_mail, clean_phone
from core.crypto import indexer
from core.errors import InvalidInput
from risk.places import plain_address
from risk.states import Trait

MAIL_DOMAIN = "mail_domain"
LONGEST = 100
# Nobody means all of a continent: an address of it is some honest buyer's.
WIDEST = {4: 8, 6: 20}
_MAPPED = 96  # bits before an address of IPv4 that is written as one of IPv6


def digest_of(trait: str, text: str) -> bytes:
    """What somebody is known by again, without being known: of IPv6 by his /64, in which he has
    as many addresses as he likes."""
    if trait == Trait.IP:
        address = plain_address(text)
        text = str(address if address.version == 4 else ip_network((address, 64), strict=False))
    return indexer(field=f"risk.{trait}")(text)[:16]


def network_of(ip: str) -> str:
    """The /24 of an address; of IPv6 the /48, which one customer may have to himself."""
    address = plain_address(ip)
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))


def clean_value(trait: str, value: str) -> str:
    """As it is kept, or its digest is made of. Raises InvalidInput."""
    if trait in (Trait.IP, Trait.NET):
        return _clean_address(trait, value)
    if trait == Trait.PHONE:
        return clean_phone(value, param="value")
    if trait == Trait.MAIL:
        return clean_mail(value, param="value")
    if trait == MAIL_DOMAIN:
        if len(value) > LONGEST:
            raise InvalidInput(_("Write what is to be listed."), param="value")
        return clean_mail(f"x@{value.lower().removeprefix('@')}", param="value")[2:]
    if not 1 <= len(value) <= LONGEST or not value.isprintable():
        raise InvalidInput(_("Write what is to be listed."), param="value")
    return value


def _clean_address(trait: str, value: str) -> str:
    try:
        found = _read(trait, value)
    except ValueError as why:
        raise InvalidInput(
            _("“%(value)s” is no address or network.") % {"value": value[:60]}, param="value"
        ) from why
    if not isinstance(found, IPv4Address | IPv6Address) and found.prefixlen < WIDEST[found.version]:
        raise InvalidInput(
            _("%(value)s is too large a network: list its parts, /%(bits)s or smaller.")
            % {"value": found, "bits": WIDEST[found.version]},
            param="value",
        )
    return str(found)


def _read(trait: str, value: str) -> IPv4Address | IPv6Address | IPv4Network | IPv6Network:
    """Raises ValueError, for a zone too: it may be any text, is one machine's own name for a cable,
    and Postgres knows no network with one."""
    if "%" in value:
        raise ValueError("an address with a zone")
    if trait == Trait.IP:
        return ip_address(value)
    found = ip_network(value, strict=False)
    mapped = isinstance(found, IPv6Network) and found.network_address.ipv4_mapped
    if not mapped or found.prefixlen < _MAPPED:
        return found
    return ip_network((mapped, found.prefixlen - _MAPPED))
