"""Kayixin (/api/v3), the cousin of Kakayun whose signing is published whole.

An account's id is the app id, its secret the secret. The signature covers the very bytes of the
body and stands in X-Signature, beside X-Version (3.0), X-App-Id and X-Timestamp (milliseconds).
1000 is done. There is no callback, and replies carry no signature.

Only user/getAccount is published, so the rest is one large guess:
guess: the calls, fields, states and cards of orders and goods are Kakayun's, under /api/v3/, with
its guesses (`usorderno` refused when seen before unless the option `duplicates` says `original`,
`maxmoney` for the whole order, cards as {cardno, cardpwd}, `refundstatus` 0, 1 or 2);
guess: the envelope is {code, message, data}, where 0 is a refusal and 9999 knows nothing, as with
Kakayun; getAccount tells `money`;
guess: X-Timestamp must be thirteen digits, and no window is kept.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from hmac import compare_digest

from simulators.card_platform import CREATE, REASONS, CardPlatform, Deed, Given
from simulators.dialect import Silent
from simulators.money import two_places_or_more
from simulators.reading import object_of
from simulators.records import Account, Refusal, Refused
from simulators.shop import Shop
from simulators.wire import Reply, Visit

ROOT = "/kayixin/api/v3/"
VERSION = "3.0"
OK, REFUSED, BUSY = 1000, 0, 9999


def sign(app_id: str, secret: str, stamp: str, body: bytes) -> str:
    text = f"{app_id}{secret}{VERSION}{stamp}".encode() + body
    return hashlib.md5(text).hexdigest()  # noqa: S324 -- the protocol's own


class Kayixin(Silent):
    name = "kayixin"

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._paths: Mapping[str, Deed] = {
            **CardPlatform(shop, self.name).paths,
            "user/getAccount": self._user,
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

    def _opened(self, visit: Visit) -> tuple[Account, str, Given]:
        headers = {name.lower(): value for name, value in visit.headers.items()}
        account = self._shop.ledger.find_account(self.name, headers.get("x-app-id", ""))
        if account is None:
            raise Refused(Refusal.NO_ACCOUNT)
        visit.account = account
        _check(visit, headers, account)
        given = object_of(visit.body or b"{}")
        path = visit.url.path.removeprefix(ROOT)
        if visit.method != "POST" or path not in self._paths:
            raise Refused(Refusal.NO_METHOD)
        visit.client_no = str(given.get("usorderno") or "")
        if path != CREATE:
            self._shop.spoil_query(visit, account)
        return account, path, given

    def _user(self, _visit: Visit, account: Account, _given: Given) -> object:
        return {"money": two_places_or_more(account.balance_e4)}


def _check(visit: Visit, headers: Mapping[str, str], account: Account) -> None:
    stamp = headers.get("x-timestamp", "")
    if headers.get("x-version") != VERSION or not re.fullmatch(r"\d{13}", stamp):
        raise Refused(Refusal.PARAM, "headers")
    right = sign(account.id, account.secret, stamp, visit.body)
    if not compare_digest(right.encode(), headers.get("x-signature", "").encode()):
        raise Refused(Refusal.SIGN)


def _reply(code: int, message: str, data: object) -> Reply:
    told = {"code": code, "message": message, "data": data}
    return Reply(body=json.dumps(told, ensure_ascii=False).encode())
