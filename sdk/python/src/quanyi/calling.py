"""One call and its repeats."""

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import requests

from quanyi.errors import ApiError, NotReached, error_of

LONGEST_WAIT = 8.0  # seconds between two tries, where the answer names no longer one
NOTHING_DONE = frozenset({408, 429, 503})
LIST = 100


class Caller:
    """Speaks JSON to one shop with one key."""

    def __init__(  # noqa: PLR0913 -- each has its usual value
        self,
        key: str,
        host: str,
        *,
        version: str = "",
        timeout: float = 30.0,
        tries: int = 4,
        session: requests.Session | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._root = f"{host.rstrip('/')}/api/v1"
        self._timeout, self._tries, self._sleep = timeout, tries, sleep
        self._session = session or requests.Session()
        self._headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
        if version:
            self._headers["X-API-Version"] = version

    def call(
        self, method: str, path: str, *, body: Any = None, query: Any = None, once: str = ""
    ) -> Any:
        """The answer's body. `once` is an idempotency key: with it a POST may be repeated."""
        headers = self._headers | ({"Idempotency-Key": once} if once else {})
        may_repeat = method == "GET" or bool(once)
        lost: Exception | None = None
        for tried in range(1, self._tries + 1):
            try:
                answer = self._session.request(
                    method,
                    self._root + path,
                    json=body,
                    params=query,
                    headers=headers,
                    timeout=self._timeout,
                )
            except (requests.ConnectionError, requests.Timeout) as why:
                lost = why
                if not may_repeat:
                    break
                self._wait(tried, None)
                continue
            if answer.ok:
                return answer.json()
            error = error_of(answer.status_code, _json(answer))
            if tried == self._tries or not _is_worth_it(error, may_repeat=may_repeat):
                raise error
            self._wait(tried, answer.headers.get("Retry-After"))
        raise NotReached(str(lost)) from lost

    def pages(self, path: str, **narrowed: str) -> Iterator[Any]:
        """Every thing of a list, a page at a time as it is needed."""
        query: dict[str, Any] = {"limit": LIST} | {key: one for key, one in narrowed.items() if one}
        while True:
            page = self.call("GET", path, query=query)
            yield from page["data"]
            if not page["has_more"]:
                return
            query["after"] = page["next"]

    def _wait(self, tried: int, told: str | None) -> None:
        """As long as the answer says, else longer each time, and not all at the same moment."""
        if tried == self._tries:
            return
        longer = min(LONGEST_WAIT, 0.5 * 2 ** (tried - 1))
        jitter = random.uniform(0.5, 1.0)  # noqa: S311 -- nothing secret
        self._sleep(float(told) if told and told.isdigit() else longer * jitter)


def _is_worth_it(error: ApiError, *, may_repeat: bool) -> bool:
    if error.status in NOTHING_DONE or error.code == "still_running":
        return True
    return may_repeat and error.status >= 500


def _json(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
