"""What the stand-ins know of a phone: its carrier, where it is at home, whom they will not top up.

guess: 133, 153, 180, 189 are 中国电信, 130, 131, 185, 186 are 中国联通, every other number is
中国移动, and all of them live in 广东深圳. An account's option `no_phones` lists beginnings of
numbers that cannot be topped up.
"""

import re
from dataclasses import dataclass

from simulators.records import Account

PHONE = r"1\d{10}"
PROVINCE, CITY = "广东", "深圳"
_TELECOM, _UNICOM = ("133", "153", "180", "189"), ("130", "131", "185", "186")


@dataclass(frozen=True, kw_only=True, slots=True)
class Carrier:
    key: str
    name: str


def carrier_of(phone: str) -> Carrier:
    if phone.startswith(_TELECOM):
        return Carrier(key="2", name="电信")
    if phone.startswith(_UNICOM):
        return Carrier(key="3", name="联通")
    return Carrier(key="1", name="移动")


def home_of(phone: str) -> str:
    """`广东深圳移动`"""
    return f"{PROVINCE}{CITY}{carrier_of(phone).name}"


def takes(account: Account, phone: str) -> bool:
    beginnings = tuple(account.options.get("no_phones", ()))
    return re.fullmatch(PHONE, phone) is not None and not phone.startswith(beginnings)
