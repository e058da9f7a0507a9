"""A partner's server that is told things: a real one, which remembers and does as it is bid."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


@dataclass
class Heard:
    """One request as it came in."""

    headers: dict[str, str]
    body: bytes
    path: str = "/"

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def said(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    def verified_by(self, secret: str) -> dict[str, Any]:
        """By the official library; raises if it is not signed so, or not now."""
        return dict(Webhook(secret).verify(self.body, self.headers))


@dataclass
class Receiver:
    """`status` is what it answers, or says how; `gate`: it does not answer before it is opened."""

    url: str = ""
    status: int | Callable[[Heard], int] = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    gate: threading.Event | None = None
    heard: list[Heard] = field(default_factory=list)

    @property
    def ids(self) -> Counter[str]:
        return Counter(one.id for one in self.heard)

    def hear(self, heard: Heard) -> int:
        self.heard.append(heard)
        if self.gate is not None:
            self.gate.wait(30)
        return self.status if isinstance(self.status, int) else self.status(heard)


@contextmanager
def receiver(**options: Any) -> Iterator[Receiver]:
    served = Receiver(**options)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = served.hear(Heard(headers, body, self.path))
            self.send_response(status)
            for name, value in served.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(served.body)))
            self.end_headers()
            self.wfile.write(served.body)

        do_GET = do_POST  # noqa: N815 -- the base class' name

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class' name
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Who called has gone, as a test may want."""

    server = Server(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}/hooks"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        if served.gate is not None:
            served.gate.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
