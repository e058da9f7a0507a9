"""Reloadly (auth, giftcards and topups: one folder for each of its hosts).

The base addresses are /reloadly/auth, /reloadly/giftcards and /reloadly/topups. An account's id is
its client_id, its secret the client_secret; webhooks go to its callback_url, signed with the option
`webhook_secret` (the client_secret). Products of kind `card` are gift cards, of kind `mobile`
operators, of kind `pin` operators that deliver a code. The ledger's yuan stand for the option
`currency` (USD), and all goods are for the option `country` (US). A token is good for the option
`token_s` (86400) seconds, for one of the hosts. Replies carry no signature.

Guesses, where nothing is published:
guess: an audience is known by the word giftcards or topups in it, so that a loopback one is good;
a token's reply is {access_token, scope, expires_in, token_type}; a wrong `Accept` is refused;
guess: a refusal is HTTP 400, of tokens 401 (INVALID_CREDENTIALS, INVALID_TOKEN, TOKEN_EXPIRED, the
last for any trouble with clocks, too), of what is not there 404 (NOT_FOUND, PRODUCT_NOT_FOUND,
TRANSACTION_NOT_FOUND), of no published code INVALID_REQUEST; "busy" is 503 SERVICE_UNAVAILABLE;
guess: what is no longer on sale is TEMPORARY_OUT_OF_STOCK;
guess: a `customIdentifier` is unique across both hosts, refused with CUSTOM_IDENTIFIER_ALREADY_USED
when seen before, unless the option `duplicates` says `original`; without one nothing is recognised;
guess: all goods are FIXED: a gift card's `unitPrice` is the recipient's denomination (face_e4), a
top-up's `amount` the price, or the face with `useLocalAmount`; an operator lists fixedAmounts and
localFixedAmounts; nothing is discounted, and no fee taken; `senderName` is wanted, a recipient not;
guess: /products, /discounts and the reports are pages {content, totalElements, totalPages, number}
and always the first; a country's products are a list; a report without customIdentifier is empty;
guess: /topups is over when it answers, FAILED with HTTP 200; /topups-async tells `transactionId`;
guess: cards that are not there yet are an empty list; a pin that is not there yet is null;
guess: `balanceInfo` tells cost and currencyCode; redeem-instructions productId, concise, verbose;
guess: a webhook's `data` is {transactionId, customIdentifier, status}, its type for gift cards
giftcard_transaction.status.
PHONE_RECENTLY_RECHARGED, the daily limits, RANGE denominations and utilities are not played.
"""

import json
import re
import time
from hmac import compare_digest
from re import Match
from typing import Any
from urllib.parse import parse_qsl

from simulators.dialect import News, Telling
from simulators.reading import object_of, text_of
from simulators.records import Account, Refusal, Refused
from simulators.reloadly_airtime import TOPUPS, TOPUPS_ASYNC, Airtime
from simulators.reloadly_floor import NAME, Deed, Routes
from simulators.reloadly_giftcards import ORDERS, Giftcards
from simulators.reloadly_signing import Claims, claims_of, is_genuine, issue, sign_webhook
from simulators.reloadly_words import STATUSES, amount, currency_of, error_of
from simulators.shop import Shop
from simulators.wire import Reply, Visit

ROOT = "/reloadly/"
TOKEN = "auth/oauth/token"  # noqa: S105 -- a path
BUYING = frozenset({ORDERS, TOPUPS, TOPUPS_ASYNC})
HOSTS = ("giftcards", "topups")
DAY = 86_400


class Reloadly:
    name = NAME
    ack = ""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        money: Routes = {("GET", f"(?:{'|'.join(HOSTS)})/accounts/balance"): _balance}
        self._routes: Routes = {**money, **Giftcards(shop).routes, **Airtime(shop).routes}

    def answer(self, visit: Visit) -> Reply:
        path = visit.url.path.removeprefix(ROOT)
        try:
            told = self._token(visit) if path == TOKEN else self._goods(visit, path)
        except Refused as refused:
            visit.outcome = f"refused {refused}"
            status, error = error_of(refused, path=f"/{path.partition('/')[2]}")
            return _reply(error, status=status)
        visit.outcome = "ok"
        return _reply(told)

    def news(self, telling: Telling) -> News:
        purchase = telling.purchase
        kind = "giftcard" if purchase.kind == "card" else "airtime"
        told = {
            "type": f"{kind}_transaction.status",
            "data": {
                "transactionId": purchase.id,
                "customIdentifier": purchase.client_no,
                "status": STATUSES[telling.state],
            },
        }
        body, stamp = json.dumps(told).encode(), str(int(time.time() * 1000))
        headers = {
            "X-Reloadly-Request-Timestamp": stamp,
            "X-Reloadly-Signature": sign_webhook(body, stamp, _webhook_secret(telling)),
        }
        return News(content_type="application/json", body=body, headers=headers)

    def _token(self, visit: Visit) -> dict[str, Any]:
        given = object_of(visit.body)
        account = self._shop.ledger.find_account(self.name, str(given.get("client_id", "")))
        secret = str(given.get("client_secret", "")).encode()
        if account is None or not compare_digest(account.secret.encode(), secret):
            raise Refused(Refusal.NO_ACCOUNT)
        self._shop.spoil_query(visit, account)
        host = re.search("|".join(HOSTS), text_of(given, "audience"))
        if given.get("grant_type") != "client_credentials" or host is None:
            raise Refused(Refusal.PARAM, "grant_type or audience")
        seconds = account.options.get("token_s", DAY)
        claims = Claims(client_id=account.id, audience=host[0], until=time.time() + seconds)
        return {
            "access_token": issue(claims, account.secret),
            "scope": host[0],
            "expires_in": seconds,
            "token_type": "Bearer",
        }

    def _goods(self, visit: Visit, path: str) -> object:
        account = self._bearer(visit, path)
        visit.account = account
        deed, found = self._deed(visit.method, path)
        if path not in BUYING:
            asked = dict(parse_qsl(visit.url.query))
            visit.client_no = asked.get("customIdentifier", "")
            self._shop.spoil_query(visit, account)
        return deed(visit, account, found)

    def _bearer(self, visit: Visit, path: str) -> Account:
        """Who holds a token that is genuine, for this host and not over."""
        headers = {name.lower(): value for name, value in visit.headers.items()}
        token = headers.get("authorization", "").removeprefix("Bearer ")
        claims = claims_of(token)
        if claims is None:
            raise Refused(Refusal.SIGN)
        account = self._shop.ledger.find_account(self.name, claims.client_id)
        if account is None or not is_genuine(token, account.secret):
            raise Refused(Refusal.SIGN)
        if claims.audience != path.partition("/")[0]:
            raise Refused(Refusal.SIGN, "audience")
        if claims.are_over:
            raise Refused(Refusal.CLOCK)
        if f"application/com.reloadly.{claims.audience}-v1+json" not in headers.get("accept", ""):
            raise Refused(Refusal.PARAM, "Accept")
        return account

    def _deed(self, method: str, path: str) -> tuple[Deed, Match[str]]:
        for (verb, pattern), deed in self._routes.items():
            found = re.fullmatch(pattern, path)
            if verb == method and found:
                return deed, found
        raise Refused(Refusal.NO_METHOD)


def _balance(_visit: Visit, account: Account, _found: Match[str]) -> dict[str, Any]:
    return {"balance": amount(account.balance_e4), "currencyCode": currency_of(account)}


def _webhook_secret(telling: Telling) -> str:
    secret = str(telling.account.options.get("webhook_secret", telling.account.secret))
    return f"not-{secret}" if telling.forged else secret


def _reply(told: object, *, status: int = 200) -> Reply:
    return Reply(body=json.dumps(told, ensure_ascii=False).encode(), status=status)
