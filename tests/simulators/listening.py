"""A client's own ear for callbacks."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import TypeVar

T = TypeVar("T")


@dataclass
class Ear:
    """`answers` and `statuses` are given in turn, the last one for ever, each after `pause`
    seconds; `most_at_once` are the calls that waited for theirs at the same time."""

    answers: list[str]
    pause: float = 0.0
    most_at_once: int = 0
    url: str = ""
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=lambda: [200])

    def wait_for(self, count: int, *, seconds: float = 10) -> list[tuple[str, bytes]]:
        end = time.monotonic() + seconds
        while len(self.heard) < count and time.monotonic() < end:
            time.sleep(0.02)
        assert len(self.heard) >= count
        return list(self.heard)


@contextmanager
def listening(*answers: str) -> Iterator[Ear]:
    ear, lock = Ear(list(answers)), Lock()
    waiting: list[BaseHTTPRequestHandler] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            ear.headers.append(dict(self.headers.items()))
            ear.paths.append(self.path)
            ear.heard.append((self.headers["Content-Type"], body))
            with lock:
                waiting.append(self)
                ear.most_at_once = max(ear.most_at_once, len(waiting))
            time.sleep(ear.pause)
            with lock:
                waiting.remove(self)
            self.send_response(_next(ear.statuses))
            self.end_headers()
            self.wfile.write(_next(ear.answers).encode())

        def log_message(self, *_):
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        ear.url = f"http://127.0.0.1:{server.server_address[1]}/notify"
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield ear
        finally:
            server.shutdown()


def _next(planned: list[T]) -> T:
    return planned.pop(0) if len(planned) > 1 else planned[0]
