"""An address of the broker that is away until it is opened."""

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit


class Relay:
    """Passes bytes between its own port and the Redis of `url`, from `open` to `close`."""

    def __init__(self, url: str) -> None:
        self._there = urlsplit(url)
        with socket.create_server(("127.0.0.1", 0)) as found:
            self._port = found.getsockname()[1]
        self._server: socket.socket | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def open(self) -> None:
        self._server = socket.create_server(("127.0.0.1", self._port))
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def close(self) -> None:
        if self._server:
            self._server.close()

    def _accept(self, server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                here, _address = server.accept()
                there = self._connect()
                for one, other in ((here, there), (there, here)):
                    threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()

    def _connect(self) -> socket.socket:
        if self._there.scheme == "unix":
            there = socket.socket(socket.AF_UNIX)
            there.connect(self._there.path)
            return there
        return socket.create_connection((self._there.hostname or "", self._there.port or 6379))


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError), one, other:
        while some := one.recv(65536):
            other.sendall(some)
