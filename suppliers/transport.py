"""The one place that turns what a network does into the five outcomes."""

import json
import re
import time
from collections.abc import Callable
from typing import Any

import structlog

from core.outward import CallFailed, Outgoing, Patience, call, whole_of
from suppliers.errors import NoAnswer, NothingSent, TooLate, Unspeakable
from suppliers.types import Answer, Outcome, Reply, Request

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 15.0  # unless the protocol says otherwise
_ACCOUNT = re.compile(r"[0-9]{7,}")  # in an address, perhaps somebody's phone number

_log = structlog.get_logger(__name__)


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
        outgoing = Outgoing(
            method=request.method,
            url=url,
            body=request.body,
            headers=request.headers,
            may_stay_home=self._may_stay_home,
        )
        try:
            came = call(outgoing, patience=self._patience(), read=whole_of(request.most_bytes))
        except CallFailed as error:
            _log.info("supplier_call", url=told, failed=str(error), was_sent=error.was_sent)
            raise (NoAnswer if error.was_sent else NothingSent)(str(error)) from error
        seconds = round(time.monotonic() - began, 3)
        _log.info(
            "supplier_call", url=told, status=came.status, size=len(came.body), seconds=seconds
        )
        return Reply(status=came.status, body=came.body)

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

    def _patience(self) -> Patience:
        """Raises NothingSent when the time for all of it is over."""
        if self._ends is None:
            in_all = CONNECT_SECONDS + self._answer_seconds
            return Patience(
                to_connect=CONNECT_SECONDS, to_answer=self._answer_seconds, in_all=in_all
            )
        left = self._ends - time.monotonic()
        if left <= 0:
            raise NothingSent("no time is left")
        return Patience(
            to_connect=min(left, CONNECT_SECONDS),
            to_answer=min(left, self._answer_seconds),
            in_all=left,
        )


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


def _told(path: str) -> str:
    """What the log may have of it: an account or phone that is asked about stays out."""
    return _ACCOUNT.sub("***", path.partition("?")[0])
