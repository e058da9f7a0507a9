"""Kasushou v2 (goods, orders, complaints and their callbacks under /api/v1).

Replies are HTTP 200 with `code` 200, 400 (a reason) or 500 (nothing is known). A repeated
`external_orderno` is refused with 400 unless the account's option `duplicates` says `original`;
an empty one is never recognised. An order nobody knows is an empty list. `safe_price` is held
against the price of one piece. Replies carry no signature.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from hmac import compare_digest
from typing import Any

from simulators.dialect import News, Telling
from simulators.kasushou_after_sale import complain
from simulators.kasushou_signing import is_canonical, sign_body
from simulators.kasushou_words import STATUSES, cards_of, goods_of, news_of, order_of
from simulators.money import to_e4, two_places_or_more
from simulators.records import Account, Product, Purchase, Refusal, Refused, State, Wish
from simulators.shop import Shop
from simulators.wire import Reply, Visit

ROOT = "/kasushou/api/v1/"
DAY = 86_400
REASONS = {
    Refusal.SIGN: "签名错误",
    Refusal.CLOCK: "时间戳超出范围",
    Refusal.PARAM: "参数错误",
    Refusal.NO_ACCOUNT: "用户不存在",
    Refusal.NO_METHOD: "接口不存在",
    Refusal.NO_PRODUCT: "商品不存在",
    Refusal.OFF_SHELF: "商品已下架",
    Refusal.STOCK: "商品库存不足",
    Refusal.PRICE: "商品售价高于安全价格",
    Refusal.BALANCE: "余额不足",
    Refusal.DUPLICATE: "外部订单号已存在",
    Refusal.NO_ORDER: "订单不存在",
}
Given = Mapping[str, Any]


class Kasushou:
    name = "kasushou"
    ack = "ok"

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._paths: Mapping[str, Callable[[Visit, Account, Given], object]] = {
            "user/info": self._user,
            "goods/list": self._goods_list,
            "goods/info": self._goods_info,
            "goods/attach": self._attach,
            "order/buy": self._buy,
            "order/info": self._orders,
            "order/close": self._close,
            "order/complain": self._complain,
        }

    def answer(self, visit: Visit) -> Reply:
        try:
            account, path, given = self._opened(visit)
            data = self._paths[path](visit, account, given)
        except Refused as refused:
            visit.outcome = f"refused {refused}"
            if refused.refusal == Refusal.BUSY:
                return _reply(500, "未知错误", None)
            return _reply(400, REASONS[refused.refusal], None)
        visit.outcome = "ok"
        return _reply(200, "成功", data)

    def news(self, telling: Telling) -> News:
        return news_of(telling)

    def _opened(self, visit: Visit) -> tuple[Account, str, Given]:
        headers = {name.lower(): value for name, value in visit.headers.items()}
        account = self._shop.ledger.find_account(self.name, headers.get("userid", ""))
        if account is None:
            raise Refused(Refusal.NO_ACCOUNT)
        visit.account = account
        given = _signed(visit, headers, account)
        path = visit.url.path.removeprefix(ROOT)
        visit.client_no = str(given.get("external_orderno") or "")
        if visit.method != "POST" or path not in self._paths:
            raise Refused(Refusal.NO_METHOD)
        if path != "order/buy":
            self._shop.spoil_query(visit, account)
        return account, path, given

    def _user(self, _visit: Visit, account: Account, _given: Given) -> object:
        return {"id": account.id, "balance": two_places_or_more(account.balance_e4)}

    def _goods_list(self, _visit: Visit, _account: Account, given: Given) -> object:
        limit, page = _count(given.get("limit") or 20), _count(given.get("page") or 1)
        keyword = str(given.get("keyword") or "")
        found = [p for p in self._shop.ledger.products(self.name) if keyword in p.name]
        shown = found[(page - 1) * limit : page * limit]
        return {"list": [goods_of(product) for product in shown], "total": len(found)}

    def _goods_info(self, _visit: Visit, _account: Account, given: Given) -> object:
        product = self._product(given.get("id"))
        return goods_of(product) | {
            "start_count": 1,
            "end_count": max(product.stock, 0),
            "attach": _form(product),
        }

    def _attach(self, _visit: Visit, _account: Account, given: Given) -> object:
        return _form(self._product(given.get("goods_id")))

    def _buy(self, visit: Visit, account: Account, given: Given) -> object:
        product = self._product(given.get("id"))
        attach = given.get("attach") or {}
        if not isinstance(attach, dict):
            raise Refused(Refusal.PARAM, "attach")
        charged_to = str(attach.get("recharge_account", ""))
        if product.kind != "card" and not charged_to:
            raise Refused(Refusal.PARAM, "recharge_account")
        wish = Wish(
            client_no=visit.client_no,
            product=product,
            quantity=_count(given.get("quantity")),
            charged_to=charged_to,
            ceiling_e4=_limit(given.get("safe_price")),
            callback_url=str(given.get("url") or ""),
            details={"attach": attach, "mark": given.get("mark", "")},
        )
        purchase = self._shop.buy(visit, account, wish)
        return {
            "ordersn": purchase.ref,
            "external_orderno": purchase.client_no or "",
            "total_price": two_places_or_more(purchase.price_e4),
        }

    def _orders(self, _visit: Visit, account: Account, given: Given) -> object:
        """Both numbers may be lists with commas; `day` is how far back, 0 is for ever."""
        by = "client_no" if given.get("external_orderno") else "ref"
        numbers = str(given.get("external_orderno") or given.get("ordersn") or "")
        days = 0 if str(given.get("day")) == "0" else _count(given.get("day") or 30)
        oldest = time.time() - days * DAY if days else 0.0
        found = (self._find(account, number, by) for number in numbers.split(",") if number)
        return [
            order_of(p) | {"card_list": cards_of(p)} for p in found if p and p.created_at >= oldest
        ]

    def _close(self, _visit: Visit, account: Account, given: Given) -> object:
        """A wish only: an open order is canceled, which its callback tells."""
        purchase = self._shop.ask(account, str(given.get("ordersn", "")), by="ref")
        if purchase.state != State.ACCEPTED or not self._shop.finish(purchase.id, canceled=True):
            raise Refused(Refusal.PARAM, f"status {STATUSES[purchase.state]}")
        return {}

    def _complain(self, visit: Visit, account: Account, given: Given) -> object:
        return complain(self._shop, visit, account, given)

    def _find(self, account: Account, number: str, by: str) -> Purchase | None:
        try:
            return self._shop.ask(account, number, by=by)
        except Refused:
            return None

    def _product(self, key: object) -> Product:
        product = self._shop.ledger.find_product(self.name, str(key))
        if product is None:
            raise Refused(Refusal.NO_PRODUCT)
        return product


def _signed(visit: Visit, headers: Mapping[str, str], account: Account) -> Given:
    """The parameters, once the very bytes they came in are known to be signed; none are `{}`."""
    stamp = headers.get("timestamp", "")
    try:
        body = visit.body.decode() or "{}"
        given = json.loads(body)
    except ValueError as error:
        raise Refused(Refusal.PARAM, "not JSON") from error
    if not isinstance(given, dict) or not re.fullmatch(r"\d{13}", stamp):
        raise Refused(Refusal.PARAM)
    right = sign_body(stamp, body, account.secret)
    sign = headers.get("sign", "")
    if not compare_digest(right.encode(), sign.encode()) or not is_canonical(body):
        raise Refused(Refusal.SIGN)
    return given


def _reply(code: int, msg: str, data: object) -> Reply:
    return Reply(
        body=json.dumps({"code": code, "msg": msg, "data": data}, ensure_ascii=False).encode()
    )


def _count(value: object) -> int:
    if not re.fullmatch(r"[1-9]\d{0,5}", str(value)):
        raise Refused(Refusal.PARAM, "quantity")
    return int(str(value))


def _limit(value: object) -> int | None:
    if value in (None, ""):
        return None
    limit = to_e4(value)
    if limit is None:
        raise Refused(Refusal.PARAM, "safe_price")
    return limit


def _form(product: Product) -> list[dict[str, Any]]:
    if product.kind == "card":
        return []
    return [
        {
            "type": "text",
            "key": "recharge_account",
            "name": "充值账号",
            "tip": "请输入充值账号",
            "vali": "required",
            "options": [],
        }
    ]
