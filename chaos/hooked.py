"""Partners' servers of the trial: one program for all of them, which remembers what it was told and
behaves as each is said to."""

import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

WELL, FAILS, HANGS, GONE, INSIDE = "well", "fails", "hangs", "gone", "inside"
HANGS_FOR = 20.0  # seconds
STATUS = {FAILS: 500, GONE: 410, INSIDE: 302}


@dataclass
class Listeners:
    """`first` is when a fact was first heard and accepted, `first_call` when it was first said."""

    kinds: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    first: dict[str, float] = field(default_factory=dict)
    first_call: dict[str, float] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    ids: Counter[str] = field(default_factory=Counter)
    ids_of: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    unsigned: list[str] = field(default_factory=list)
    inside: int = 0
    is_mended: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    mended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Listeners":
        listeners = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                body = self.rfile.read(size)
                if len(body) < size:
                    return  # who called was killed while he spoke
                name = self.path.strip("/")
                status = listeners.hear(name, dict(self.headers.items()), body)
                self.send_response(status)
                if status == STATUS[INSIDE]:
                    self.send_header("Location", f"{listeners.base}/secret")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                listeners.inside += 1
                self.send_error(404)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class' name
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Who called was killed, as the trial wants."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_why: object) -> None:
        self.mended.set()
        self._server.shutdown()
        self._server.server_close()

    def url_of(self, name: str) -> str:
        return f"{self.base}/{name}"

    def expect(self, name: str, *, kind: str, secret: str) -> None:
        self.kinds[name], self.secrets[name] = kind, secret

    def mend(self) -> None:
        self.is_mended = True
        self.mended.set()

    def hear(self, name: str, headers: dict[str, str], body: bytes) -> int:
        """The status that is answered. One that fails takes a fact at its second try."""
        try:
            said = Webhook(self.secrets[name]).verify(body, headers)
        except (WebhookVerificationError, KeyError) as why:
            self.unsigned.append(f"{name}: {why!r}")
            return 400
        fact, kind, now = said["data"]["order"], self.kinds[name], time.monotonic()
        with self.lock:
            self.calls[fact] += 1
            self.ids[said["id"]] += 1
            self.ids_of[fact].add(said["id"])
            self.first_call.setdefault(fact, now)
        if self._does_well(kind, fact):
            self.first.setdefault(fact, now)
            return 200
        if kind == HANGS:
            self.mended.wait(HANGS_FOR)
            return 504
        return STATUS[kind]

    def _does_well(self, kind: str, fact: str) -> bool:
        if kind == WELL or self.is_mended:
            return True
        return kind == FAILS and self.calls[fact] > 1
