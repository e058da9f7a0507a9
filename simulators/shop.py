"""Buying, finishing, giving money back: the same for every protocol.

`buy` takes the money with the order, `finish` delivers or gives it back, `refund` takes a
delivered order back. Each is one transaction and happens once, whoever asks again.
"""

import json
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace

from simulators.dialect import Dialect
from simulators.faults import QUERY, Fault, Faults, of_account, of_number
from simulators.ledger import Ledger
from simulators.records import (
    CARRIES_CODES,
    Account,
    Broken,
    Purchase,
    Refusal,
    Refused,
    State,
    Wish,
)
from simulators.tellings import tellings
from simulators.till import give_back, make_cards, take_order
from simulators.wire import Visit

UNTOUCHED = (Fault.REPLY_LOST_BEFORE, Fault.HTTP_502_BEFORE, Fault.RATE_LIMITED)
REFUSALS = {
    Fault.BALANCE_GONE: Refusal.BALANCE,
    Fault.OFF_SHELF: Refusal.OFF_SHELF,
    Fault.CLOCK_SKEW: Refusal.CLOCK,
    Fault.BUSY_BEFORE: Refusal.BUSY,
}


class Shop:
    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.dialects: dict[str, Dialect] = {}
        # Posts an order's callbacks before the reply goes out; the courier sets it.
        self.tell_now: Callable[[int], None] = lambda _purchase: None

    def buy(self, visit: Visit, account: Account, wish: Wish) -> Purchase:
        """Take the order and its money, or raise Refused or Broken.

        A number seen before is never bought again: by default it is refused as a duplicate, with
        the account's option `{"duplicates": "original"}` the first order is returned.
        """
        visit.account, visit.client_no = account, wish.client_no
        visit.faults = faults = self._faults(account, wish)
        known = self._known(account, wish.client_no)
        if known is not None:
            return _original_or_refused(account, known)
        _refuse_or_break(faults)
        key = self._place(account, wish, faults)
        if Fault.EARLY_CALLBACK in faults or account.processing_ms == 0:
            self.finish(key)
        if Fault.EARLY_CALLBACK in faults:
            self.tell_now(key)
        if Fault.BUSY_AFTER in faults:
            raise Refused(Refusal.BUSY)
        return self.ledger.get_purchase(key)

    def buy_at_once(self, visit: Visit, account: Account, wish: Wish) -> Purchase:
        """As `buy`, but over when it returns: for protocols whose reply carries the goods."""
        key = self.buy(visit, account, wish).id
        self.finish(key)
        return _as_seen(self.ledger.get_purchase(key))

    def ask(self, account: Account, number: str, *, by: str = "client_no") -> Purchase:
        """The order with the cards that may be seen by now; raises Refused when there is none."""
        found = self.ledger.find_purchase(account, number=number, by=by)
        if found is None:
            raise Refused(Refusal.NO_ORDER)
        with self.ledger.writing() as db:
            db.execute("UPDATE purchases SET asks = asks + 1 WHERE id = ?", (found.id,))
        if found.asks < found.faults.get(Fault.NOT_FOUND_THEN_FOUND, 0):
            raise Refused(Refusal.NO_ORDER)
        return _as_seen(found)

    def spoil_query(self, visit: Visit, account: Account) -> None:
        """Let the account's `query:` faults at the answer to anything but a purchase."""
        visit.account = account
        key = f"{visit.client_no}:{self.ledger.count_requests(account, visit.client_no)}"
        visit.faults = of_account(account.faults, seed=account.seed, key=QUERY + key, query=True)
        _refuse_or_break(visit.faults)

    def finish(self, key: int, *, canceled: bool = False) -> bool:
        """Deliver the order or fail it, with its callbacks; False when it was no longer open."""
        with self.ledger.writing() as db:
            purchase = self.ledger.find_by_key(key)
            if purchase is None:
                return False
            failed = canceled or Fault.FAILED in purchase.faults
            moved = db.execute(
                "UPDATE purchases SET state = :state, finished_at = :now, refund_at = :refund_at"
                " WHERE id = :key AND state = 'accepted'",
                {
                    "state": State.FAILED if failed else State.SUCCEEDED,
                    "now": time.time(),
                    "refund_at": None if failed else _refund_at(purchase.faults),
                    "key": key,
                },
            )
            if moved.rowcount == 0:
                return False
            if failed:
                give_back(db, purchase, purchase.price_e4, reason="failed")
            elif purchase.kind in CARRIES_CODES:
                make_cards(db, purchase)
            self._enqueue(db, key)
        return True

    def refund(self, key: int) -> None:
        """Take a delivered order back, in full or in half, and say so."""
        with self.ledger.writing() as db:
            purchase = self.ledger.find_by_key(key)
            if purchase is None:
                return
            part = Fault.PARTIAL_REFUND in purchase.faults
            amount = purchase.price_e4 // 2 if part else purchase.price_e4
            moved = db.execute(
                "UPDATE purchases SET state = 'refunded', refund_at = NULL"
                " WHERE id = :key AND state = 'succeeded'",
                {"key": key},
            )
            if moved.rowcount:
                give_back(db, purchase, amount, reason="refunded")
                self._enqueue(db, key)

    def settle_due(self) -> None:
        """Finish and refund whatever is due."""
        now = {"now": time.time()}
        for row in self.ledger.rows(
            "SELECT id FROM purchases WHERE state = 'accepted' AND due_at <= :now", now
        ):
            self.finish(row["id"])
        for row in self.ledger.rows("SELECT id FROM purchases WHERE refund_at <= :now", now):
            self.refund(row["id"])

    def _faults(self, account: Account, wish: Wish) -> Faults:
        tries = self.ledger.count_requests(account, wish.client_no)
        key = f"{wish.client_no}:{tries}"
        chosen = of_account(account.faults, seed=account.seed, key=key, query=False)
        phone = of_number(wish.charged_to) if wish.product.kind == "mobile" else {}
        return {**chosen, **of_number(wish.product.id), **phone}

    def _known(self, account: Account, client_no: str) -> Purchase | None:
        if not client_no:
            return None
        return self.ledger.find_purchase(account, number=client_no, by="client_no")

    def _place(self, account: Account, wish: Wish, faults: Faults) -> int:
        price_e4 = _price(wish, faults)
        with self.ledger.writing() as db:
            try:
                return take_order(db, account, wish, price_e4=price_e4, faults=json.dumps(faults))
            except sqlite3.IntegrityError as error:  # the same number, a moment ago
                raise Refused(Refusal.DUPLICATE) from error

    def _enqueue(self, db: sqlite3.Connection, key: int) -> None:
        purchase = self.ledger.get_purchase(key)
        account = self.ledger.find_account(purchase.protocol, purchase.account)
        if not purchase.callback_url or account is None:
            return
        dialect = self.dialects[purchase.protocol]
        for place, telling in enumerate(tellings(account, purchase)):
            news = dialect.news(telling)
            for one in (news, *news.also):
                db.execute(
                    "INSERT INTO callbacks"
                    " (purchase, url, content_type, headers, body, ack, note, due_at)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        key,
                        purchase.callback_url,
                        one.content_type,
                        json.dumps(dict(one.headers)),
                        one.body,
                        dialect.ack,
                        f"{telling.state}{' forged' if telling.forged else ''}",
                        time.time() + 0.05 * place,
                    ),
                )


def _original_or_refused(account: Account, known: Purchase) -> Purchase:
    if account.options.get("duplicates") == "original":
        return known
    raise Refused(Refusal.DUPLICATE)


def _refuse_or_break(faults: Faults) -> None:
    if any(fault in faults for fault in UNTOUCHED):
        raise Broken(faults)
    for fault, refusal in REFUSALS.items():
        if fault in faults:
            raise Refused(refusal)


def _price(wish: Wish, faults: Faults) -> int:
    """What one piece costs now; raises Refused when that is more than the client's limit."""
    if wish.product.state != "on":
        raise Refused(Refusal.OFF_SHELF)
    price = wish.product.price_e4
    if Fault.PRICE_CHANGED in faults:
        price += price // 2
    if wish.ceiling_e4 is not None and price > wish.ceiling_e4:
        raise Refused(Refusal.PRICE)
    return price


def _as_seen(purchase: Purchase) -> Purchase:
    return replace(purchase, cards=purchase.cards[: _visible(purchase, now=time.time())])


def _visible(purchase: Purchase, *, now: float) -> int:
    since = now - (purchase.finished_at or now)
    if since < purchase.faults.get(Fault.CODES_LATER, 0):
        return 0
    if since < purchase.faults.get(Fault.PARTIAL_CARDS, 0):
        return purchase.quantity // 2
    return purchase.quantity


def _refund_at(faults: Faults) -> float | None:
    for fault in (Fault.REFUND_AFTER_SUCCESS, Fault.PARTIAL_REFUND):
        if fault in faults:
            return time.time() + faults[fault]
    return None
