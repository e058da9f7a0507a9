"""One port of this machine: the suppliers under their prefixes, the desk under /control/."""

import logging
import sys
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import sleep, time
from urllib.parse import urlsplit

from simulators.control import Control
from simulators.courier import Courier, is_this_machine
from simulators.dialect import Dialect
from simulators.fulu import Fulu
from simulators.iqiyi import Iqiyi
from simulators.juhe import Juhe
from simulators.kakayun import Kakayun
from simulators.kasushou import Kasushou
from simulators.kayixin import Kayixin
from simulators.kinguin import Kinguin
from simulators.ledger import Ledger
from simulators.ofpay import Ofpay
from simulators.records import Broken
from simulators.reloadly import Reloadly
from simulators.shop import Shop
from simulators.texts import AliyunSms, TencentSms
from simulators.wire import Reply, Visit, plainly, send

logger = logging.getLogger(__name__)
BODY_LIMIT = 1_000_000
DIALECTS: Sequence[Callable[[Shop], Dialect]] = (
    AliyunSms,
    Fulu,
    Iqiyi,
    Juhe,
    Kakayun,
    Kasushou,
    Kayixin,
    Kinguin,
    Ofpay,
    Reloadly,
    TencentSms,
)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, *, port: int, folder: Path) -> None:
        self.ledger = Ledger(folder)
        self.shop = Shop(self.ledger)
        self.control = Control(self.shop)
        for speaks in DIALECTS:
            dialect = speaks(self.shop)
            self.shop.dialects[dialect.name] = dialect
        self.courier = Courier(self.shop)
        super().__init__(("127.0.0.1", port), Handler)
        self.courier.start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes in the middle of a request is none of our errors."""
        gone = isinstance(sys.exception(), ConnectionError)
        logger.log(logging.DEBUG if gone else logging.ERROR, "%s", client_address, exc_info=True)

    def server_close(self) -> None:
        super().server_close()
        self.courier.stop()
        self.ledger.close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        logger.debug(format, *args)

    def _serve(self) -> None:
        visit = self._read()
        prefix = visit.url.path.split("/")[1]
        try:
            if prefix == "control":
                self._control(visit)
            elif prefix in self.server.shop.dialects:
                self._trade(prefix, visit)
            else:
                plainly(self, Reply(status=404, body=b"{}"))
        except (ConnectionError, TimeoutError):  # the client has gone, as clients do
            self.close_connection = True

    def _read(self) -> Visit:
        length = min(int(self.headers.get("Content-Length") or 0), BODY_LIMIT)
        return Visit(
            method=self.command,
            url=urlsplit(self.path),
            headers=dict(self.headers.items()),
            body=self.rfile.read(length),
        )

    def _control(self, visit: Visit) -> None:
        """A page of another site must not steer the desk through a name of its own."""
        host = urlsplit("//" + visit.headers.get("Host", "")).hostname or ""
        if is_this_machine(host):
            plainly(self, self.server.control.answer(visit))
        else:
            plainly(self, Reply(status=403, body=b'{"error": "loopback only"}'))

    def _trade(self, name: str, visit: Visit) -> None:
        try:
            reply = self.server.shop.dialects[name].answer(visit)
        except Broken as broken:
            reply = Reply(body=b"")
            visit.outcome = "broken"
            visit.faults = broken.faults
        self.server.ledger.log(
            at=time(),
            method=visit.method,
            path=visit.url.path,
            protocol=name,
            account=visit.account.id if visit.account else "",
            client_no=visit.client_no,
            outcome=" ".join([visit.outcome, *visit.faults]),
        )
        if visit.account:
            sleep(visit.account.latency_ms / 1000)
        send(self, reply, visit.faults)
