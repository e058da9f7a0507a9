"""Juhe phone credit (ofpay/mobile: telcheck, telquery, onlineorder, ordersta, yue, callbacks).

An account's id is its key, its secret the OpenID. A number of yuan names the product: the first one
of kind `mobile` with that face value. Replies carry no signature, and a callback's `sta` is outside
its own.

Guesses, where nothing is published:
guess: fields come by GET or as a POST form, and HTTP is 200 whatever is answered;
guess: `orderid` is refused when seen before (208502, on no list of refusals, so that a client has
to ask) unless the account's option `duplicates` says `original`; "busy" is 208500 and an order
nobody knows 208503, for the same reason;
guess: every other refusal of an order is 208517, a wrong key, path or clock one of 1xxxx;
guess: `ordercash` and `uordercash` are text, `cardnum` in a reply is the one that was sent;
guess: telcheck has no result, yue money; telquery tells cardid, cardname, inprice and game_area, as
public clients read them; a phone of the account's option `no_phones` is refused with 208517;
guess: a refunded order is 9, as a reversed one, and its callback says so again;
guess: the callback is a form and goes to the address of the account.
The list of orders is not played: its path is not known.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from hmac import compare_digest
from urllib.parse import urlencode

from simulators.dialect import News, Telling
from simulators.money import UNIT, two_places_or_more
from simulators.phones import PHONE, home_of, takes
from simulators.reading import form_of, text_of
from simulators.records import Account, Product, Purchase, Refusal, Refused, State, Wish
from simulators.shop import Shop
from simulators.wire import Reply, Visit

ROOT = "/juhe/ofpay/mobile/"
FACES = r"5|10|20|30|50|100|300"
NUMBER = r"[A-Za-z0-9]{8,32}"
GAME_STATES = {State.ACCEPTED: "0", State.SUCCEEDED: "1", State.FAILED: "9", State.REFUNDED: "9"}
ERRORS = {
    Refusal.NO_ACCOUNT: (10001, "错误的请求KEY"),
    Refusal.NO_METHOD: (10002, "接口不存在"),
    Refusal.CLOCK: (10003, "时间戳超出范围"),
    Refusal.BUSY: (208500, "系统繁忙，请查询"),
    Refusal.DUPLICATE: (208502, "订单号重复"),
    Refusal.NO_ORDER: (208503, "订单不存在"),
    Refusal.BALANCE: (208515, "账户余额不足"),
    Refusal.SIGN: (208517, "校验失败"),
    Refusal.PARAM: (208517, "参数错误"),
    Refusal.NO_PRODUCT: (208517, "不支持的面值"),
    Refusal.OFF_SHELF: (208517, "商品已下架"),
    Refusal.STOCK: (208517, "库存不足"),
    Refusal.PRICE: (208517, "价格变动"),
}
Given = Mapping[str, str]
Deed = Callable[[Visit, Account, Given], object]


def sign(*parts: str) -> str:
    """The parts in a row, in the order the call prescribes."""
    return hashlib.md5("".join(parts).encode()).hexdigest()  # noqa: S324 -- the protocol's own


class Juhe:
    name = "juhe"
    ack = "success"

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._paths: Mapping[str, Deed] = {
            "telcheck": self._check,
            "telquery": self._price,
            "onlineorder": self._order,
            "ordersta": self._state,
            "yue": self._balance,
        }

    def answer(self, visit: Visit) -> Reply:
        try:
            account, deed, given = self._meant(visit)
            result = deed(visit, account, given)
        except Refused as refused:
            visit.outcome = f"refused {refused}"
            code, reason = ERRORS[refused.refusal]
            return _reply(code, reason, None)
        visit.outcome = "ok"
        return _reply(0, "成功", result)

    def news(self, telling: Telling) -> News:
        purchase = telling.purchase
        succeeded = telling.state == State.SUCCEEDED
        number = purchase.client_no or ""
        key = f"not-{telling.account.id}" if telling.forged else telling.account.id
        fields = {
            "sporder_id": purchase.ref,
            "orderid": number,
            "sta": "1" if succeeded else "9",
            "err_msg": "" if succeeded else "充值失败",
            "sign": sign(key, purchase.ref, number),
        }
        return News(
            content_type="application/x-www-form-urlencoded", body=urlencode(fields).encode()
        )

    def _meant(self, visit: Visit) -> tuple[Account, Deed, Given]:
        given = form_of(visit)
        account = self._shop.ledger.find_account(self.name, given.get("key", ""))
        deed = self._paths.get(visit.url.path.removeprefix(ROOT))
        if account is None or deed is None:
            raise Refused(Refusal.NO_METHOD if account else Refusal.NO_ACCOUNT)
        visit.account = account
        visit.client_no = given.get("orderid", "")
        if deed != self._order:
            self._shop.spoil_query(visit, account)
        return account, deed, given

    def _check(self, _visit: Visit, account: Account, given: Given) -> object:
        _phone(account, given)
        self._product(given)
        return None

    def _price(self, _visit: Visit, account: Account, given: Given) -> object:
        phone, product = _phone(account, given), self._product(given)
        return {
            "cardid": product.id,
            "cardname": product.name,
            "inprice": two_places_or_more(product.price_e4),
            "game_area": home_of(phone),
        }

    def _order(self, visit: Visit, account: Account, given: Given) -> object:
        number = text_of(given, "orderid", pattern=NUMBER)
        phone = text_of(given, "phoneno", pattern=PHONE)
        product = self._product(given)
        right = sign(account.secret, account.id, phone, given["cardnum"], number)
        _check_sign(given, right)
        wish = Wish(
            client_no=number,
            product=product,
            quantity=1,
            charged_to=phone,
            callback_url=account.callback_url,
            details={"cardnum": given["cardnum"]},
        )
        return _result(self._shop.buy(visit, account, wish), product)

    def _state(self, _visit: Visit, account: Account, given: Given) -> object:
        purchase = self._shop.ask(account, text_of(given, "orderid"))
        return {
            "uordercash": two_places_or_more(purchase.price_e4),
            "sporder_id": purchase.ref,
            "game_state": GAME_STATES[purchase.state],
        }

    def _balance(self, _visit: Visit, account: Account, given: Given) -> object:
        stamp = text_of(given, "timestamp", pattern=r"\d+")
        _check_sign(given, sign(account.secret, account.id, stamp))
        return {"money": two_places_or_more(account.balance_e4)}

    def _product(self, given: Given) -> Product:
        face_e4 = int(text_of(given, "cardnum", pattern=FACES)) * UNIT
        for product in self._shop.ledger.products(self.name):
            if product.kind == "mobile" and product.face_e4 == face_e4:
                return product
        raise Refused(Refusal.NO_PRODUCT)


def _phone(account: Account, given: Given) -> str:
    phone = text_of(given, "phoneno", pattern=PHONE)
    if not takes(account, phone):
        raise Refused(Refusal.PARAM, "phoneno")
    return phone


def _check_sign(given: Given, right: str) -> None:
    if not compare_digest(right.encode(), given.get("sign", "").encode()):
        raise Refused(Refusal.SIGN)


def _result(purchase: Purchase, product: Product) -> dict[str, str]:
    return {
        "cardid": product.id,
        "cardnum": str(purchase.details["cardnum"]),
        "ordercash": two_places_or_more(purchase.price_e4),
        "cardname": product.name,
        "sporder_id": purchase.ref,
        "uorderid": purchase.client_no or "",
        "game_userid": purchase.charged_to,
        "game_state": GAME_STATES[purchase.state],
    }


def _reply(code: int, reason: str, result: object) -> Reply:
    told = {"reason": reason, "result": result, "error_code": code}
    return Reply(body=json.dumps(told, ensure_ascii=False).encode())
