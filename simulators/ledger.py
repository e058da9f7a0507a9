"""Who owes what and who bought what: one sqlite file that outlives the process.

All statements run on one connection under one lock. `writing` is a transaction: a purchase, the
money it costs and the stock it takes are one fact.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simulators.faults import Fault
from simulators.records import Account, Card, Product, Purchase, State

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
  protocol TEXT NOT NULL, id TEXT NOT NULL, secret TEXT NOT NULL, balance_e4 INTEGER NOT NULL,
  callback_url TEXT NOT NULL, faults TEXT NOT NULL, seed INTEGER NOT NULL,
  latency_ms INTEGER NOT NULL, processing_ms INTEGER NOT NULL, options TEXT NOT NULL,
  PRIMARY KEY (protocol, id));
CREATE TABLE IF NOT EXISTS products (
  protocol TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
  price_e4 INTEGER NOT NULL, face_e4 INTEGER NOT NULL, state TEXT NOT NULL, stock INTEGER NOT NULL,
  PRIMARY KEY (protocol, id));
CREATE TABLE IF NOT EXISTS purchases (
  id INTEGER PRIMARY KEY AUTOINCREMENT, ref TEXT NOT NULL UNIQUE, protocol TEXT NOT NULL,
  account TEXT NOT NULL, client_no TEXT, product TEXT NOT NULL, kind TEXT NOT NULL,
  quantity INTEGER NOT NULL, charged_to TEXT NOT NULL, price_e4 INTEGER NOT NULL,
  refunded_e4 INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL, faults TEXT NOT NULL,
  asks INTEGER NOT NULL DEFAULT 0, callback_url TEXT NOT NULL, details TEXT NOT NULL,
  created_at REAL NOT NULL, due_at REAL NOT NULL, finished_at REAL, refund_at REAL,
  UNIQUE (protocol, account, client_no));
CREATE INDEX IF NOT EXISTS purchases_due ON purchases (due_at) WHERE state = 'accepted';
CREATE INDEX IF NOT EXISTS purchases_refund ON purchases (refund_at) WHERE refund_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS cards (
  purchase INTEGER NOT NULL REFERENCES purchases, place INTEGER NOT NULL,
  number TEXT NOT NULL UNIQUE, password TEXT NOT NULL UNIQUE, PRIMARY KEY (purchase, place));
CREATE TABLE IF NOT EXISTS moves (
  id INTEGER PRIMARY KEY AUTOINCREMENT, protocol TEXT NOT NULL, account TEXT NOT NULL,
  purchase INTEGER, amount_e4 INTEGER NOT NULL, reason TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
  protocol TEXT NOT NULL, account TEXT NOT NULL, client_no TEXT NOT NULL, outcome TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS requests_of_number ON requests (protocol, account, client_no);
CREATE TABLE IF NOT EXISTS callbacks (
  id INTEGER PRIMARY KEY AUTOINCREMENT, purchase INTEGER NOT NULL, url TEXT NOT NULL,
  content_type TEXT NOT NULL, headers TEXT NOT NULL DEFAULT '{}', body BLOB NOT NULL,
  ack TEXT NOT NULL, note TEXT NOT NULL,
  due_at REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'waiting',
  answer TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS complaints (
  id INTEGER PRIMARY KEY AUTOINCREMENT, purchase INTEGER NOT NULL, content TEXT NOT NULL,
  url TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS callbacks_due ON callbacks (due_at) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS callbacks_on_their_way ON callbacks (purchase) WHERE state = 'sending';
"""
_OF_ACCOUNT = "SELECT * FROM purchases WHERE protocol = :protocol AND account = :account AND "
_FIND = {"client_no": _OF_ACCOUNT + "client_no = :number", "ref": _OF_ACCOUNT + "ref = :number"}
TABLES = (
    *("complaints", "callbacks", "requests", "moves", "cards"),
    *("purchases", "products", "accounts"),
)


class Ledger:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(
            folder / "simulators.sqlite3", check_same_thread=False, isolation_level=None
        )
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)
        self._widen()

    def _widen(self) -> None:
        """A file written before callbacks had headers goes on being used."""
        columns = {row["name"] for row in self.rows("PRAGMA table_info(callbacks)")}
        if "headers" not in columns:
            self._db.execute("ALTER TABLE callbacks ADD COLUMN headers TEXT NOT NULL DEFAULT '{}'")

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone: what it raises undoes it."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, sql: str, values: dict[str, Any] | None = None) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values or {}).fetchall()

    def find_account(self, protocol: str, account: str) -> Account | None:
        found = self.rows(
            "SELECT * FROM accounts WHERE protocol = :protocol AND id = :id",
            {"protocol": protocol, "id": account},
        )
        return account_of(found[0]) if found else None

    def find_holder(self, protocol: str, secret: str) -> Account | None:
        """Whose secret it is, for a protocol whose requests name nobody."""
        found = self.rows(
            "SELECT * FROM accounts WHERE protocol = :protocol AND secret = :secret",
            {"protocol": protocol, "secret": secret},
        )
        return account_of(found[0]) if found else None

    def settle_in(self, account: Account, *, callback_url: str, options: Mapping[str, Any]) -> None:
        """What a client may change of its own account."""
        with self.writing() as db:
            db.execute(
                "UPDATE accounts SET callback_url = ?, options = ? WHERE protocol = ? AND id = ?",
                (callback_url, json.dumps(dict(options)), account.protocol, account.id),
            )

    def find_product(self, protocol: str, product: str) -> Product | None:
        found = self.rows(
            "SELECT * FROM products WHERE protocol = :protocol AND id = :id",
            {"protocol": protocol, "id": product},
        )
        return Product(**found[0]) if found else None

    def products(self, protocol: str) -> list[Product]:
        found = self.rows(
            "SELECT * FROM products WHERE protocol = :protocol ORDER BY id", {"protocol": protocol}
        )
        return [Product(**row) for row in found]

    def find_purchase(self, account: Account, *, number: str, by: str) -> Purchase | None:
        """By `client_no` or by our own `ref`."""
        found = self.rows(
            _FIND[by], {"protocol": account.protocol, "account": account.id, "number": number}
        )
        return self._with_cards(found[0]) if found else None

    def refs_of(self, account: Account) -> list[str]:
        """Our own numbers of an account's orders, the newest first."""
        found = self.rows(
            "SELECT ref FROM purchases WHERE protocol = :protocol AND account = :id"
            " ORDER BY id DESC",
            {"protocol": account.protocol, "id": account.id},
        )
        return [str(row["ref"]) for row in found]

    def note_in(self, purchase: Purchase, **noted: object) -> None:
        """Add to the details of an order."""
        with self.writing() as db:
            db.execute(
                "UPDATE purchases SET details = json_patch(details, ?) WHERE id = ?",
                (json.dumps(noted), purchase.id),
            )

    def get_purchase(self, key: int) -> Purchase:
        found = self.find_by_key(key)
        assert found is not None
        return found

    def find_by_key(self, key: int) -> Purchase | None:
        """None after a reset."""
        found = self.rows("SELECT * FROM purchases WHERE id = :key", {"key": key})
        return self._with_cards(found[0]) if found else None

    def log(self, **request: object) -> None:
        with self.writing() as db:
            db.execute(
                "INSERT INTO requests (at, method, path, protocol, account, client_no, outcome)"
                " VALUES (:at, :method, :path, :protocol, :account, :client_no, :outcome)",
                request,
            )

    def count_requests(self, account: Account, client_no: str) -> int:
        return int(
            self.rows(
                "SELECT count(*) FROM requests WHERE protocol = :protocol AND account = :account"
                " AND client_no = :client_no",
                {"protocol": account.protocol, "account": account.id, "client_no": client_no},
            )[0][0]
        )

    def _with_cards(self, row: sqlite3.Row) -> Purchase:
        cards = self.rows(
            "SELECT number, password FROM cards WHERE purchase = :id ORDER BY place",
            {"id": row["id"]},
        )
        values = {key: row[key] for key in row.keys() if key != "refund_at"}  # noqa: SIM118 -- a Row iterates over its values
        values |= {
            "state": State(row["state"]),
            "faults": {Fault(name): value for name, value in json.loads(row["faults"]).items()},
            "details": json.loads(row["details"]),
            "cards": tuple(Card(number=card[0], password=card[1]) for card in cards),
        }
        return Purchase(**values)


def account_of(row: sqlite3.Row) -> Account:
    values = dict(row)
    return Account(
        **values | {"faults": json.loads(row["faults"]), "options": json.loads(row["options"])}
    )
