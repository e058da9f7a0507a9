"""One partner's program, over HTTP: it orders until it is answered, and remembers what it was told.

A connection that dies, a 5xx, a 429, and "the first one is still running" are asked again in the
same words: that is what the guide says. Sometimes it hangs up before it hears anything, and
sometimes it asks once more for what it was told.
"""

import http.client
import json
import threading
import time
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from bench.goods import Goods
from bench.partner_goods import Buyer
from chaos.shopper import digest
from core.money import E4

ORDERS, BATCHES, BALANCE = "/api/v1/orders", "/api/v1/order-batches", "/api/v1/balance"
TIMEOUT, TRY_AGAIN, HANGS_UP_AFTER = 20.0, 0.3, 0.01
TOLD, NO_MONEY, KEY_REUSED, TOO_MANY = frozenset({200, 201}), 402, 422, 429
AGAIN = "~"  # in an order's number: it is not the first for this wish


class Lost(Exception):
    """No answer, or one that says "later"."""


class Running(Lost):
    """The first call with this key is still running."""


@dataclass(frozen=True, slots=True)
class Line:
    number: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is ordered in one call; of several lines it is a batch. `hangs_up` and `asks_again`: so
    many times before and after its answer. `swaps`: then its key comes with other words."""

    comes_at: float
    lines: tuple[Line, ...]
    key: str = ""
    hangs_up: int = 0
    asks_again: int = 0
    swaps: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What an answer says of one line."""

    status: int
    ref: str = ""
    digests: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        return self.status == NO_MONEY or (self.status in TOLD and bool(self.ref))


@dataclass(frozen=True, slots=True)
class Answer:
    wish: Wish
    status: int
    body: bytes

    def read(self) -> dict[str, Heard]:
        """What is said of each line, by its number."""
        said, lines = json.loads(self.body), self.wish.lines
        if len(lines) == 1:
            return {lines[0].number: _heard(self.status, said)}
        results = said.get("results") or [{"status": self.status, "body": {}}] * len(lines)
        return {
            line.number: _heard(one["status"], one["body"])
            for line, one in zip(lines, results, strict=True)
        }


@dataclass(slots=True)
class Asked:
    """A line under its number, and what the partner holds us to."""

    partner_id: int
    number: str
    quantity: int
    tries_again: int = 0
    heard: Heard | None = None


@dataclass
class Program:
    port: int
    goods: Goods
    buyer: Buyer
    over: threading.Event
    asked: dict[str, Asked] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)  # answers that should not be
    unequal: list[str] = field(default_factory=list)  # told again, and otherwise
    longest_running: float = 0.0  # seconds that a key was said to be in use
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fulfil(self, wish: Wish) -> None:
        """Order, and ask again, until it is answered each time; or until all is over."""
        for _ in range(wish.hangs_up):
            self._note(wish)
            self._hang_up(wish)
            wish = self.again(wish)
        answers: list[Answer] = []
        while len(answers) <= wish.asks_again:
            answer = self._insist(wish)
            if answer is None:
                return
            answers.append(answer)
            wish = answer.wish
        self._compare(wish, answers)
        if wish.swaps:
            self._swap(wish)

    def again(self, wish: Wish) -> Wish:
        """What is asked when nothing was heard: the same."""
        return wish

    def told_balance_e4(self) -> int:
        status, body = self._call("GET", BALANCE)
        if status not in TOLD:
            raise Lost
        return int(Decimal(json.loads(body)["balance"]) * E4)

    def _insist(self, wish: Wish) -> Answer | None:
        running_since = None
        while not self.over.is_set():
            self._note(wish)
            try:
                told = self._call("POST", *_words(wish, self.goods.sku_ref), key=wish.key)
                return Answer(wish, *told)
            except Running:
                running_since = running_since or time.monotonic()
                took = time.monotonic() - running_since
                self.longest_running = max(self.longest_running, took)
            except Lost:
                running_since = None
            for line in wish.lines:
                self.asked[line.number].tries_again += 1
            wish = self.again(wish)
            self.over.wait(TRY_AGAIN)
        return None

    def _note(self, wish: Wish) -> None:
        """Before it is sent: whatever becomes of it, it was asked for."""
        for line in wish.lines:
            made = Asked(self.buyer.partner_id, line.number, line.quantity)
            with self.lock:
                self.asked.setdefault(line.number, made)

    def _compare(self, wish: Wish, answers: list[Answer]) -> None:
        """Under a key the answers are the same bytes; without one, the same orders and codes."""
        read = [answer.read() for answer in answers]
        for number, heard in (pair for each in read for pair in each.items()):
            if not heard.is_known:
                self.odd.append(f"{number} was answered {heard.status}")
        for number, heard in read[0].items():
            self.asked[number].heard = heard
        if wish.key:
            is_equal = len({(one.status, one.body) for one in answers}) == 1
        else:
            is_equal = all(_orders(each) == _orders(read[0]) for each in read)
        if not is_equal:
            self.unequal.append(wish.lines[0].number)

    def _swap(self, wish: Wish) -> None:
        (line,) = wish.lines
        other = replace(wish, lines=(Line(line.number, line.quantity + 1),))
        answer = self._insist(other)
        if answer is not None and answer.status != KEY_REUSED:
            self.odd.append(f"{line.number}: its key for other words was told {answer.status}")

    def _hang_up(self, wish: Wish) -> None:
        connection = self._connection()
        try:
            self._send(connection, "POST", *_words(wish, self.goods.sku_ref), key=wish.key)
            time.sleep(HANGS_UP_AFTER)
        except OSError:
            pass  # not even sent: it is asked again all the same
        finally:
            connection.close()

    def _call(self, method: str, path: str, body: str = "", *, key: str = "") -> tuple[int, bytes]:
        connection = self._connection()
        try:
            self._send(connection, method, path, body, key=key)
            answer = connection.getresponse()
            status, said = answer.status, answer.read()
        except (OSError, http.client.HTTPException) as why:
            raise Lost from why
        finally:
            connection.close()
        if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR or status == TOO_MANY:
            raise Lost
        if status == http.HTTPStatus.CONFLICT and b'"still_running"' in said:
            raise Running
        return status, said

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)

    def _send(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: str, *, key: str
    ) -> None:
        headers = {
            "Host": self.goods.host,
            "Authorization": f"Bearer {self.buyer.key}",
            "Content-Type": "application/json",
            "Connection": "close",
        }
        if key:
            headers["Idempotency-Key"] = key
        connection.request(method, path, body.encode(), headers)


class Forgetful(Program):
    """The control: when it hears nothing it orders anew, under another number and key."""

    def again(self, wish: Wish) -> Wish:
        lines = tuple(Line(_next(line.number), line.quantity) for line in wish.lines)
        return replace(wish, lines=lines, key=_next(wish.key) if wish.key else "")


def _next(name: str) -> str:
    first, _again, tries = name.partition(AGAIN)
    return f"{first}{AGAIN}{int(tries or 0) + 1}"


def _words(wish: Wish, sku_ref: str) -> tuple[str, str]:
    """The path and the body."""
    lines = [
        {"sku": sku_ref, "quantity": line.quantity, "partner_order_no": line.number}
        for line in wish.lines
    ]
    if len(lines) == 1:
        return ORDERS, json.dumps(lines[0])
    return BATCHES, json.dumps({"orders": lines})


def _orders(read: dict[str, Heard]) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {number: (heard.ref, heard.digests) for number, heard in read.items()}


def _heard(status: int, said: dict[str, Any]) -> Heard:
    codes = [unit["code"] for unit in said.get("units", ()) if unit["code"]]
    return Heard(status, str(said.get("ref", "")), tuple(digest(code) for code in codes))
