"""What comes in, what goes out, and how a reply is spoiled on its way."""

import gzip
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from itertools import repeat
from urllib.parse import SplitResult

from simulators.faults import Fault, Faults
from simulators.records import Account

PATIENCE = 60.0  # seconds, the longest that any fault holds a connection
BOMB_CHUNKS = 128
HTML = "text/html; charset=utf-8"
GATEWAY_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>"  # noqa: E501 -- as a gateway writes it
ERROR_PAGE = b"<html><body><h1>500 Internal Server Error</h1></body></html>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    body: bytes
    status: int = 200
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    charset: str = "utf-8"


@dataclass(kw_only=True, slots=True)
class Visit:
    """One request, and what is learnt of it while it is answered."""

    method: str
    url: SplitResult
    headers: Mapping[str, str]
    body: bytes
    account: Account | None = None
    client_no: str = ""
    outcome: str = ""
    faults: Faults = field(default_factory=dict)


def send(handler: BaseHTTPRequestHandler, reply: Reply, faults: Faults) -> None:
    """Answer, or do what the first fault on the list does instead."""
    time.sleep(min(faults.get(Fault.DELAY, 0), PATIENCE))
    for fault, spoil in SPOILERS.items():
        if fault in faults:
            spoil(handler, reply, faults[fault])
            return
    plainly(handler, reply)


def plainly(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    _head(handler, reply)
    handler.wfile.write(reply.body)


def _head(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    handler.send_response(reply.status)
    handler.send_header("Content-Type", reply.content_type)
    handler.send_header("Content-Length", str(len(reply.body)))
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    handler.end_headers()


def _hang(handler: BaseHTTPRequestHandler, _reply: Reply, seconds: float) -> None:
    """Until the client has gone or our patience ends."""
    handler.close_connection = True
    handler.connection.settimeout(min(seconds, PATIENCE))
    try:
        handler.connection.recv(1)
    except TimeoutError:
        return


def _lose(handler: BaseHTTPRequestHandler, _reply: Reply, _argument: float) -> None:
    handler.close_connection = True


def _drip(handler: BaseHTTPRequestHandler, reply: Reply, seconds: float) -> None:
    handler.close_connection = True
    _head(handler, reply)
    end = time.monotonic() + PATIENCE
    for byte in reply.body:
        if time.monotonic() > end:
            return
        handler.wfile.write(bytes([byte]))
        time.sleep(seconds)


def _other_charset(reply: Reply) -> Reply:
    other = "utf-8" if reply.charset == "gbk" else "gbk"
    return replace(reply, body=reply.body.decode(reply.charset).encode(other))


def _bomb(reply: Reply) -> Reply:
    zeros = bytes(1 << 20)
    packed = b"".join(map(gzip.compress, repeat(zeros, BOMB_CHUNKS)))
    return replace(reply, body=packed, headers={"Content-Encoding": "gzip"})


def _page(status: int, body: bytes) -> Callable[[Reply], Reply]:
    return lambda _reply: Reply(status=status, body=body, content_type=HTML)


Spoiler = Callable[[BaseHTTPRequestHandler, Reply, float], None]


def _changed(change: Callable[[Reply], Reply]) -> Spoiler:
    return lambda handler, reply, _argument: plainly(handler, change(reply))


SPOILERS: Mapping[Fault, Spoiler] = {
    Fault.HANG: _hang,
    Fault.REPLY_LOST_BEFORE: _lose,
    Fault.REPLY_LOST_AFTER: _lose,
    Fault.HTTP_502_BEFORE: _changed(_page(502, GATEWAY_PAGE)),
    Fault.HTTP_502_AFTER: _changed(_page(502, GATEWAY_PAGE)),
    Fault.HTTP_500_AFTER: _changed(_page(500, ERROR_PAGE)),
    Fault.RATE_LIMITED: _changed(_page(429, b"<html><body>Too Many Requests</body></html>")),
    Fault.GARBAGE_BODY: _changed(lambda reply: replace(reply, body=b'\xff\xfe{"code"\x00\x80')),
    Fault.EMPTY_BODY: _changed(lambda reply: replace(reply, body=b"")),
    Fault.BIG_BODY: _changed(lambda reply: replace(reply, body=reply.body + b" " * 3_000_000)),
    Fault.SLOW_DRIP: _drip,
    Fault.GZIP_BOMB: _changed(_bomb),
    Fault.GBK_BODY: _changed(_other_charset),
}
