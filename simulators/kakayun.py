"""Kakayun v3 (dockapiv3: user, goods, order, and the push of goods).

An account's id is its userid, its secret the key. The envelope is {code, msg, data}: 1 is done,
9999 knows nothing, 0 is a refusal. Replies carry no signature. The published limits of calls
(one in 2 s, in 5 s) are not enforced.

Guesses, where nothing is published:
guess: an order number seen before is refused with 0 unless the account's option `duplicates` says
`original`; the number's field is `usorderno`, or what the option `number_field` says;
guess: `maxmoney` is the most that the whole order may cost;
guess: `timestamp` must be ten digits, no window is kept, and a number with a point is signed with
the digits it was sent with; an empty array or object is signed, as `[]` or `{}`;
guess: `attach` is a word, an object, or an array, whose first value is charged; a details' `attach`
lists {key, name, type};
guess: cards are {card_no, card_pwd}; `refundstatus` is 0 for nothing, 1 for all, 2 for a part; a
refunded order is 4, as a failed one; the first query of an open order says 1, later ones 3;
guess: `goodsstatus` is 1 on sale and 0 off, `goodstype` 2 for what is charged directly;
guess: goods/all is a list, goods/group one group {groupid, groupname};
guess: `geturl` and `seturl` speak of `url`, `subscribe` adds `goodsid` (one, or several with
commas) to what is pushed;
guess: no callback tells of an order. The push is JSON and comes when an order is over that changed
the stock of a subscribed product; a forged one names a price of 0.01. The desk's own changes of a
product are not pushed.
"""

import json
import time
from collections.abc import Mapping
from hmac import compare_digest

from simulators.card_platform import (
    CREATE,
    REASONS,
    CardPlatform,
    Deed,
    Given,
    is_on_sale,
    type_of,
)
from simulators.dialect import News, Telling
from simulators.kakayun_signing import sign
from simulators.money import two_places_or_more
from simulators.reading import object_of, text_of
from simulators.records import Account, Product, Refusal, Refused
from simulators.shop import Shop
from simulators.wire import Reply, Visit

ROOT = "/kakayun/dockapiv3/"
OK, REFUSED, BUSY = 1, 0, 9999


class Kakayun:
    name = "kakayun"
    ack = "ok"

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._platform = CardPlatform(shop, self.name, told_at=_ear)
        self._paths: Mapping[str, Deed] = {
            **self._platform.paths,
            "order/query": self._platform.paths["order/get"],
            "user/info": self._user,
            "user/geturl": self._url,
            "user/seturl": self._set_url,
            "goods/subscribe": self._subscribe,
        }

    def answer(self, visit: Visit) -> Reply:
        try:
            account, path, given = self._opened(visit)
            data = self._paths[path](visit, account, given)
        except Refused as refused:
            visit.outcome = f"refused {refused}"
            code = BUSY if refused.refusal == Refusal.BUSY else REFUSED
            return _reply(code, REASONS[refused.refusal], None)
        visit.outcome = "ok"
        return _reply(OK, "成功", data)

    def news(self, telling: Telling) -> News:
        """What the shelf looks like now; the order that caused it is not named."""
        product = self._platform.product(telling.purchase.product)
        price_e4 = 100 if telling.forged else product.price_e4
        fields: dict[str, object] = {
            "goodsid": product.id,
            "goodsprice": two_places_or_more(price_e4),
            "goodsstock": product.stock,
            "goodsstatus": is_on_sale(product),
            "goodstype": type_of(product),
            "goodsname": product.name,
            "update_time": int(time.time()),
            "timestamp": int(time.time()),
        }
        signed = fields | {"sign": sign(fields, telling.secret)}
        return News(
            content_type="application/json", body=json.dumps(signed, ensure_ascii=False).encode()
        )

    def _opened(self, visit: Visit) -> tuple[Account, str, Given]:
        given = object_of(visit.body)
        account = self._shop.ledger.find_account(self.name, str(given.get("userid", "")))
        if account is None:
            raise Refused(Refusal.NO_ACCOUNT)
        visit.account = account
        text_of(given, "timestamp", pattern=r"\d{10}")
        if not compare_digest(
            sign(given, account.secret).encode(), str(given.get("sign", "")).encode()
        ):
            raise Refused(Refusal.SIGN)
        path = visit.url.path.removeprefix(ROOT)
        if visit.method != "POST" or path not in self._paths:
            raise Refused(Refusal.NO_METHOD)
        visit.client_no = str(given.get(account.options.get("number_field", "usorderno")) or "")
        if path != CREATE:
            self._shop.spoil_query(visit, account)
        return account, path, given

    def _user(self, _visit: Visit, account: Account, _given: Given) -> object:
        return {"money": two_places_or_more(account.balance_e4)}

    def _url(self, _visit: Visit, account: Account, _given: Given) -> object:
        return {"url": account.callback_url}

    def _set_url(self, _visit: Visit, account: Account, given: Given) -> object:
        url = text_of(given, "url", pattern=r"https?://\S+")
        self._shop.ledger.settle_in(account, callback_url=url, options=account.options)
        return {}

    def _subscribe(self, _visit: Visit, account: Account, given: Given) -> object:
        wanted = [self._platform.product(key).id for key in text_of(given, "goodsid").split(",")]
        subscribed = sorted({*_subscribed(account), *wanted})
        self._shop.ledger.settle_in(
            account,
            callback_url=account.callback_url,
            options={**account.options, "subscribed": subscribed},
        )
        return {}


def _ear(account: Account, product: Product) -> str:
    return account.callback_url if product.id in _subscribed(account) else ""


def _subscribed(account: Account) -> list[str]:
    return list(account.options.get("subscribed", []))


def _reply(code: int, msg: str, data: object) -> Reply:
    told = {"code": code, "msg": msg, "data": data}
    return Reply(body=json.dumps(told, ensure_ascii=False).encode())
