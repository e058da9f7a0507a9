"""Fulu's questions about a phone or a QQ number (fulu.mobile.info.get, fulu.mobile.maintain.check,
fulu.market.qqnickname.get).

Their fields are named as two public clients read them. guess: a phone's `face_value` lists what is
on sale as phone credit; a carrier is under repair when the account's option `under_repair`
names its `sp_type`; every QQ number of 5 to 11 digits has the nickname of the option `nickname`.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from simulators.money import UNIT
from simulators.phones import CITY, PROVINCE, carrier_of, takes
from simulators.records import Account, Product, Refusal, Refused

NICKNAME = "小明同学"
Biz = Mapping[str, Any]


def info_of(account: Account, biz: Biz, goods: Iterable[Product]) -> dict[str, Any]:
    phone = _phone(account, biz.get("phone"))
    faces = {p.face_e4 for p in goods if p.kind == "mobile" and p.state == "on"}
    return _home(phone) | {"city_code": "0755", "face_value": [e4 / UNIT for e4 in sorted(faces)]}


def state_of(account: Account, biz: Biz) -> dict[str, Any]:
    phone = _phone(account, biz.get("mobile"))
    is_at_work = carrier_of(phone).key not in account.options.get("under_repair", ())
    state = {"maintain_state": "正常" if is_at_work else "维护", "current_success_rate": 99.5}
    return _home(phone) | state


def nickname_of(account: Account, biz: Biz) -> dict[str, Any]:
    if not re.fullmatch(r"[1-9]\d{4,10}", str(biz.get("qq"))):
        raise Refused(Refusal.PARAM, "qq")
    return {"nickname": account.options.get("nickname", NICKNAME), "photo": ""}


def _home(phone: str) -> dict[str, Any]:
    carrier = carrier_of(phone)
    return {"province": PROVINCE, "city": CITY, "sp": carrier.name, "sp_type": carrier.key}


def _phone(account: Account, given: object) -> str:
    if not takes(account, str(given)):
        raise Refused(Refusal.PARAM, "phone")
    return str(given)
