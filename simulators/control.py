"""The desk: accounts, goods and faults are set here, and what happened is read here (JSON)."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qsl

from simulators import faults
from simulators.ledger import TABLES
from simulators.page import render
from simulators.records import Account, Product
from simulators.shop import Shop
from simulators.wire import HTML, Reply, Visit

_PUT_ACCOUNT = """
    INSERT INTO accounts VALUES (:protocol, :id, :secret, :balance_e4, :callback_url, :faults,
                                 :seed, :latency_ms, :processing_ms, :options)
    ON CONFLICT (protocol, id) DO UPDATE SET
      secret = excluded.secret, balance_e4 = excluded.balance_e4,
      callback_url = excluded.callback_url, faults = excluded.faults, seed = excluded.seed,
      latency_ms = excluded.latency_ms, processing_ms = excluded.processing_ms,
      options = excluded.options
"""
_NOTE_SET = """
    INSERT INTO moves (protocol, account, amount_e4, reason, at)
    SELECT :protocol, :id, :balance_e4 - coalesce(sum(amount_e4), 0), 'set', :now FROM moves
     WHERE protocol = :protocol AND account = :id
"""
_PUT_PRODUCT = """
    INSERT OR REPLACE INTO products
    VALUES (:protocol, :id, :kind, :name, :price_e4, :face_e4, :state, :stock)
"""
_PURCHASES = """
    SELECT p.*, (SELECT count(*) FROM cards WHERE purchase = p.id) AS cards FROM purchases p
     WHERE (:protocol = '' OR protocol = :protocol) AND (:account = '' OR account = :account)
       AND (:client_no = '' OR client_no = :client_no)
     ORDER BY id DESC LIMIT :limit
"""
_REQUESTS = """
    SELECT * FROM requests
     WHERE (:protocol = '' OR protocol = :protocol) AND (:account = '' OR account = :account)
       AND (:client_no = '' OR client_no = :client_no)
     ORDER BY id DESC LIMIT :limit
"""
_CALLBACKS = """
    SELECT c.id, c.url, c.note, c.tries, c.state, c.answer, p.protocol, p.account, p.client_no
      FROM callbacks c JOIN purchases p ON p.id = c.purchase
     WHERE (:protocol = '' OR protocol = :protocol) AND (:account = '' OR account = :account)
       AND (:client_no = '' OR client_no = :client_no)
     ORDER BY c.id DESC LIMIT :limit
"""
_COMPLAINTS = """
    SELECT c.id, c.content, c.url, p.protocol, p.account, p.client_no, p.ref
      FROM complaints c JOIN purchases p ON p.id = c.purchase ORDER BY c.id LIMIT :limit
"""
_PER_NUMBER = """
    SELECT client_no, count(*) AS purchases, sum(state != 'failed') AS not_failed,
           sum(quantity) AS quantity, sum(price_e4 - refunded_e4) AS paid_e4
      FROM purchases GROUP BY client_no
"""
_PER_CHARGED = """
    SELECT protocol, product, charged_to, count(*) AS purchases,
           sum(state != 'failed') AS not_failed
      FROM purchases WHERE charged_to != '' GROUP BY protocol, product, charged_to
    HAVING sum(state != 'failed') > 1
"""
_PER_ACCOUNT = """
    SELECT a.protocol, a.id, a.balance_e4, coalesce(sum(m.amount_e4), 0) AS moved_e4
      FROM accounts a LEFT JOIN moves m ON m.protocol = a.protocol AND m.account = a.id
     GROUP BY a.protocol, a.id
"""
_SUMS = """
    SELECT count(*) AS purchases, coalesce(sum(state = 'accepted'), 0) AS accepted,
           coalesce(sum(state = 'succeeded'), 0) AS succeeded,
           coalesce(sum(state = 'failed'), 0) AS failed,
           coalesce(sum(state = 'refunded'), 0) AS refunded,
           coalesce(sum(price_e4), 0) AS price_e4, coalesce(sum(refunded_e4), 0) AS refunded_e4
      FROM purchases
"""


class Control:
    def __init__(self, shop: Shop) -> None:
        self._ledger = shop.ledger
        self._desk: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], object]] = {
            ("POST", "accounts"): self._put_account,
            ("POST", "products"): self._put_product,
            ("POST", "reset"): self._reset,
            ("GET", "purchases"): lambda given: self._list(_PURCHASES, given),
            ("GET", "requests"): lambda given: self._list(_REQUESTS, given),
            ("GET", "callbacks"): lambda given: self._list(_CALLBACKS, given),
            ("GET", "complaints"): lambda given: self._list(_COMPLAINTS, given),
            ("GET", "accounts"): lambda _given: self._accounts(),
            ("GET", "faults"): lambda _given: _fault_table(),
            ("GET", "totals"): lambda _given: self._totals(),
        }

    def answer(self, visit: Visit) -> Reply:
        name = visit.url.path.removeprefix("/control/").strip("/")
        try:
            if (visit.method, name) == ("GET", ""):
                return self._page()
            if (visit.method, name) == ("POST", "fault"):
                return self._switch(dict(parse_qsl(visit.body.decode())))
            deed = self._desk.get((visit.method, name))
            if deed is None:
                return _json({"error": "no such page"}, status=404)
            return _json(deed(_given(visit)))
        except (ValueError, TypeError, KeyError) as error:
            return _json({"error": f"{type(error).__name__}: {error}"}, status=400)

    def _put_account(self, given: Mapping[str, Any]) -> object:
        """What is not given stays as it was."""
        known = self._ledger.find_account(given["protocol"], given["id"])
        account = Account(**(asdict(known) if known else {}) | dict(given))
        for spec in account.faults:
            faults.parse(spec)
        values = asdict(account) | {
            "faults": json.dumps(account.faults),
            "options": json.dumps(account.options),
            "now": time.time(),
        }
        with self._ledger.writing() as db:
            # Nothing may be bought between reading a balance and writing it back.
            if "balance_e4" not in given and known:
                values["balance_e4"] = db.execute(
                    "SELECT balance_e4 FROM accounts WHERE protocol = :protocol AND id = :id",
                    values,
                ).fetchone()[0]
            db.execute(_PUT_ACCOUNT, values)
            db.execute(_NOTE_SET, values)
        return asdict(account) | {"balance_e4": values["balance_e4"]}

    def _put_product(self, given: Mapping[str, Any]) -> object:
        """With `"magic": true`, also one for each fault, its id ending in the fault's number."""
        values = dict(given)
        magic = values.pop("magic", False)
        product = Product(**values)
        ids = [product.id, *(product.id + suffix for suffix in faults.MAGIC if magic)]
        with self._ledger.writing() as db:
            for one in ids:
                db.execute(_PUT_PRODUCT, asdict(product) | {"id": one})
        return {"ids": ids}

    def _reset(self, _given: Mapping[str, Any]) -> object:
        with self._ledger.writing() as db:
            for table in TABLES:
                db.execute(f"DELETE FROM {table}")  # noqa: S608 -- our own list of tables
        return {}

    def _list(self, sql: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        asked = {"protocol": "", "account": "", "client_no": "", "limit": 1_000_000} | dict(given)
        return [dict(row) for row in self._ledger.rows(sql, asked)]

    def _accounts(self) -> list[dict[str, Any]]:
        rows = self._ledger.rows("SELECT protocol, id FROM accounts ORDER BY protocol, id")
        found = (self._ledger.find_account(row["protocol"], row["id"]) for row in rows)
        return [asdict(account) for account in found if account]

    def _totals(self) -> object:
        """`double` must stay empty; `charged_twice` too, where each account is charged once."""
        numbers = self._list(_PER_NUMBER, {})
        return {
            "sums": self._list(_SUMS, {})[0],
            "accounts": self._list(_PER_ACCOUNT, {}),
            "client_numbers": {row.pop("client_no") or "": row for row in map(dict, numbers)},
            "double": [r["client_no"] for r in numbers if r["client_no"] and r["not_failed"] > 1],
            "unnumbered": sum(row["purchases"] for row in numbers if not row["client_no"]),
            "charged_twice": self._list(_PER_CHARGED, {}),
        }

    def _page(self) -> Reply:
        page = render(
            accounts=self._accounts(),
            purchases=self._list(_PURCHASES, {"limit": 50}),
            table=_fault_table(),
        )
        return Reply(body=page.encode(), content_type=HTML)

    def _switch(self, given: Mapping[str, str]) -> Reply:
        """From the page's form: probability 0 takes a fault away."""
        known = self._ledger.find_account(given["protocol"], given["id"])
        if known is None:
            raise KeyError(given["id"])
        chosen = dict(known.faults) | {given["fault"]: float(given["probability"])}
        kept = {spec: probability for spec, probability in chosen.items() if probability > 0}
        self._put_account({"protocol": known.protocol, "id": known.id, "faults": kept})
        return Reply(body=b"", status=303, headers={"Location": "/control/"})


def _given(visit: Visit) -> Mapping[str, Any]:
    if visit.method == "GET":
        return dict(parse_qsl(visit.url.query))
    read = json.loads(visit.body or b"{}")
    if not isinstance(read, dict):
        raise TypeError("an object is expected")
    return read


def _json(value: object, *, status: int = 200) -> Reply:
    return Reply(body=json.dumps(value, ensure_ascii=False).encode(), status=status)


def _fault_table() -> list[dict[str, Any]]:
    return [
        {"suffix": suffix, "fault": fault, "meaning": faults.MEANINGS[fault]}
        for suffix, fault in faults.MAGIC.items()
    ]
