"""Reloadly's airtime: operators, top-ups at once or later, their states and the reports of them."""

import re
from collections.abc import Mapping
from re import Match
from typing import Any
from urllib.parse import unquote

from simulators.money import to_e4
from simulators.reading import object_of, text_of
from simulators.records import Account, Product, Purchase, Refusal, Refused, State, Wish
from simulators.reloadly_floor import Floor, Routes, identifier_of
from simulators.reloadly_words import (
    country_of,
    face_of,
    operator_of,
    page_of,
    status_of,
    topup_of,
)
from simulators.shop import Shop
from simulators.wire import Visit

TOPUPS, TOPUPS_ASYNC = "topups/topups", "topups/topups-async"
PHONE = r"\+?\d{7,15}"


class Airtime:
    def __init__(self, shop: Shop) -> None:
        self._floor = Floor(shop, kinds=frozenset({"mobile", "pin"}))
        self.routes: Routes = {
            (
                "GET",
                r"topups/operators/auto-detect/phone/([^/]+)/countries/(\w+)",
            ): self._detect,
            ("POST", TOPUPS): self._topup,
            ("POST", TOPUPS_ASYNC): self._topup_later,
            ("GET", r"topups/topups/(\d{1,18})/status"): self._status,
            ("GET", "topups/topups/reports/transactions"): self._report,
        }

    def _detect(self, _visit: Visit, account: Account, path: Match[str]) -> object:
        operators = [p for p in self._floor.products() if p.kind == "mobile"]
        known = re.fullmatch(PHONE, unquote(path[1])) and path[2] == country_of(account)
        if not known or not operators:
            raise Refused(Refusal.PARAM, "COULD_NOT_AUTO_DETECT_OPERATOR")
        return operator_of(account, operators[0])

    def _topup(self, visit: Visit, account: Account, _path: Match[str]) -> object:
        bought = self._floor.shop.buy_at_once(visit, account, self._wish(visit, account))
        return self._told(account, bought)

    def _topup_later(self, visit: Visit, account: Account, _path: Match[str]) -> object:
        bought = self._floor.shop.buy(visit, account, self._wish(visit, account))
        return {"transactionId": bought.id}

    def _status(self, _visit: Visit, account: Account, path: Match[str]) -> object:
        purchase = self._floor.order(account, path[1])
        failed = purchase.state == State.FAILED
        return {
            "code": "TRANSACTION_REJECTED_BY_OPERATOR" if failed else None,
            "message": "The operator has rejected it" if failed else None,
            "status": status_of(purchase),
            "transaction": self._told(account, purchase),
        }

    def _report(self, visit: Visit, account: Account, _path: Match[str]) -> object:
        found = self._floor.orders(account, visit.client_no)
        return page_of(self._told(account, purchase) for purchase in found)

    def _wish(self, visit: Visit, account: Account) -> Wish:
        given = object_of(visit.body)
        product = self._floor.product(text_of(given, "operatorId"))
        phone = _phone(given)
        _check_amount(given, product)
        return Wish(
            client_no=identifier_of(given),
            product=product,
            quantity=1,
            charged_to=phone if product.kind == "mobile" else "",
            callback_url=account.callback_url,
            details={"recipientPhone": phone},
        )

    def _told(self, account: Account, purchase: Purchase) -> object:
        return topup_of(account, purchase, self._floor.product(purchase.product))


def _check_amount(given: Mapping[str, Any], product: Product) -> None:
    is_local = given.get("useLocalAmount") is True
    if to_e4(given.get("amount")) != (face_of(product) if is_local else product.price_e4):
        raise Refused(Refusal.PARAM, "INVALID_AMOUNT_FOR_OPERATOR")


def _phone(given: Mapping[str, Any]) -> str:
    phone = given.get("recipientPhone")
    number = str(phone.get("number", "")) if isinstance(phone, dict) else ""
    if not re.fullmatch(PHONE, number):
        raise Refused(Refusal.PARAM, "INVALID_RECIPIENT_PHONE")
    return number
