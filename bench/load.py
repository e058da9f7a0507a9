"""A small HTTP load: so many connections for so many seconds, to loopback only.

Each request is a connection of its own, as gunicorn's sync workers close them.
"""

import socket
import statistics
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    port: int
    host: str
    path: str
    connections: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Answered:
    per_second: float
    p50_ms: float
    p99_ms: float
    failed: int


def measure(load: Load) -> Answered:
    """Requests a second and their latency; an answer that is not 200 counts as failed."""
    taken: list[float] = []
    failed: list[int] = []
    until = time.perf_counter() + load.seconds
    threads = [
        threading.Thread(target=_ask_until, args=(load, until, taken, failed))
        for _ in range(load.connections)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    cuts = statistics.quantiles(taken, n=100) if len(taken) > 1 else [0.0] * 99
    return Answered(
        per_second=len(taken) / elapsed,
        p50_ms=cuts[49] * 1000,
        p99_ms=cuts[98] * 1000,
        failed=len(failed),
    )


def _ask_until(load: Load, until: float, taken: list[float], failed: list[int]) -> None:
    request = (
        f"GET {load.path} HTTP/1.1\r\nHost: {load.host}\r\n"
        "Accept: text/html\r\nAccept-Language: zh-CN\r\nConnection: close\r\n\r\n"
    ).encode()
    while (began := time.perf_counter()) < until:
        status = _ask(load.port, request)
        taken.append(time.perf_counter() - began)
        if status != b"200":
            failed.append(1)


def _ask(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        head = b""
        while chunk := connection.recv(65536):
            head = head or chunk[:12]
        return head[9:12]
