"""The network between a buyer's adapter and our server: it carries what is said to the right shop,
and spoils it as the stand-ins spoil their own answers."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import requests

from simulators.faults import Fault, of_account
from simulators.wire import Reply, send

NEVER_CARRIED = {
    Fault.REPLY_LOST_BEFORE,
    Fault.HTTP_502_BEFORE,
    Fault.RATE_LIMITED,
    Fault.BUSY_BEFORE,
}
BUSY = Reply(body=json.dumps({"code": 500, "msg": "系统繁忙", "data": None}).encode())
KEPT = ("Content-Type", "UserId", "Timestamp", "Sign")


@dataclass
class Wire:
    """`hosts`: by the first part of a path, the shop that it is carried to. `faults` are as those
    of an account at the stand-ins; by the end of its path, so many `copies` of what is said
    are carried, or fewer: until one is answered with what is in `enough`; it is `tampered` with:
    the first of the two is replaced by the other."""

    server: str
    hosts: dict[str, str] = field(default_factory=dict)
    url: str = ""
    faults: dict[str, float] = field(default_factory=dict)
    copies: dict[str, int] = field(default_factory=dict)
    enough: bytes = b""
    tampered: tuple[bytes, bytes] = (b"", b"")
    seen: Counter[str] = field(default_factory=Counter)
    told: list[bytes] = field(default_factory=list)

    def faults_of(self, path: str) -> dict[Fault, float]:
        self.seen[path] += 1
        key, is_query = f"{path}:{self.seen[path]}", not path.endswith("order/buy")
        return dict(of_account(self.faults, seed=0, key=key, query=is_query))

    def carry(self, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """The last answer of the copies."""
        right, wrong = self.tampered
        sent = body.replace(right, wrong) if right else body
        kept = {name: headers[name] for name in KEPT if name in headers}
        kept["Host"] = self.hosts[path.split("/")[1]]
        for _ in range(max(n for end, n in {"": 1, **self.copies}.items() if path.endswith(end))):
            told = requests.post(self.server + path, data=sent, headers=kept, timeout=20)
            if self.enough and self.enough in told.content:
                break
        self.told.append(told.content)
        return Reply(
            status=told.status_code, body=told.content, content_type=told.headers["Content-Type"]
        )


@contextmanager
def wired(server: str) -> Iterator[Wire]:
    wire = Wire(server)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            faults = wire.faults_of(self.path)
            reply = BUSY
            if not faults.keys() & NEVER_CARRIED:
                reply = wire.carry(self.path, dict(self.headers.items()), body)
            send(self, BUSY if Fault.BUSY_AFTER in faults else reply, faults)

        def log_message(self, *_):
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server_socket:
        server_socket.daemon_threads = True
        wire.url = f"http://127.0.0.1:{server_socket.server_address[1]}"
        Thread(target=server_socket.serve_forever, daemon=True).start()
        try:
            yield wire
        finally:
            server_socket.shutdown()
