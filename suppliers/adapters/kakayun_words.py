"""How Kakayun's words on an order, and on what it sells, are read."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

from core.money import read_e4
from core.secrets import Secret
from suppliers.abilities import ListedProduct
from suppliers.adapters.listing import stock_of
from suppliers.types import Answer, BoughtCode, Kind, Outcome

_BEIJING = timezone(timedelta(hours=8))
_STATES = {
    "0": Outcome.ACCEPTED,
    "1": Outcome.ACCEPTED,
    "2": Outcome.ACCEPTED,
    "3": Outcome.ACCEPTED,
    "4": Outcome.FAILED,
    "5": Outcome.SUCCESS,
}
_ALL_BACK = {"1", "4"}  # refunded; refunded the way it was paid
_FAILURE = "0"  # in words: which one
# Their table of errors, without what may come after the order was made (-1, 404, 1212, 9999).
_REFUSALS = {
    *("401", "402", "403", "1000", "1001", "1002"),  # the signature, the address, who we are
    *("1200", "1201", "1202", "1203", "1204", "1208", "1211"),  # a field
    *("1206", "1207", "1209", "1210", "1213", "1214"),  # the goods, their price, our money
}
_DUPLICATE, _ABSENT = "1205", "1301"
_DUPLICATE_WORDS = ("重复", "已存在", "duplicate", "already")
_UNDECIDED_WORDS = ("繁忙", "超时", "处理中", "稍后", "异常", "busy", "timeout", "later")
_ABSENT_WORDS = ("订单不存在", "订单未找到")

_ON_SALE, _CARDS = "1", "1"


def read_product(line: Mapping[str, Any]) -> Iterator[ListedProduct]:
    """The number of pieces counts for cards only: a top-up has none that runs out."""
    kind = Kind.CODES if str(line["goodstype"]) == _CARDS else Kind.TOP_UP
    yield ListedProduct(
        product=str(line["goodsid"]),
        name=str(line["goodsname"]),
        kind=kind,
        cost_e4=read_e4(line["goodsprice"]),
        is_on_sale=str(line["goodsstatus"]) == _ON_SALE,
        stock=stock_of(line.get("stock")) if kind is Kind.CODES else None,
    )


def is_duplicate(code: str, message: str) -> bool:
    return code == _DUPLICATE or (code == _FAILURE and _says(message, _DUPLICATE_WORDS))


def is_refusal(code: str, message: str) -> bool:
    """A failure without a word of explanation is none: we ask."""
    if code == _FAILURE:
        return bool(message) and not _says(message, _UNDECIDED_WORDS + _DUPLICATE_WORDS)
    return code in _REFUSALS


def is_absent(code: str, message: str) -> bool:
    return code == _ABSENT or (code == _FAILURE and _says(message, _ABSENT_WORDS))


def read_order(found: Mapping[str, Any]) -> Answer:
    state, refund = str(found["status"]), str(found.get("refundstatus", ""))
    outcome = _STATES.get(state, Outcome.UNKNOWN)
    if outcome is Outcome.FAILED and refund not in _ALL_BACK:
        outcome = Outcome.UNKNOWN  # the money is not back, or a part: nobody has said why
    is_done = outcome is Outcome.SUCCESS
    money, back = found.get("money"), read_e4(found.get("refundmoney") or "0")
    return Answer(
        outcome=outcome,
        supplier_ref=str(found["orderno"]),
        codes=tuple(map(_code, _cards(found))) if is_done else (),
        cost_e4=None if money is None else read_e4(money) - back,
        reason=str(found.get("receipt") or f"status {state}, refund {refund or 'none'}")[:200],
        quantity=int(found["buynum"]) if "buynum" in found else None,
    )


def _cards(found: Mapping[str, Any]) -> list[Any]:
    """Their older list has lines of text instead."""
    return found.get("cards") or found.get("cardlist") or []


def _code(card: Mapping[str, Any] | str) -> BoughtCode:
    if isinstance(card, str):
        return BoughtCode(secret=Secret(card))
    number, secret = card.get("card_no") or "", card["card_pwd"] or ""
    if not secret:  # a card of one word only
        number, secret = "", number
    return BoughtCode(
        number=Secret(_word(number)) if number else None,
        secret=Secret(_word(secret)),
        expires_on=_day(card.get("card_expire_at")),
    )


def _word(text: object) -> str:
    if not isinstance(text, str) or not text:
        raise ValueError("a code that is no text may have lost its zeros")
    return text


def _day(stamp: object) -> date | None:
    """None too for what is no moment: a code is not lost for its date."""
    try:
        return datetime.fromtimestamp(int(str(stamp)), _BEIJING).date() if stamp else None
    except (ValueError, OverflowError, OSError):
        return None


def _says(message: str, words: tuple[str, ...]) -> bool:
    return any(word in message.lower() for word in words)
