"""ofpay (phone credit: onlineorder.do, queryuserinfo.do, telcheck.do, api/query.do, callbacks).

Text is GBK, replies are XML. The account's secret is its password; KeyStr is the option `key_str`
(`OFCARD`). Only four codes are known to mean "ask again" (9999, 105, 334, 1043); a repeated
`sporder_id` is answered with one of them, 1043, and the other refusals have codes of this
simulator's own. A product's price is that of one piece of `cardnum`, which is a value in yuan.
Queries and callbacks carry no signature. What telcheck says is written as public clients read it; a
phone of the account's option `no_phones` gets a no.
"""

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from hmac import compare_digest
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape

from simulators.dialect import News, Telling
from simulators.money import four_places
from simulators.phones import CITY, PROVINCE, takes
from simulators.records import Account, Purchase, Refusal, Refused, State, Wish
from simulators.shop import Shop
from simulators.wire import Reply, Visit

ROOT = "/ofpay/"
ASK_AGAIN = 9999
BEIJING = 8 * 3600
SIGNED = (
    "userid",
    "userpws",
    "cardid",
    "cardnum",
    "sporder_id",
    "sporder_time",
    "game_userid",
)
GAME_STATES = {State.ACCEPTED: "0", State.SUCCEEDED: "1", State.FAILED: "9", State.REFUNDED: "9"}
ERRORS = {
    Refusal.SIGN: (1002, "验证码错误"),
    Refusal.CLOCK: (1003, "时间戳超出范围"),
    Refusal.PARAM: (1004, "参数错误"),
    Refusal.NO_ACCOUNT: (1001, "用户名或密码错误"),
    Refusal.NO_METHOD: (1005, "接口不存在"),
    Refusal.NO_PRODUCT: (2001, "商品不存在"),
    Refusal.OFF_SHELF: (2002, "商品已下架"),
    Refusal.STOCK: (2003, "库存不足"),
    Refusal.PRICE: (2004, "价格变动"),
    Refusal.BALANCE: (1007, "账户余额不足"),
    Refusal.DUPLICATE: (1043, "订单号重复"),
    Refusal.NO_ORDER: (1008, "订单不存在"),
    Refusal.BUSY: (ASK_AGAIN, "未知错误，请查询"),
}
Given = Mapping[str, str]
Deed = Callable[[Visit, Account, Given], Reply]


def sign(given: Given, key_str: str) -> str:
    text = "".join(given[name] for name in SIGNED) + key_str
    return hashlib.md5(text.encode("gbk")).hexdigest().upper()  # noqa: S324 -- the protocol's own


class Ofpay:
    name = "ofpay"
    ack = ""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._paths: Mapping[str, Deed] = {
            "onlineorder.do": self._order,
            "queryuserinfo.do": self._user,
            "api/query.do": self._query,
            "telcheck.do": self._check,
        }

    def answer(self, visit: Visit) -> Reply:
        try:
            given = _fields(visit)
            account, deed = self._meant(visit, given)
            reply = deed(visit, account, given)
        except Refused as refused:
            visit.outcome = f"refused {refused}"
            code, message = ERRORS[refused.refusal]
            return _xml("orderinfo", {"err_msg": message, "retcode": str(code)})
        visit.outcome = "ok"
        return reply

    def news(self, telling: Telling) -> News:
        """Nothing is signed, so a forged one differs from a true one in what it says alone."""
        purchase = telling.purchase
        succeeded = telling.state == State.SUCCEEDED
        fields = {
            "ret_code": "1" if succeeded else "9",
            "sporder_id": purchase.client_no or "",
            "ordersuccesstime": _clock(purchase.finished_at or time.time()) if succeeded else "",
            "err_msg": "" if succeeded else "充值失败",
        }
        return News(
            content_type="application/x-www-form-urlencoded",
            body=urlencode(fields, encoding="gbk").encode(),
        )

    def _meant(self, visit: Visit, given: Given) -> tuple[Account, Deed]:
        account = self._shop.ledger.find_account(self.name, given.get("userid", ""))
        deed = self._paths.get(visit.url.path.removeprefix(ROOT))
        if account is None or deed is None:
            raise Refused(Refusal.NO_METHOD if account else Refusal.NO_ACCOUNT)
        visit.account = account
        return account, deed

    def _order(self, visit: Visit, account: Account, given: Given) -> Reply:
        _check_password(account, given)
        _check_sign(account, given)
        product = self._shop.ledger.find_product(self.name, given["cardid"])
        if product is None:
            raise Refused(Refusal.NO_PRODUCT)
        wish = Wish(
            client_no=given["sporder_id"],
            product=product,
            quantity=_count(given["cardnum"]),
            charged_to=given["game_userid"],
            callback_url=given.get("ret_url", ""),
            details={"mctype": given.get("mctype", "")},
        )
        return _orderinfo(self._shop.buy(visit, account, wish), product.name)

    def _user(self, visit: Visit, account: Account, given: Given) -> Reply:
        self._shop.spoil_query(visit, account)
        _check_password(account, given)
        told = {"userid": account.id, "ret_leftcredit": four_places(account.balance_e4)}
        return _xml("userinfo", {"err_msg": "", "retcode": "1"} | told)

    def _query(self, visit: Visit, account: Account, given: Given) -> Reply:
        """A bare word: 1 done, 0 at it, 9 failed, -1 no such order."""
        visit.client_no = given.get("spbillid", "")
        self._shop.spoil_query(visit, account)
        try:
            word = GAME_STATES[self._shop.ask(account, visit.client_no).state]
        except Refused:
            word = "-1"
        return _line(word)

    def _check(self, visit: Visit, account: Account, given: Given) -> Reply:
        """Whether a phone can be topped up just now: no password is asked for."""
        self._shop.spoil_query(visit, account)
        phone = given.get("phoneno", "")
        _count(given.get("price", ""))
        if not takes(account, phone):
            return _line("0#暂时不支持此类号码的充值#")
        return _line(f"1#成功#0000&{PROVINCE}{CITY}")


def _fields(visit: Visit) -> Given:
    """From the address and the form; both are GBK."""
    try:
        form = visit.body.decode("ascii")
        return {
            name: value
            for text in (visit.url.query, form)
            for name, value in parse_qsl(
                text, keep_blank_values=True, encoding="gbk", errors="strict"
            )
        }
    except ValueError as error:
        raise Refused(Refusal.PARAM, "not GBK") from error


def _check_password(account: Account, given: Given) -> None:
    right = hashlib.md5(account.secret.encode("gbk")).hexdigest()  # noqa: S324 -- the protocol's own
    if not compare_digest(right.encode(), given.get("userpws", "").encode()):
        raise Refused(Refusal.NO_ACCOUNT)


def _check_sign(account: Account, given: Given) -> None:
    whole = all(given.get(name) for name in SIGNED) and given.get("version") == "6.0"
    if not whole or not re.fullmatch(r"\d{14}", given["sporder_time"]):
        raise Refused(Refusal.PARAM)
    right = sign(given, str(account.options.get("key_str", "OFCARD")))
    if not compare_digest(right.encode(), given.get("md5_str", "").encode()):
        raise Refused(Refusal.SIGN)


def _count(value: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,3}", value):
        raise Refused(Refusal.PARAM, "cardnum")
    return int(value)


def _orderinfo(purchase: Purchase, name: str) -> Reply:
    return _xml(
        "orderinfo",
        {
            "err_msg": "",
            "retcode": "1",
            "orderid": purchase.ref,
            "cardid": purchase.product,
            "cardnum": str(purchase.quantity),
            "ordercash": four_places(purchase.price_e4),
            "cardname": name,
            "sporder_id": purchase.client_no or "",
            "game_userid": purchase.charged_to,
            "game_state": GAME_STATES[purchase.state],
        },
    )


def _line(text: str) -> Reply:
    return Reply(body=text.encode("gbk"), content_type="text/plain; charset=GBK", charset="gbk")


def _xml(root: str, fields: Given) -> Reply:
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    text = f'<?xml version="1.0" encoding="GB2312"?><{root}>{inner}</{root}>'
    return Reply(body=text.encode("gbk"), content_type="text/xml; charset=GBK", charset="gbk")


def _clock(moment: float) -> str:
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(moment + BEIJING))
