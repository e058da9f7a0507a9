"""Reloadly's words: its states, its refusals, its money, its webhook's signature."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from core.money import read_e4
from core.secrets import Secret
from suppliers.abilities import ListedProduct
from suppliers.adapters.canon import read_exact
from suppliers.errors import NoAnswer, Unspeakable
from suppliers.types import Answer, Kind, Outcome, Reply

_STATES = {
    "PENDING": Outcome.ACCEPTED,
    "PROCESSING": Outcome.ACCEPTED,
    "SUCCESSFUL": Outcome.SUCCESS,
    "FAILED": Outcome.FAILED,
    "REFUNDED": Outcome.FAILED,
}
_REFUSALS = {
    "INVALID_AMOUNT_FOR_OPERATOR",
    "INVALID_RECIPIENT_PHONE",
    "COULD_NOT_AUTO_DETECT_OPERATOR",
    "IMPOSSIBLE_AMOUNT",
    "PRICE_IS_NOT_PERMITTED",
    "TEMPORARY_OUT_OF_STOCK",
    "TRANSACTION_REJECTED_BY_OPERATOR",
    "PHONE_RECENTLY_RECHARGED",
    "INSUFFICIENT_BALANCE",
    "INACTIVE_ACCOUNT",
}
_REFUSED_FOR_TODAY = "MAX_DAILY_"
_DUPLICATE = "CUSTOM_IDENTIFIER_ALREADY_USED"


class Refused(NoAnswer):
    """An error in their words; what of it is a refusal, `read_refused` knows."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


def state_of(found: Mapping[str, Any]) -> Outcome:
    return _STATES.get(found["status"], Outcome.UNKNOWN)


def read_refusal(reply: Reply) -> tuple[str, str]:
    """Their code and message; raises NoAnswer for an error that is not the caller's."""
    found = read_exact(reply) if 400 <= reply.status < 500 else None
    if not isinstance(found, dict) or not found.get("errorCode"):
        raise NoAnswer(f"HTTP {reply.status}")
    return str(found["errorCode"]), str(found.get("message") or "")


def read_refused(refusal: Refused) -> Answer:
    """What an order's refusal means; raises it again if it is on no list."""
    if refusal.code == _DUPLICATE:
        return Answer(outcome=Outcome.ACCEPTED, reason=str(refusal))
    if refusal.code in _REFUSALS or refusal.code.startswith(_REFUSED_FOR_TODAY):
        return Answer(outcome=Outcome.REJECTED, reason=str(refusal))
    raise refusal


def number_of(product: str) -> int:
    if not (product.isascii() and product.isdigit()):
        raise Unspeakable("their products are numbers")
    return int(product)


def sign_webhook(body: bytes, *, stamp: str, key: Secret) -> str:
    said = body + b":" + stamp.encode()
    return hmac.new(key.reveal().encode(), said, hashlib.sha256).hexdigest()


def rounded_e4(text: object) -> int:
    """Their reckoning between currencies has more decimals than we keep."""
    return read_e4(Decimal(str(text)).quantize(Decimal("0.0001"), ROUND_HALF_UP))


def read_product(line: Mapping[str, Any]) -> Iterator[ListedProduct]:
    """A gift card in each of its values that can be ordered: whole units of what is on the card.

    A card of any value between two has one line without a cost. What is paid is the value in our
    money, less the discount, and the fee.
    """
    card = ListedProduct(
        product=str(line["productId"]), name=str(line["productName"]), kind=Kind.CODES
    )
    if line["denominationType"] != "FIXED":
        yield card
        return
    discount, fee = (Decimal(str(line[name])) for name in ("discountPercentage", "senderFee"))
    costs = line.get("fixedRecipientToSenderDenominationsMap") or {}
    for value, ours in costs.items():
        if Decimal(value) == int(Decimal(value)):
            cost = Decimal(str(ours)) * (100 - discount) / 100 + fee
            yield replace(
                card,
                face_value=int(Decimal(value)),
                cost_e4=rounded_e4(cost),
                currency=str(line["senderCurrencyCode"]),
            )
