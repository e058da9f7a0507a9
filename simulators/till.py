"""Money, stock and cards; every function here runs inside the caller's transaction."""

import json
import secrets
import sqlite3
import time

from simulators.records import Account, Purchase, Refusal, Refused, Wish

_INSERT = """
    INSERT INTO purchases (ref, protocol, account, client_no, product, kind, quantity, charged_to,
                           price_e4, state, faults, callback_url, details, created_at, due_at)
    VALUES (:ref, :protocol, :account, :client_no, :product, :kind, :quantity, :charged_to,
            :amount, 'accepted', :faults, :callback_url, :details, :now, :due_at)
"""
_PAY = """
    UPDATE accounts SET balance_e4 = balance_e4 - :amount
     WHERE protocol = :protocol AND id = :account AND balance_e4 >= :amount
"""
_TAKE = """
    UPDATE products SET stock = stock - :quantity
     WHERE protocol = :protocol AND id = :product AND stock >= :quantity
"""
_CREDIT = """
    UPDATE accounts SET balance_e4 = balance_e4 + :amount
     WHERE protocol = :protocol AND id = :account
"""
_REFUNDED = "UPDATE purchases SET refunded_e4 = :amount WHERE id = :key"
_RESTOCK = """
    UPDATE products SET stock = stock + :quantity WHERE protocol = :protocol AND id = :product
"""
_NOTE = """
    INSERT INTO moves (protocol, account, purchase, amount_e4, reason, at)
    VALUES (:protocol, :account, :key, :amount, :reason, :now)
"""


def take_order(
    db: sqlite3.Connection, account: Account, wish: Wish, *, price_e4: int, faults: str
) -> int:
    """Write the order down and debit it; raises Refused for want of stock, money or newness."""
    now = time.time()
    amount = price_e4 * wish.quantity
    values = {
        "ref": f"{time.strftime('%y%m%d%H%M%S')}{secrets.randbelow(10**10):010d}",
        "protocol": account.protocol,
        "account": account.id,
        "client_no": wish.client_no or None,
        "product": wish.product.id,
        "kind": wish.product.kind,
        "quantity": wish.quantity,
        "charged_to": wish.charged_to,
        "amount": amount,
        "faults": faults,
        "callback_url": wish.callback_url,
        "details": json.dumps(wish.details, ensure_ascii=False),
        "now": now,
        "due_at": now + account.processing_ms / 1000,
    }
    if db.execute(_TAKE, values).rowcount == 0:
        raise Refused(Refusal.STOCK)
    if db.execute(_PAY, values).rowcount == 0:
        raise Refused(Refusal.BALANCE)
    key = db.execute(_INSERT, values).lastrowid
    assert key is not None
    db.execute(_NOTE, values | {"key": key, "amount": -amount, "reason": "bought"})
    return key


def give_back(db: sqlite3.Connection, purchase: Purchase, amount: int, *, reason: str) -> None:
    """Credit the account; what never left the shelf returns to it."""
    values = {
        "amount": amount,
        "protocol": purchase.protocol,
        "account": purchase.account,
        "product": purchase.product,
        "quantity": purchase.quantity if reason == "failed" else 0,
        "key": purchase.id,
        "reason": reason,
        "now": time.time(),
    }
    for statement in (_CREDIT, _REFUNDED, _RESTOCK, _NOTE):
        db.execute(statement, values)


def make_cards(db: sqlite3.Connection, purchase: Purchase) -> None:
    """A third of the numbers and passwords begin with zeros, which a careless reader drops."""
    for place in range(purchase.quantity):
        zeros = "00" if (purchase.id + place) % 3 == 0 else "12"
        number = f"{zeros}{purchase.id:08d}{place:04d}"
        password = f"{zeros}{secrets.randbelow(10**14):014d}"
        db.execute("INSERT INTO cards VALUES (?, ?, ?, ?)", (purchase.id, place, number, password))
