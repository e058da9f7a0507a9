"""What Juhe says of a phone before anything is bought: whether it takes a value, and its home."""

from collections.abc import Callable, Mapping
from typing import Any

from suppliers.abilities import Target, Verdict, Verified
from suppliers.errors import NoAnswer, NothingSent

Ask = Callable[[str, Mapping[str, str]], tuple[int, str, Any]]
_NO = 208517  # of what cannot be topped up


def verify(ask: Ask, *, target: Target, face_value: int) -> Verified:
    said = {"phoneno": target.account, "cardnum": str(face_value)}
    code, reason, _nothing = ask("telcheck", said)
    if code == _NO:
        return Verified(verdict=Verdict.NO, told=reason.partition(" ")[2])
    if code != 0:
        raise NoAnswer(reason)
    return Verified(verdict=Verdict.YES, told=_home(ask, said))


def _home(ask: Ask, said: Mapping[str, str]) -> str:
    """It comes from another call, which may as well fail."""
    try:
        _code, _reason, found = ask("telquery", said)
    except (NoAnswer, NothingSent):
        return ""
    return str(found.get("game_area") or "") if isinstance(found, dict) else ""
