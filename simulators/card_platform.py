"""What Kakayun and its cousins do alike, whatever envelope a call comes in.

Prices and money are text. `maxmoney` is held against the price of the whole order. The account to
charge is `attach` itself or its first value: it may be an object, or an array of words or of
{attachtype, value}. Cards are told of an
order that is done and still paid for; one that was refunded counts as failed.
"""

from collections.abc import Callable, Mapping
from typing import Any

from simulators.money import two_places_or_more
from simulators.reading import count_of, limit_of, text_of
from simulators.records import Account, Product, Purchase, Refusal, Refused, State, Wish
from simulators.shop import Shop
from simulators.wire import Visit

CREATE = "order/create"
REASONS = {
    Refusal.SIGN: "签名错误",
    Refusal.CLOCK: "时间戳超出范围",
    Refusal.PARAM: "参数错误",
    Refusal.NO_ACCOUNT: "用户不存在",
    Refusal.NO_METHOD: "接口不存在",
    Refusal.NO_PRODUCT: "商品不存在",
    Refusal.OFF_SHELF: "商品已下架",
    Refusal.STOCK: "商品库存不足",
    Refusal.PRICE: "商品价格高于最高价格",
    Refusal.BALANCE: "余额不足",
    Refusal.DUPLICATE: "外部订单号已存在",
    Refusal.NO_ORDER: "订单不存在",
    Refusal.BUSY: "系统繁忙",
}
WAITING, PROCESSING, FAILED, SUCCEEDED = 1, 3, 4, 5
STATUSES = {
    State.ACCEPTED: PROCESSING,
    State.SUCCEEDED: SUCCEEDED,
    State.FAILED: FAILED,
    State.REFUNDED: FAILED,
}
NOTHING_BACK, ALL_BACK, PART_BACK = 0, 1, 2
Given = Mapping[str, Any]
Deed = Callable[[Visit, Account, Given], object]


class CardPlatform:
    """`told_at` is where a client hears of a product that it buys; nowhere unless one is given."""

    def __init__(
        self, shop: Shop, protocol: str, *, told_at: Callable[[Account, Product], str] | None = None
    ) -> None:
        self._shop, self._protocol = shop, protocol
        self._told_at = told_at or (lambda _account, _product: "")
        self.paths: Mapping[str, Deed] = {
            "goods/group": self._groups,
            "goods/all": self._goods,
            "goods/details": self._details,
            CREATE: self._create,
            "order/get": self._order,
        }

    def product(self, key: object) -> Product:
        product = self._shop.ledger.find_product(self._protocol, str(key))
        if product is None:
            raise Refused(Refusal.NO_PRODUCT)
        return product

    def _groups(self, _visit: Visit, _account: Account, _given: Given) -> object:
        return [{"groupid": 1, "groupname": "全部商品"}]

    def _goods(self, _visit: Visit, _account: Account, given: Given) -> object:
        wanted = str(given.get("goodsid") or "")
        limit = count_of({"limit": given.get("limit") or 20}, "limit")
        page = count_of({"page": given.get("page") or 1}, "page")
        goods = self._shop.ledger.products(self._protocol)
        found = [goods_of(product) for product in goods if wanted in {"", product.id}]
        return found[(page - 1) * limit : page * limit]

    def _details(self, _visit: Visit, _account: Account, given: Given) -> object:
        product = self.product(given.get("goodsid"))
        return goods_of(product) | {"attach": _form(product)}

    def _create(self, visit: Visit, account: Account, given: Given) -> object:
        product = self.product(given.get("goodsid"))
        quantity, limit = count_of(given, "buynum"), limit_of(given, "maxmoney")
        if not visit.client_no:
            raise Refused(Refusal.PARAM, "usorderno")
        wish = Wish(
            client_no=visit.client_no,
            product=product,
            quantity=quantity,
            charged_to=_charged(given, product),
            ceiling_e4=None if limit is None else limit // quantity,
            callback_url=self._told_at(account, product),
        )
        return _numbers(self._shop.buy(visit, account, wish))

    def _order(self, visit: Visit, account: Account, given: Given) -> object:
        if visit.client_no:
            purchase = self._shop.ask(account, visit.client_no)
        else:
            purchase = self._shop.ask(account, text_of(given, "orderno"), by="ref")
        return order_of(purchase)


def goods_of(product: Product) -> dict[str, Any]:
    return {
        "goodsid": product.id,
        "goodsname": product.name,
        "imgurl": "",
        "goodsprice": two_places_or_more(product.price_e4),
        "goodsstatus": is_on_sale(product),
        "goodstype": type_of(product),
        "stock": product.stock,
    }


def is_on_sale(product: Product) -> int:
    return 1 if product.state == "on" else 0


def type_of(product: Product) -> int:
    return 1 if product.kind == "card" else 2


def order_of(purchase: Purchase) -> dict[str, Any]:
    """The first to ask after an open order hears that it waits, later ones that it is at work."""
    waits = purchase.state == State.ACCEPTED and not purchase.asks
    cards = purchase.cards if purchase.state == State.SUCCEEDED else ()
    return _numbers(purchase) | {
        "status": WAITING if waits else STATUSES[purchase.state],
        "cards": [{"card_no": card.number, "card_pwd": card.password} for card in cards],
        "refundstatus": _given_back(purchase),
    }


def _numbers(purchase: Purchase) -> dict[str, Any]:
    return {"orderno": purchase.ref, "usorderno": purchase.client_no}


def _given_back(purchase: Purchase) -> int:
    if not purchase.refunded_e4:
        return NOTHING_BACK
    return ALL_BACK if purchase.refunded_e4 == purchase.price_e4 else PART_BACK


def _charged(given: Given, product: Product) -> str:
    attach = given.get("attach") or []
    if not isinstance(attach, dict | list | str):
        raise Refused(Refusal.PARAM, "attach")
    if product.kind == "card":
        return ""
    return text_of({"attach": _first(attach)}, "attach")


def _first(attach: dict[str, Any] | list[Any] | str) -> object:
    if isinstance(attach, str):
        return attach
    values = list(attach.values()) if isinstance(attach, dict) else attach
    first = values[0] if values else None
    return first.get("value") if isinstance(first, dict) else first


def _form(product: Product) -> list[dict[str, str]]:
    if product.kind == "card":
        return []
    return [{"key": "recharge_account", "name": "充值账号", "type": "text"}]
