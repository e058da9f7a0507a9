"""What Fulu knows of a phone or a QQ number before anything is bought.

Its quirk: no table of its errors is public, so that a question which was refused says nothing.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from core.secrets import masked_name
from suppliers.abilities import Target, Verdict, Verified
from suppliers.errors import NoAnswer

Ask = Callable[[str, Mapping[str, Any]], dict[str, Any]]
_CARRIERS = {"1": "中国移动", "2": "中国电信", "3": "中国联通"}
_OPEN, _UNDER_REPAIR = "正常", "维护"


def verify(ask: Ask, *, target: Target, face_value: int) -> Verified:
    if face_value:
        return _phone(ask, target.account, face_value)
    return _qq(ask, target.account)


def _phone(ask: Ask, phone: str, face_value: int) -> Verified:
    """Whether its carrier there takes this value, and is at work just now."""
    found = ask("fulu.mobile.info.get", {"phone": phone, "face_value": face_value})
    told = " · ".join(filter(None, (_carrier(found), str(found.get("province") or ""))))
    values = {Decimal(str(value)) for value in found.get("face_value") or ()}
    if values and face_value not in values:
        return Verified(verdict=Verdict.NO, told=told)
    state = ask("fulu.mobile.maintain.check", {"mobile": phone, "face_value": face_value})
    match state["maintain_state"]:
        case word if word == _OPEN:
            return Verified(verdict=Verdict.YES, told=told)
        case word if word == _UNDER_REPAIR:
            return Verified(verdict=Verdict.NO, told=f"{told} · {word}")
    raise NoAnswer("a carrier in a state that is not on the list")


def _carrier(found: Mapping[str, Any]) -> str:
    return _CARRIERS.get(str(found.get("sp_type")), str(found.get("sp") or ""))


def _qq(ask: Ask, number: str) -> Verified:
    nickname = str(ask("fulu.market.qqnickname.get", {"qq": number}).get("nickname") or "").strip()
    if not nickname:
        raise NoAnswer("a QQ number without a nickname")
    return Verified(verdict=Verdict.YES, told=masked_name(nickname))
