"""Fulu open platform v2 (gateway, order API, callbacks).

The vendor publishes no table of errors, so the codes below are this simulator's own; a client may
read nothing into them but "not 0". A repeated `customer_order_no` is refused unless the account's
option `duplicates` says `original`. `customer_price` is read as the most that one piece may cost.
"""

import json
import re
from collections.abc import Callable, Mapping
from hmac import compare_digest
from typing import Any
from urllib.parse import urlencode

from simulators import fulu_accounts
from simulators.dialect import News, Telling
from simulators.faults import Fault
from simulators.fulu_signing import compact, encrypt, sign_fields, sign_text
from simulators.fulu_words import described, end_of, goods_of, number, refund_of, summary_of
from simulators.money import UNIT, to_e4
from simulators.records import Account, Product, Purchase, Refusal, Refused, State, Wish
from simulators.shop import Shop
from simulators.wire import Reply, Visit

GATEWAY = "/fulu/api/getway"  # the vendor's own spelling
NUMBER_LIMIT = 50
FIXED = {"version": "2.0", "format": "json", "charset": "utf-8", "sign_type": "md5"}
TEXTS = {"app_key", "method", "timestamp", "app_auth_token", "biz_content", "sign", *FIXED}
ERRORS = {
    Refusal.PARAM: (1001, "参数错误"),
    Refusal.SIGN: (1002, "签名错误"),
    Refusal.NO_ACCOUNT: (1003, "app_key不存在"),
    Refusal.NO_METHOD: (1004, "方法不存在"),
    Refusal.CLOCK: (1005, "时间戳超出范围"),
    Refusal.NO_PRODUCT: (2001, "商品不存在"),
    Refusal.OFF_SHELF: (2002, "商品已下架"),
    Refusal.STOCK: (2003, "商品库存不足"),
    Refusal.PRICE: (2004, "商品价格高于客户价格"),
    Refusal.BALANCE: (3001, "账户余额不足"),
    Refusal.DUPLICATE: (3002, "外部订单号已存在"),
    Refusal.NO_ORDER: (3003, "订单不存在"),
    Refusal.BUSY: (9999, "系统繁忙，请稍后再试"),
}
Biz = Mapping[str, Any]


class Fulu:
    name = "fulu"
    ack = "success"

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._methods: Mapping[str, Callable[[Visit, Account, Biz], object]] = {
            "fulu.order.card.add": self._buy_cards,
            "fulu.order.direct.add": self._buy_direct,
            "fulu.order.mobile.add": self._buy_credit,
            "fulu.order.info.get": self._order,
            "fulu.order.extend.get": self._extended,
            "fulu.goods.list.get": self._goods_list,
            "fulu.goods.info.get": self._goods_info,
            "fulu.goods.stock.check": self._stock,
            "fulu.user.info.get": self._user,
            "fulu.mobile.info.get": self._phone,
            "fulu.mobile.maintain.check": self._carrier,
            "fulu.market.qqnickname.get": self._nickname,
        }

    def answer(self, visit: Visit) -> Reply:
        """Errors carry an empty signature, as theirs may."""
        try:
            account, method, biz = self._opened(visit)
            result = compact_any(self._methods[method](visit, account, biz))
        except Refused as refused:
            visit.outcome = f"refused {refused}"
            code, message = ERRORS[refused.refusal]
            return _reply({"code": code, "message": message, "result": None, "sign": ""})
        visit.outcome = "ok"
        secret = f"not-{account.secret}" if Fault.BAD_SIGNATURE in visit.faults else account.secret
        sign = sign_text(result, secret)
        return _reply({"code": 0, "message": "接口调用成功", "result": result, "sign": sign})

    def news(self, telling: Telling) -> News:
        """The nine signed fields of an order's end, or the five of a refund; all are strings."""
        purchase = telling.purchase
        fields = refund_of(purchase) if telling.state == State.REFUNDED else end_of(telling)
        signed = fields | {"sign": sign_fields(fields, telling.secret)}
        if telling.account.options.get("callback_format") == "form":
            return News(
                content_type="application/x-www-form-urlencoded", body=urlencode(signed).encode()
            )
        return News(content_type="application/json", body=compact(signed).encode())

    def _opened(self, visit: Visit) -> tuple[Account, str, Biz]:
        """The envelope, once it is known to be whole and signed by whom it names."""
        envelope = _object(visit.body)
        if visit.method != "POST" or visit.url.path != GATEWAY or not _is_whole(envelope):
            raise Refused(Refusal.PARAM, "envelope")
        account = self._shop.ledger.find_account(self.name, envelope["app_key"])
        if account is None:
            raise Refused(Refusal.NO_ACCOUNT)
        visit.account = account
        if not compare_digest(
            sign_fields(envelope, account.secret).encode(), envelope["sign"].encode()
        ):
            raise Refused(Refusal.SIGN)
        if envelope["method"] not in self._methods:
            raise Refused(Refusal.NO_METHOD)
        biz = _object(envelope["biz_content"].encode())
        visit.client_no = str(biz.get("customer_order_no", ""))
        if not envelope["method"].endswith(".add"):
            self._shop.spoil_query(visit, account)
        return account, envelope["method"], biz

    def _buy_cards(self, visit: Visit, account: Account, biz: Biz) -> object:
        product = self._product(biz, kind="card")
        return self._buy(visit, account, biz, product=product)

    def _buy_direct(self, visit: Visit, account: Account, biz: Biz) -> object:
        product = self._product(biz, kind="direct")
        charged_to = _text(biz, "charge_account")
        return self._buy(visit, account, biz, product=product, charged_to=charged_to)

    def _buy_credit(self, visit: Visit, account: Account, biz: Biz) -> object:
        """Phone credit names a value and no product: the one of that face value is taken."""
        phone, face = _text(biz, "charge_phone"), to_e4(biz.get("charge_value"))
        fitting = [
            p
            for p in self._shop.ledger.products(self.name)
            if p.kind == "mobile" and p.face_e4 == face
        ]
        if not re.fullmatch(r"1\d{10}", phone):
            raise Refused(Refusal.PARAM, "charge_phone")
        if not fitting:
            raise Refused(Refusal.NO_PRODUCT)
        return self._buy(
            visit, account, {**biz, "buy_num": 1}, product=fitting[0], charged_to=phone
        )

    def _buy(
        self, visit: Visit, account: Account, biz: Biz, *, product: Product, charged_to: str = ""
    ) -> object:
        number = _text(biz, "customer_order_no")
        quantity = _count(biz.get("buy_num"))
        if len(number) > NUMBER_LIMIT:
            raise Refused(Refusal.PARAM, "customer_order_no")
        wish = Wish(
            client_no=number,
            product=product,
            quantity=quantity,
            charged_to=charged_to,
            ceiling_e4=_limit(biz.get("customer_price")),
            callback_url=account.callback_url,
            details={k: v for k, v in biz.items() if k.startswith(("charge_", "external_"))},
        )
        return self._summary(self._shop.buy(visit, account, wish))

    def _summary(self, purchase: Purchase) -> dict[str, Any]:
        product = self._shop.ledger.find_product(self.name, purchase.product)
        return summary_of(purchase, product)

    def _order(self, _visit: Visit, account: Account, biz: Biz) -> object:
        purchase = self._shop.ask(account, _text(biz, "customer_order_no"))
        cards = [
            {
                "card_type": 0,
                "card_number": encrypt(card.number, account.secret),
                "card_pwd": encrypt(card.password, account.secret),
                "card_deadline": "2099-12-31 23:59:59",
            }
            for card in (purchase.cards if purchase.state == State.SUCCEEDED else ())
        ]
        return self._summary(purchase) | {"cards": cards}

    def _extended(self, _visit: Visit, account: Account, biz: Biz) -> object:
        purchase = self._shop.ask(account, _text(biz, "customer_order_no"))
        return {
            "express_number": "",
            "recharge_description": described(purchase.state),
            "external_biz_id": purchase.details.get("external_biz_id", ""),
        }

    def _goods_list(self, _visit: Visit, _account: Account, biz: Biz) -> object:
        wanted = str(biz.get("product_id") or "")
        goods = self._shop.ledger.products(self.name)
        return [goods_of(product) for product in goods if wanted in {"", product.id}]

    def _goods_info(self, _visit: Visit, _account: Account, biz: Biz) -> object:
        return goods_of(self._product(biz)) | {"four_category_icon": ""}

    def _stock(self, _visit: Visit, _account: Account, biz: Biz) -> object:
        enough = self._product(biz).stock >= _count(biz.get("buy_num"))
        return {
            "product_id": number(str(biz["product_id"])),
            "stock_status": "充足" if enough else "断货",
        }

    def _user(self, _visit: Visit, account: Account, _biz: Biz) -> object:
        return {"balance": account.balance_e4 / UNIT}

    def _phone(self, _visit: Visit, account: Account, biz: Biz) -> object:
        return fulu_accounts.info_of(account, biz, self._shop.ledger.products(self.name))

    def _carrier(self, _visit: Visit, account: Account, biz: Biz) -> object:
        return fulu_accounts.state_of(account, biz)

    def _nickname(self, _visit: Visit, account: Account, biz: Biz) -> object:
        return fulu_accounts.nickname_of(account, biz)

    def _product(self, biz: Biz, *, kind: str = "") -> Product:
        product = self._shop.ledger.find_product(self.name, str(biz.get("product_id", "")))
        if product is None or kind not in {"", product.kind}:
            raise Refused(Refusal.NO_PRODUCT)
        return product


def _reply(fields: Mapping[str, object]) -> Reply:
    return Reply(body=compact(fields).encode())


def compact_any(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _object(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except ValueError as error:
        raise Refused(Refusal.PARAM, "not JSON") from error
    if not isinstance(read, dict):
        raise Refused(Refusal.PARAM, "not an object")
    return read


def _is_whole(envelope: Mapping[str, Any]) -> bool:
    return (
        all(isinstance(envelope.get(name), str) for name in TEXTS)
        and all(envelope[name] == value for name, value in FIXED.items())
        and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", envelope["timestamp"]) is not None
    )


def _text(biz: Biz, name: str) -> str:
    value = biz.get(name)
    if not isinstance(value, str | int) or not str(value):
        raise Refused(Refusal.PARAM, name)
    return str(value)


def _count(value: object) -> int:
    if not re.fullmatch(r"[1-9]\d{0,5}", str(value)):
        raise Refused(Refusal.PARAM, "buy_num")
    return int(str(value))


def _limit(value: object) -> int | None:
    if value in (None, ""):
        return None
    limit = to_e4(value)
    if limit is None:
        raise Refused(Refusal.PARAM, "customer_price")
    return limit
