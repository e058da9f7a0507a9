"""iQIYI TOB (/partner: subscribe, query, receive, cardSend; partnerFv/create).

An account's id is its partnerNo, its secret the key. `item` is a product of kind `direct`,
`productCode` one of kind `card`. There is no callback. Replies carry no signature.

Guesses, where nothing is published:
guess: every field that was sent is signed, empty ones too, except `sign`;
guess: replies are {code, msg, data}; card codes are texts in `data.codes`, of cardSend as of query,
`nickname` is in `data`, too;
guess: an `orderNo` or `partnerOrderCode` seen before is answered as the first time, for the vendor
says "retry"; the account's option `duplicates` `refused` answers Q00202 (concurrent) instead;
guess: `sum` is the most that the whole order may cost; more is a wrong parameter (Q00301);
guess: a partner without money is told Q00305 (product invalid), as is one who asks for too much;
guess: what is unknown of partner or key is Q00307, what is too late by the clock or unknown by its
path Q00301;
guess: query says Q00418 (refunded) of an order that failed, too, for its money was given back, and
cardSend says so of cards that it could not make;
guess: cardSend is done when it answers; `mobile` makes it one that sends an SMS;
guess: receive opens an order that was only synced, and `receiveAccount` is not compared.
card-subscribe.action, the RSA variants and the account checks (Q00304, Q00420) are not played.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from hmac import compare_digest
from typing import Any

from simulators.dialect import Silent
from simulators.reading import count_of, form_of, text_of
from simulators.records import Account, Product, Purchase, Refusal, Refused, State, Wish
from simulators.shop import Shop
from simulators.wire import Reply, Visit

ROOT = "/iqiyi/"
FEN_E4 = 100
OK, RECEIVED, REFUNDED = "A00000", "Q00410", "Q00418"
BOUGHT_FOR = ("mobile", "encryptedMobile", "partnerUserId")
KEPT = (*BOUGHT_FOR, "contentId", "areaCode", "fv", "version")
BY_SMS, WITHOUT_SMS = 10, 100
MESSAGES = {OK: "成功", RECEIVED: "订单已领取", REFUNDED: "订单已退款"}
ERRORS = {
    Refusal.BUSY: ("A00002", "系统错误"),
    Refusal.DUPLICATE: ("Q00202", "并发请求"),
    Refusal.PARAM: ("Q00301", "参数错误"),
    Refusal.NO_METHOD: ("Q00301", "接口不存在"),
    Refusal.CLOCK: ("Q00301", "时间戳超出范围"),
    Refusal.PRICE: ("Q00301", "金额错误"),
    Refusal.NO_PRODUCT: ("Q00305", "商品无效"),
    Refusal.OFF_SHELF: ("Q00305", "商品已下架"),
    Refusal.STOCK: ("Q00305", "商品库存不足"),
    Refusal.BALANCE: ("Q00305", "余额不足"),
    Refusal.NO_ACCOUNT: ("Q00307", "合作方不存在"),
    Refusal.SIGN: ("Q00307", "签名错误"),
    Refusal.NO_ORDER: ("Q00409", "订单不存在"),
}
Given = Mapping[str, str]
Data = dict[str, Any] | None
Deed = Callable[[Visit, Account, Given], tuple[str, Data]]


def sign(given: Given, key: str) -> str:
    joined = "&".join(f"{name}={given[name]}" for name in sorted(given) if name != "sign")
    return hashlib.md5((joined + key).encode()).hexdigest()  # noqa: S324 -- the protocol's own


class Iqiyi(Silent):
    name = "iqiyi"

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._paths: Mapping[str, Deed] = {
            "partner/subscribe.action": self._subscribe,
            "partner/card/cardSend.action": self._send_cards,
            "partner/query.action": self._query,
            "partner/receive": self._receive,
            "partnerFv/create": self._name_customer,
        }

    def answer(self, visit: Visit) -> Reply:
        try:
            account, deed, given = self._meant(visit)
            code, data = deed(visit, account, given)
        except Refused as refused:
            visit.outcome = f"refused {refused}"
            return _reply(*ERRORS[refused.refusal], None)
        visit.outcome = "ok"
        return _reply(code, MESSAGES[code], data)

    def _meant(self, visit: Visit) -> tuple[Account, Deed, Given]:
        given = form_of(visit)
        account = self._shop.ledger.find_account(self.name, given.get("partnerNo", ""))
        if account is None:
            raise Refused(Refusal.NO_ACCOUNT)
        visit.account = account
        visit.client_no = given.get("orderNo") or given.get("partnerOrderCode") or ""
        if not compare_digest(sign(given, account.secret).encode(), given.get("sign", "").encode()):
            raise Refused(Refusal.SIGN)
        deed = self._paths.get(visit.url.path.removeprefix(ROOT))
        if deed is None:
            raise Refused(Refusal.NO_METHOD)
        if deed not in {self._subscribe, self._send_cards}:
            self._shop.spoil_query(visit, account)
        return account, deed, given

    def _subscribe(self, visit: Visit, account: Account, given: Given) -> tuple[str, Data]:
        quantity = count_of(given, "amount")
        cents = int(text_of(given, "sum", pattern=r"\d{1,9}"))
        wish = Wish(
            client_no=text_of(given, "orderNo"),
            product=self._product(given, "item", kind="direct"),
            quantity=quantity,
            charged_to=_who(given),
            ceiling_e4=cents * FEN_E4 // quantity,
            details=_kept(given),
        )
        self._shop.buy(visit, _patient(account), wish)
        return OK, None

    def _send_cards(self, visit: Visit, account: Account, given: Given) -> tuple[str, Data]:
        text_of(given, "subscribeTime")
        wish = Wish(
            client_no=text_of(given, "partnerOrderCode"),
            product=self._product(given, "productCode", kind="card"),
            quantity=count_of(
                given, "productAmount", most=BY_SMS if given.get("mobile") else WITHOUT_SMS
            ),
            details=_kept(given),
        )
        bought = self._shop.buy_at_once(visit, _patient(account), wish)
        return _fate(bought), {"codes": _codes(bought)}

    def _query(self, _visit: Visit, account: Account, given: Given) -> tuple[str, Data]:
        purchase = self._shop.ask(account, text_of(given, "orderNo"))
        data = {"status": 1 if purchase.state == State.SUCCEEDED else 0, "nickname": ""}
        return _fate(purchase), data | {"codes": _codes(purchase)}

    def _receive(self, _visit: Visit, account: Account, given: Given) -> tuple[str, Data]:
        text_of(given, "receiveAccount")
        purchase = self._shop.ask(account, text_of(given, "orderNo"))
        if purchase.state == State.ACCEPTED and self._shop.finish(purchase.id):
            return OK, None
        fate = _fate(self._shop.ledger.get_purchase(purchase.id))
        return RECEIVED if fate == OK else fate, None

    def _name_customer(self, _visit: Visit, _account: Account, given: Given) -> tuple[str, Data]:
        text_of(given, "customerName")
        credit_code = text_of(given, "socialCreditCode")
        return OK, {"fv": hashlib.sha256(credit_code.encode()).hexdigest()[:16]}

    def _product(self, given: Given, field: str, *, kind: str) -> Product:
        product = self._shop.ledger.find_product(self.name, text_of(given, field))
        if product is None or product.kind != kind:
            raise Refused(Refusal.NO_PRODUCT)
        return product


def _patient(account: Account) -> Account:
    """The first order is returned, where the account does not say otherwise."""
    return replace(account, options={"duplicates": "original", **account.options})


def _who(given: Given) -> str:
    named = [given[field] for field in BOUGHT_FOR if given.get(field)]
    if len(named) != 1:
        raise Refused(Refusal.PARAM, "one of mobile, encryptedMobile, partnerUserId")
    return named[0]


def _kept(given: Given) -> dict[str, str]:
    return {field: given[field] for field in KEPT if given.get(field)}


def _fate(purchase: Purchase) -> str:
    return REFUNDED if purchase.state in {State.FAILED, State.REFUNDED} else OK


def _codes(purchase: Purchase) -> list[str]:
    return [c.password for c in purchase.cards] if purchase.state == State.SUCCEEDED else []


def _reply(code: str, msg: str, data: Data) -> Reply:
    told = {"code": code, "msg": msg, "data": data}
    return Reply(body=json.dumps(told, ensure_ascii=False).encode())
