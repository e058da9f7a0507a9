"""The one place that turns what a network does into the five outcomes.

A connection is made for each call and never used again: a kept one that was closed in the meantime
fails after the first byte, and what is only a dropped connection would look like a lost answer.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import SHUT_RDWR
from typing import Any, NamedTuple

import requests
import structlog
from requests_hardened import Config, HTTPSession
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from suppliers.errors import NoAnswer, NothingSent, TooLate, Unspeakable
from suppliers.types import Answer, Outcome, Reply, Request

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 15.0  # unless the protocol says otherwise
_CHUNK = 64 * 1024
_ACCOUNT = re.compile(r"[0-9]{7,}")  # in an address, perhaps somebody's phone number

_log = structlog.get_logger(__name__)
_here = threading.local()


class HttpTransport:
    """HTTPS to one supplier: verified, bounded in size and time, no redirects, no proxies.

    `is_plain` is for suppliers that have nothing but http (ofpay): their address is to be a fixed
    one that both sides let through.

    Addresses inside the house are refused, the machine's own too unless `may_stay_home` (the
    simulators of development and tests). `within`: so many seconds for all that is asked of it.
    """

    def __init__(
        self,
        *,
        base_url: str,
        may_stay_home: bool = False,
        is_plain: bool = False,
        answer_seconds: float = ANSWER_SECONDS,
        within: float | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._may_stay_home, self._is_plain = may_stay_home, is_plain
        self._answer_seconds = answer_seconds
        self._ends = None if within is None else time.monotonic() + within

    def send(self, request: Request) -> Reply:
        """Raises NothingSent if no connection was made, NoAnswer for whatever came after."""
        began = time.monotonic()
        base = request.origin.rstrip("/") or self._base_url
        url, told = base + request.path, base + _told(request.path)
        if not (url.lower().startswith("https://") or self._is_plain or self._may_stay_home):
            raise NothingSent("only https is spoken")
        patience = self._patience()
        with self._session(patience) as session, _call(patience.in_all) as call:
            try:
                reply = self._exchange(session, url, request)
                if call.is_late:  # cut: what came may be a part that looks whole
                    raise TimeoutError("no whole answer in time")
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                how = type(error).__name__
                _log.info("supplier_call", url=told, failed=how, was_sent=call.is_open)
                raise (NoAnswer if call.is_open else NothingSent)(how) from error
        seconds = round(time.monotonic() - began, 3)
        _log.info(
            "supplier_call", url=told, status=reply.status, size=len(reply.body), seconds=seconds
        )
        return reply

    def ask_json(self, request: Request) -> dict[str, Any]:
        """The object of the reply; raises NoAnswer too for an error page or another body."""
        reply = self.send(request)
        if not 200 <= reply.status < 300:
            raise NoAnswer(f"HTTP {reply.status}")
        try:
            found = json.loads(reply.body)
        except (ValueError, RecursionError):
            raise NoAnswer("the body is no JSON") from None
        if not isinstance(found, dict):
            raise NoAnswer("the body is no JSON object")
        return found

    def _exchange(self, session: HTTPSession, url: str, request: Request) -> Reply:
        headers = {"Accept-Encoding": "identity", "Connection": "close", **request.headers}
        with session.request(
            request.method, url, data=request.body, headers=headers, stream=True
        ) as reply:
            if reply.headers.get("Content-Encoding", "identity") != "identity":
                raise ValueError("a compressed body, which was not asked for")
            return Reply(
                status=reply.status_code, body=_read(reply.raw, most_bytes=request.most_bytes)
            )

    def _patience(self) -> "_Patience":
        """Raises NothingSent when the time for all of it is over."""
        if self._ends is None:
            in_all = CONNECT_SECONDS + self._answer_seconds
            return _Patience(CONNECT_SECONDS, self._answer_seconds, in_all)
        left = self._ends - time.monotonic()
        if left <= 0:
            raise NothingSent("no time is left")
        return _Patience(min(left, CONNECT_SECONDS), min(left, self._answer_seconds), left)

    @contextmanager
    def _session(self, patience: "_Patience") -> Iterator[HTTPSession]:
        config = Config(
            ip_filter_enable=True,
            ip_filter_allow_loopback_ips=self._may_stay_home,
            never_redirect=True,
            default_timeout=(patience.to_connect, patience.to_answer),
            user_agent_override="Quanyi",
        )
        with HTTPSession(config) as session:
            session.trust_env = False  # no proxy and no .netrc of the machine
            for adapter in session.adapters.values():
                adapter.poolmanager.pool_classes_by_scheme = _POOLS
            yield session


def answered(ask: Callable[[], Answer], *, is_purchase: bool) -> Answer:
    """Whatever happens on the wire or while its words are read, as an Answer.

    Nothing sent is a refusal only of a purchase: a query that never left says nothing of it.
    """
    try:
        return ask()
    except NothingSent as refusal:
        outcome = Outcome.REJECTED if is_purchase else Outcome.UNKNOWN
        is_ours = isinstance(refusal, Unspeakable)
        return Answer(
            outcome=outcome,
            reason=f"not sent: {refusal}",
            is_unreached=not is_ours,
            is_ours=is_ours,
        )
    except NoAnswer as silence:
        is_ours = isinstance(silence, TooLate)
        return Answer(outcome=Outcome.UNKNOWN, reason=str(silence), is_ours=is_ours)
    except Exception as surprise:  # noqa: BLE001 -- any surprise in a stranger's body is "we cannot tell"
        _log.warning("supplier_answer_unreadable", exc_info=surprise)
        return Answer(outcome=Outcome.UNKNOWN, reason=f"unreadable: {type(surprise).__name__}")


class _Patience(NamedTuple):
    """Seconds that one exchange may take."""

    to_connect: float
    to_answer: float
    in_all: float


class _Call:
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
                    _log.debug("supplier_closed_first")


@contextmanager
def _call(seconds: float) -> Iterator[_Call]:
    call = _here.call = _Call()
    timer = threading.Timer(seconds, call.cut)
    timer.daemon = True
    timer.start()
    try:
        yield call
    finally:
        timer.cancel()
        timer.join()
        _here.call = None


class _Connection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _here.call.began(self.sock)


class _TLSConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()  # the handshake too: until it is done, nothing of ours has left
        _here.call.began(self.sock)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


_POOLS = {"http": _Pool, "https": _TLSPool}


def _told(path: str) -> str:
    """What the log may have of it: an account or phone that is asked about stays out."""
    return _ACCOUNT.sub("***", path.partition("?")[0])


def _read(raw: Any, *, most_bytes: int) -> bytes:
    parts, size = [], 0
    while part := raw.read1(_CHUNK, decode_content=False):
        size += len(part)
        if size > most_bytes:
            raise ValueError(f"a body of more than {most_bytes} bytes")
        parts.append(part)
    return b"".join(parts)
