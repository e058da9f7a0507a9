"""Partners who order as fast as they are answered, each on a connection that stays open."""

import json
import socket
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

from bench.goods import Goods
from bench.partner_goods import Buyer

PATIENCE = 20.0


@dataclass(slots=True)
class Sales:
    """What came of a load; `cpu_ms` is the machine's whole time for one."""

    count: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float = 0.0


class Caller:
    """One client: a socket and what it heard."""

    def __init__(self, port: int, goods: Goods, buyer: Buyer) -> None:
        self._port, self._host, self._key = port, goods.host, buyer.key
        self._sku, self._name, self._numbers = goods.sku_ref, uuid4().hex[:12], count()
        self._socket: socket.socket | None = None
        self._rest = b""

    def order(self) -> tuple[int, dict[str, object]]:
        """The status and the body of one order."""
        number = f"{self._name}-{next(self._numbers)}"
        body = json.dumps({"sku": self._sku, "partner_order_no": number}).encode()
        head = (
            f"POST /api/v1/orders HTTP/1.1\r\nHost: {self._host}\r\n"
            f"Authorization: Bearer {self._key}\r\nIdempotency-Key: {number}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE)
        self._socket.sendall(head.encode() + body)
        status, answer = self._answer()
        return status, json.loads(answer)

    def _answer(self) -> tuple[int, bytes]:
        assert self._socket is not None  # opened by `order`
        heard = self._rest
        while b"\r\n\r\n" not in heard:
            heard += self._more()
        head, _, body = heard.partition(b"\r\n\r\n")
        lines = {name.lower(): value for name, _, value in
                 (line.partition(b": ") for line in head.split(b"\r\n")[1:])}  # fmt: skip
        length = int(lines[b"content-length"])
        while len(body) < length:
            body += self._more()
        self._rest = body[length:]
        if lines.get(b"connection", b"").lower() == b"close":
            self.close()
        return int(head[9:12]), body[:length]

    def _more(self) -> bytes:
        assert self._socket is not None
        chunk = self._socket.recv(65536)
        if not chunk:
            raise SystemExit("the web process hung up")
        return chunk

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest = None, b""


def sell_for_a_while(port: int, goods: Goods, buyers: list[Buyer], *, seconds: float) -> Sales:
    """A client a buyer; every answer must be an order with its code."""
    taken: list[float] = []
    until = time.perf_counter() + seconds

    def buy(caller: Caller) -> None:
        while (began := time.perf_counter()) < until:
            status, body = caller.order()
            taken.append(time.perf_counter() - began)
            if status != 201 or not _codes(body):
                raise SystemExit(f"an order was answered {status}: {body}")

    elapsed = _together(port, goods, buyers, buy)
    cuts = statistics.quantiles(taken, n=100)
    return Sales(
        count=len(taken),
        per_second=len(taken) / elapsed,
        p50_ms=cuts[49] * 1000,
        p99_ms=cuts[98] * 1000,
    )


def sell_out(port: int, goods: Goods, buyers: list[Buyer]) -> tuple[float, list[str]]:
    """Until each of them has heard that there is no more: how long it took, and what they got."""
    codes: list[str] = []

    def buy(caller: Caller) -> None:
        while True:
            status, body = caller.order()
            if status != 201:
                if status != 409:
                    raise SystemExit(f"an order was answered {status}: {body}")
                return
            codes.extend(_codes(body))

    return _together(port, goods, buyers, buy), codes


def _codes(body: dict[str, object]) -> list[str]:
    units = body.get("units")
    assert isinstance(units, list)
    return [unit["code"] for unit in units if unit["code"]]


def _together(
    port: int, goods: Goods, buyers: list[Buyer], work: Callable[[Caller], None]
) -> float:
    """Run `work(caller)` for each buyer at once; seconds. The first failure is raised."""
    callers = [Caller(port, goods, buyer) for buyer in buyers]
    failed: list[BaseException] = []

    def run(caller: Caller) -> None:
        try:
            work(caller)
        except BaseException as error:  # noqa: BLE001 -- raised below, in the main thread
            failed.append(error)

    threads = [threading.Thread(target=run, args=(caller,)) for caller in callers]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    for caller in callers:
        caller.close()
    if failed:
        raise failed[0]
    return elapsed
