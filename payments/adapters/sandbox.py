"""The sandbox's protocol: JSON, signed by HMAC-SHA256 over `timestamp.body` with a merchant's key.

Its quirks are a real provider's: it repeats itself until it hears `success`, and a repeat carries a
new timestamp and a new signature but the same event.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from core.secrets import Secret
from payments.errors import NoticeRefused
from payments.states import Outcome
from payments.types import Notice, Opened, Payable, RefundAnswer, RefundOrder

NAME = "sandbox"
LONGEST_BODY = 16 * 1024
SIGNATURE = "X-Sandbox-Signature"
TIMESTAMP = "X-Sandbox-Timestamp"
PAID = "TRADE_SUCCESS"
CONTENT_TYPE = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidTrade:
    """A trade that somebody paid, as the sandbox answers when it is asked."""

    ref: str
    amount_e4: int
    currency: str
    paid_at: datetime
    payer: str = ""


class SandboxBooks(Protocol):
    """The sandbox's end of the wire; a real provider's would be a transport."""

    def open(self, *, number: str, payable: Payable, expires_at: datetime) -> Opened: ...

    def paid_trade(self, *, number: str, now: datetime) -> PaidTrade | None: ...

    def refund(self, *, order: RefundOrder) -> RefundAnswer: ...


class SandboxProvider:
    name = NAME
    success = b"success"

    def __init__(
        self, *, key: Callable[[], bytes], merchant_ref: Callable[[], str], books: SandboxBooks
    ) -> None:
        self._key, self._merchant_ref, self._books = key, merchant_ref, books

    @property
    def merchant_ref(self) -> str:
        return self._merchant_ref()

    def open(self, *, number: str, payable: Payable, expires_at: datetime) -> Opened:
        return self._books.open(number=number, payable=payable, expires_at=expires_at)

    def ask(self, *, number: str, now: datetime) -> Notice | None:
        trade = self._books.paid_trade(number=number, now=now)
        if trade is None:
            return None
        return Notice(
            provider=NAME,
            event_ref=f"ASK{trade.ref}",
            payment_number=number,
            merchant_ref=self.merchant_ref,
            amount_e4=trade.amount_e4,
            currency=trade.currency,
            paid_at=trade.paid_at,
            is_paid=True,
            provider_ref=trade.ref,
            signed_at=now,
            body_digest=hashlib.sha256(trade.ref.encode()).digest(),
            payer=Secret(trade.payer) if trade.payer else None,
        )

    def refund(self, *, order: RefundOrder) -> RefundAnswer:
        return self._books.refund(order=order)

    def read_notice(self, *, body: bytes, headers: Mapping[str, str]) -> Notice:
        given = {name.lower(): value for name, value in headers.items()}
        stamp = given.get(TIMESTAMP.lower(), "")
        if len(body) > LONGEST_BODY:
            raise NoticeRefused(Outcome.UNREADABLE)
        # Signature first: nothing of an unsigned body is read, not even for the record.
        theirs = given.get(SIGNATURE.lower(), "")
        if not hmac.compare_digest(sign(self._key(), stamp, body).encode(), theirs.encode()):
            raise NoticeRefused(Outcome.FORGED)
        try:
            return _read(json.loads(body), stamp=stamp, body=body)
        except (ValueError, KeyError, TypeError, OverflowError, OSError):
            raise NoticeRefused(Outcome.UNREADABLE) from None


def sign(key: bytes, stamp: str, body: bytes) -> str:
    return hmac.digest(key, stamp.encode() + b"." + body, "sha256").hex()


def write(*, key: bytes, fields: Mapping[str, Any], now: datetime) -> tuple[bytes, dict[str, str]]:
    """A notice as it goes over the wire: body and headers."""
    body = json.dumps(fields, ensure_ascii=False).encode()
    stamp = str(int(now.timestamp()))
    return body, {
        SIGNATURE: sign(key, stamp, body),
        TIMESTAMP: stamp,
        "Content-Type": CONTENT_TYPE,
    }


def _read(fields: Mapping[str, Any], *, stamp: str, body: bytes) -> Notice:
    return Notice(
        provider=NAME,
        event_ref=_text(fields["event_id"], 40),
        payment_number=_text(fields["out_trade_no"], 32),
        merchant_ref=_text(fields["merchant_no"], 40),
        amount_e4=_whole(fields["amount_e4"]),
        currency=_text(fields["currency"], 3),
        paid_at=datetime.fromtimestamp(_whole(fields["paid_at"]), UTC),
        is_paid=fields["trade_status"] == PAID,
        provider_ref=_text(fields["trade_no"], 32),
        signed_at=datetime.fromtimestamp(int(stamp), UTC),
        body_digest=hashlib.sha256(body).digest(),
        payer=Secret(_text(fields["buyer_id"], 64)) if "buyer_id" in fields else None,
    )


def _text(value: object, longest: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= longest or "\0" in value:
        raise ValueError
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value
