"""Calls to addresses that others chose: verified, bounded in size and time, no redirects, no
proxies, and never into the house's own network.

A connection is made for each call and never used again: a kept one that was closed in the meantime
fails after the first byte, and what is only a dropped connection would look like a lost answer.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from socket import SHUT_RDWR
from typing import Any

import requests
import structlog
from requests_hardened import Config, HTTPSession
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

_CHUNK = 64 * 1024

_log = structlog.get_logger(__name__)
_here = threading.local()


class CallFailed(Exception):
    """`was_sent`: a connection stood, and something may have arrived."""

    def __init__(self, how: str, *, was_sent: bool) -> None:
        super().__init__(how)
        self.was_sent = was_sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds that one call may take."""

    to_connect: float
    to_answer: float
    in_all: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One call. `may_stay_home` lets it go to this machine (development and tests)."""

    method: str
    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    may_stay_home: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    status: int
    body: bytes


Reading = Callable[[requests.Response], bytes]


def call(outgoing: Outgoing, *, patience: Patience, read: Reading) -> Incoming:
    """Say it, and read the answer with `read`. Raises CallFailed for whatever the wire does."""
    with _session(outgoing, patience) as session, _timed(patience.in_all) as line:
        try:
            answer = _exchange(session, outgoing, read)
            if line.is_late:  # cut: what came may be a part that looks whole
                raise TimeoutError("no whole answer in time")
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise CallFailed(type(error).__name__, was_sent=line.is_open) from error
    return answer


def whole_of(most_bytes: int) -> Reading:
    """Reads all of a body as it came; one that is larger, or compressed, is an error."""

    def read(reply: requests.Response) -> bytes:
        if reply.headers.get("Content-Encoding", "identity") != "identity":
            raise ValueError("a compressed body, which was not asked for")
        body = _start(reply.raw, most_bytes + 1)
        if len(body) > most_bytes:
            raise ValueError(f"a body of more than {most_bytes} bytes")
        return body

    return read


def start_of(most_bytes: int) -> Reading:
    """Reads the first bytes of a body and leaves the rest."""

    def read(reply: requests.Response) -> bytes:
        return _start(reply.raw, most_bytes)[:most_bytes]

    return read


def _start(raw: Any, enough: int) -> bytes:
    parts, size = [], 0
    while size < enough and (part := raw.read1(min(_CHUNK, enough), decode_content=False)):
        size += len(part)
        parts.append(part)
    return b"".join(parts)


def _exchange(session: HTTPSession, outgoing: Outgoing, read: Reading) -> Incoming:
    headers = {"Accept-Encoding": "identity", "Connection": "close", **outgoing.headers}
    with session.request(
        outgoing.method, outgoing.url, data=outgoing.body, headers=headers, stream=True
    ) as reply:
        return Incoming(reply.status_code, read(reply))


@contextmanager
def _session(outgoing: Outgoing, patience: Patience) -> Iterator[HTTPSession]:
    config = Config(
        ip_filter_enable=True,
        ip_filter_allow_loopback_ips=outgoing.may_stay_home,
        never_redirect=True,
        default_timeout=(patience.to_connect, patience.to_answer),
        user_agent_override="Quanyi",
    )
    with HTTPSession(config) as session:
        session.trust_env = False  # no proxy and no .netrc of the machine
        for adapter in session.adapters.values():
            adapter.poolmanager.pool_classes_by_scheme = _POOLS
        yield session


class _Line:
    """One exchange: whether its connection stood, and the socket to cut when time is up."""

    def __init__(self) -> None:
        self.is_open = False
        self._sock: Any = None
        self.is_late = False
        self._lock = threading.Lock()

    def began(self, sock: Any) -> None:
        with self._lock:
            self._sock = sock
            if not self.is_late:
                self.is_open = True
                return
        raise TimeoutError("connected too late")

    def cut(self) -> None:
        # A read timeout starts anew with every byte: a slow drip would hold the worker for hours.
        with self._lock:
            self.is_late = True
            if self._sock is not None:
                try:
                    self._sock.shutdown(SHUT_RDWR)
                except OSError:
                    _log.debug("other_side_closed_first")


@contextmanager
def _timed(seconds: float) -> Iterator[_Line]:
    line = _here.line = _Line()
    timer = threading.Timer(seconds, line.cut)
    timer.daemon = True
    timer.start()
    try:
        yield line
    finally:
        timer.cancel()
        timer.join()
        _here.line = None


class _Connection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _here.line.began(self.sock)


class _TLSConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()  # the handshake too: until it is done, nothing of ours has left
        _here.line.began(self.sock)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


_POOLS = {"http": _Pool, "https": _TLSPool}
