"""Posts callbacks, to this machine only, until they are understood or five repeats have failed.

Those of one purchase go out one after the other: a lie that is to come first comes first.

Kasushou repeats after 5, 10, 15, 20 and 25 minutes; here the unit is the account's option
`callback_retry_s` (0.5 s). The others publish no plan of repeats and are given the same one.
"""

import http.client
import json
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from simulators.shop import Shop

REPEATS = 5
TICK = 0.02
TIMEOUT = 5.0
_CLAIM = """
    UPDATE callbacks SET state = 'sending', tries = tries + 1
     WHERE state = 'waiting' AND due_at <= :now AND (:purchase IS NULL OR purchase = :purchase)
       AND NOT EXISTS (SELECT 1 FROM callbacks AS before
                        WHERE before.purchase = callbacks.purchase
                          AND before.id < callbacks.id AND before.state = 'sending')
    RETURNING *
"""


class NotThisMachine(Exception):
    """A callback leaves this machine never."""


class Courier:
    def __init__(self, shop: Shop) -> None:
        self._shop, self._ledger = shop, shop.ledger
        self._stopped = threading.Event()
        self._posters = ThreadPoolExecutor(8, thread_name_prefix="callback")
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        shop.tell_now = self._tell_now

    def start(self) -> None:
        """Take up what a stopped process left, too."""
        with self._ledger.writing() as db:
            db.execute("UPDATE callbacks SET state = 'waiting' WHERE state = 'sending'")
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.ident is not None:  # else its server found the port taken
            self._thread.join()
        self._posters.shutdown(cancel_futures=True)

    def _run(self) -> None:
        while not self._stopped.wait(TICK):
            self._shop.settle_due()
            claimed = self._claim(None, until=time.time())
            for purchase in sorted({row["purchase"] for row in claimed}):
                own = [row for row in claimed if row["purchase"] == purchase]
                self._posters.submit(self._deliver_all, own)

    def _tell_now(self, purchase: int) -> None:
        self._deliver_all(self._claim(purchase, until=time.time() + 1))

    def _claim(self, purchase: int | None, *, until: float) -> list[sqlite3.Row]:
        with self._ledger.writing() as db:
            claimed = db.execute(_CLAIM, {"now": until, "purchase": purchase}).fetchall()
        return sorted(claimed, key=lambda row: int(row["id"]))

    def _deliver_all(self, rows: Sequence[sqlite3.Row]) -> None:
        for row in rows:
            self._deliver(row)

    def _deliver(self, row: sqlite3.Row) -> None:
        try:
            status, answer = post(
                row["url"],
                {"Content-Type": row["content_type"], **json.loads(row["headers"])},
                row["body"],
            )
            understood = 200 <= status < 300 and row["ack"] in {"", answer.strip()}
            said = f"{status} {answer[:200]}"
        except (OSError, ValueError, http.client.HTTPException, NotThisMachine) as error:
            understood, said = False, f"{type(error).__name__}: {error}"
        self._record(row, "done" if understood else "waiting", said)

    def _record(self, row: sqlite3.Row, state: str, said: str) -> None:
        if state == "waiting" and row["tries"] > REPEATS:
            state = "given_up"
        with self._ledger.writing() as db:
            db.execute(
                "UPDATE callbacks SET state = ?, answer = ?, due_at = ? WHERE id = ?",
                (state, said, time.time() + self._pause(row) * row["tries"], row["id"]),
            )

    def _pause(self, row: sqlite3.Row) -> float:
        purchase = self._ledger.find_by_key(row["purchase"])
        if purchase is None:
            return 0.0
        account = self._ledger.find_account(purchase.protocol, purchase.account)
        return float(account.options.get("callback_retry_s", 0.5)) if account else 0.5


def post(url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
    """POST to a port of this machine; `*.localhost` is this machine whatever a resolver says."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "http" or not is_this_machine(host):
        raise NotThisMachine(url)
    address = host if host == "::1" else "127.0.0.1"
    connection = http.client.HTTPConnection(address, parts.port or 80, timeout=TIMEOUT)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body, {**headers, "Host": parts.netloc})
        response = connection.getresponse()
        return response.status, response.read(10_000).decode("utf-8", "replace")
    finally:
        connection.close()


def is_this_machine(host: str) -> bool:
    return host in {"127.0.0.1", "::1", "localhost"} or host.endswith(".localhost")
