"""Where an address or a phone number is from, and whose network that is: looked up offline, in data
that comes with packages, or in newer files that the settings name.

What the data does not know is left out. A look at an order never fails for it.
"""

import re
import struct
from collections.abc import Callable
from functools import lru_cache
from importlib import resources
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TypeVar

import structlog
from django.conf import settings
from ip2region.searcher import Searcher, new_with_buffer
from ip2region.util import IPv4, load_content_from_file
from phone import Phone

from risk.types import Value
from risk.words import DATACENTERS, PROVINCES

Found = dict[str, Value]
T = TypeVar("T")
log = structlog.get_logger(__name__)
_CHINA, _NOTHING = "中国", frozenset({"", "0"})
_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_VIRTUAL = "虚拟运营商"
_PROBE_IP, _PROBE_PHONE = "114.114.114.114", "1380013"
# What a file that is none, or is damaged, makes its reader say.
_BROKEN = (OSError, ValueError, LookupError, TypeError, struct.error)


def facts_of(*, ip: str, phone: str, account: str) -> Found:
    """What rules may ask of these, by the names of `risk.facts`; each may be empty."""
    found = of_ip(ip) | of_phone(phone)
    if "ip_province" in found and "phone_province" in found:
        found["province_differs"] = found["ip_province"] != found["phone_province"]
    if province := of_phone(account).get("phone_province"):
        found["account_province"] = province
    return found


def of_ip(ip: str) -> Found:
    """Nothing of an address of IPv6, or of a private one."""
    known = _region(ip)
    if known is None:
        return {}
    country, province, city, isp = known
    found: Found = {"ip_country": country, "ip_isp": isp.removeprefix(_CHINA)}
    if country == _CHINA:
        found |= {"ip_province": _province(province), "ip_city": city.removesuffix("市")}
    found = {name: text for name, text in found.items() if text not in _NOTHING}
    if "ip_isp" in found:
        found["is_datacenter"] = found["ip_isp"] in DATACENTERS
    return found


def of_phone(phone: str) -> Found:
    """Of a mobile number of mainland China: where it was handed out, and by whom."""
    number, table = _MOBILE.fullmatch(phone), _phones(settings.PHONE_REGIONS_FILE)
    if number is None or table is None:
        return {}
    try:
        known = table.find(number[1][:7])
    except _BROKEN:
        return {}
    if not known:
        return {}
    carrier = known["phone_type"] or ""
    found: Found = {
        "phone_province": _province(known["province"]),
        "phone_carrier": carrier.removesuffix(_VIRTUAL),
        "is_virtual_phone": carrier.endswith(_VIRTUAL),
    }
    return {name: value for name, value in found.items() if value != ""}


def plain_address(ip: str) -> IPv4Address | IPv6Address:
    """One of IPv4 that is written as one of IPv6 is one of IPv4. Raises ValueError."""
    found = ip_address(ip.partition("%")[0])
    return (isinstance(found, IPv6Address) and found.ipv4_mapped) or found


def _region(ip: str) -> tuple[str, str, str, str] | None:
    """Country, province, city, network, as the data calls them; "0" is what it does not know."""
    table = _addresses(settings.IP_REGIONS_FILE)
    if not ip or table is None:
        return None
    try:
        address = plain_address(ip)
        if address.version != 4 or not address.is_global:
            return None
        return _read(table.search(address.packed))
    except _BROKEN:
        return None


def _read(text: str) -> tuple[str, str, str, str] | None:
    """`country|region|province|city|isp` until 2025, `country|province|city|isp|code` since."""
    parts = text.split("|")
    if len(parts) == 5:
        del parts[4 if re.fullmatch("[A-Z]{2}", parts[4]) else 1]
    return (parts[0], parts[1], parts[2], parts[3]) if len(parts) == 4 else None


def _province(text: str) -> str:
    """Without what it is (广东省, 广西壮族自治区): the files differ in that."""
    return next((name for name in PROVINCES if text.startswith(name)), "")


@lru_cache(maxsize=1)
def _addresses(path: str) -> Searcher | None:
    def load() -> Searcher:
        inside = resources.files("XdbSearchIP") / "data" / "ip2region.xdb"
        table = new_with_buffer(IPv4, load_content_from_file(path or str(inside)))
        table.search(_PROBE_IP)
        return table

    return _loaded("IP_REGIONS_FILE", load)


@lru_cache(maxsize=1)
def _phones(path: str) -> Phone | None:
    def load() -> Phone:
        table = Phone(path or None)
        table.find(_PROBE_PHONE)
        return table

    return _loaded("PHONE_REGIONS_FILE", load)


def _loaded(name: str, load: Callable[[], T]) -> T | None:
    """Once in a process. A file that cannot be read is told of in the log, and knows nothing."""
    try:
        return load()
    except _BROKEN as why:
        log.exception("regions_unreadable", file=name, why=type(why).__name__)
        return None
