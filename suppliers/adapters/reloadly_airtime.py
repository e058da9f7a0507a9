"""Reloadly airtime: credit for a phone, or an operator's PIN where it sells by PIN."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from core.secrets import Secret
from suppliers.abilities import Target, Verdict, Verified
from suppliers.adapters.reloadly import Reloadly
from suppliers.adapters.reloadly_words import (
    Refused,
    number_of,
    read_refused,
    rounded_e4,
    state_of,
)
from suppliers.errors import Unspeakable
from suppliers.types import Answer, BoughtCode, Kind, Outcome, PurchaseOrder

_COUNTRY = "countryCode"
_NOT_THEIRS = {"COULD_NOT_AUTO_DETECT_OPERATOR", "INVALID_RECIPIENT_PHONE"}


class ReloadlyAirtime(Reloadly):
    name = "reloadly_airtime"
    audience = "https://topups.reloadly.com"
    accept = "application/com.reloadly.topups-v1+json"

    def buy(self, *, order: PurchaseOrder, number: str) -> Answer:
        """`product` is the operator, `fields["countryCode"]` the phone's country (`ES`).

        `face_value` is what arrives, in the phone's own currency. It is ordered without waiting:
        an operator may think longer than a call may last.
        """
        if order.kind is Kind.TOP_UP or order.quantity != 1 or order.face_value <= 0:
            raise Unspeakable("credit for one phone is bought here, of a known value")
        if not order.fields.get(_COUNTRY):
            raise Unspeakable("a phone's country has to be known")
        self._check_currency()
        said = {
            "operatorId": number_of(order.product),
            "amount": order.face_value,
            "useLocalAmount": True,
            "customIdentifier": number,
            "recipientPhone": {"countryCode": order.fields[_COUNTRY], "number": order.target},
        }
        try:
            found = self._post("/topups-async", said)
        except Refused as refusal:
            return read_refused(refusal)
        return Answer(outcome=Outcome.ACCEPTED, supplier_ref=str(found["transactionId"]))

    def query(self, *, number: str) -> Answer:
        found = self._found("/topups/reports/transactions", number)
        if found is None:
            return Answer(outcome=Outcome.UNKNOWN, reason="no such order", is_absent=True)
        if state_of(found) is Outcome.SUCCESS and "pinDetail" not in found:
            status = self._get(f"/topups/{int(found['transactionId'])}/status")
            found = found | (status.get("transaction") or {})
        return _read(found)

    @staticmethod
    def can_verify(*, kind: str, face_value: int) -> bool:
        return face_value > 0

    def verify(self, *, target: Target, product: str, face_value: int) -> Verified:
        """Another operator than the ordered one is no NO: a number may have moved to it."""
        country = target.fields.get(_COUNTRY)
        if not country:
            raise Unspeakable("a phone's country has to be known")
        phone = f"phone/{quote(target.account, safe='')}/countries/{quote(country, safe='')}"
        try:
            found = self._get(f"/operators/auto-detect/{phone}")
        except Refused as refusal:
            if refusal.code in _NOT_THEIRS:
                return Verified(verdict=Verdict.NO)
            raise
        is_theirs = str(found.get("operatorId") or found.get("id")) == product
        verdict = Verdict.YES if is_theirs else Verdict.UNKNOWN
        return Verified(verdict=verdict, told=str(found.get("name") or ""))


def _read(found: Mapping[str, Any]) -> Answer:
    outcome, pin = state_of(found), found.get("pinDetail")
    cost = rounded_e4(found["requestedAmount"]) - rounded_e4(found.get("discount") or "0")
    return Answer(
        outcome=outcome,
        supplier_ref=str(found["transactionId"]),
        codes=(_code(pin),) if pin and outcome is Outcome.SUCCESS else (),
        cost_e4=cost,
        reason=str(found["status"]),
        product=str(found["operatorId"]),
    )


def _code(pin: Mapping[str, Any]) -> BoughtCode:
    serial, code = pin.get("serial"), pin["code"]
    if not isinstance(code, str) or not code:
        raise ValueError("a PIN without a code")
    return BoughtCode(number=Secret(str(serial)) if serial else None, secret=Secret(code))
