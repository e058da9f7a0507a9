"""Complaints at Kasushou: a ticket, and what is told of it (order/complain, after-sale callback).

guess: a ticket has a number, and an order may have several. What becomes of one is the account's
option `after_sale`, a list of status and words (2 processing, then 3 done), `after_sale_ms` (200)
apart. The account's `query:` faults of callbacks are those of after-sale callbacks, too.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from simulators.faults import Fault
from simulators.kasushou_signing import sign_callback
from simulators.records import Account, Purchase, Refusal, Refused
from simulators.shop import Shop
from simulators.wire import Visit

ENDS = [[2, "处理中"], [3, "已处理，请查看"]]
_TICKET = "INSERT INTO complaints (purchase, content, url, at) VALUES (?, ?, ?, ?)"
_TELL = """
    INSERT INTO callbacks (purchase, url, content_type, body, ack, note, due_at)
    VALUES (?, ?, 'application/x-www-form-urlencoded', ?, 'ok', ?, ?)
"""
_Telling = tuple[int, str, bool]


def complain(shop: Shop, visit: Visit, account: Account, given: Mapping[str, Any]) -> object:
    content, url = str(given.get("content") or ""), str(given.get("url") or "")
    if not content.strip():
        raise Refused(Refusal.PARAM, "content")
    purchase = shop.ask(account, str(given.get("ordersn", "")), by="ref")
    pause, now = float(account.options.get("after_sale_ms", 200)) / 1000, time.time()
    with shop.ledger.writing() as db:
        made = db.execute(_TICKET, (purchase.id, content, url, now))
        for place, (status, words, forged) in enumerate(_tellings(visit, account), start=1):
            if url:
                body = _news(account, purchase, status=status, content=words, forged=forged)
                note = f"after-sale {status}{' forged' if forged else ''}"
                db.execute(_TELL, (purchase.id, url, body, note, now + pause * place))
    return {"id": made.lastrowid, "ordersn": purchase.ref}


def _tellings(visit: Visit, account: Account) -> Iterator[_Telling]:
    ends = account.options.get("after_sale", ENDS)
    truth = [(int(status), str(words), False) for status, words in ends]
    if Fault.NO_CALLBACK in visit.faults:
        return
    if Fault.FORGED_CALLBACK in visit.faults:
        yield 4, "已拒绝", True
    if Fault.OUT_OF_ORDER_CALLBACKS in visit.faults:
        truth.reverse()
    for telling in truth:
        for _ in range(3 if Fault.DUPLICATE_CALLBACKS in visit.faults else 1):
            yield telling


def _news(
    account: Account, purchase: Purchase, *, status: int, content: str, forged: bool
) -> bytes:
    fields = {
        "ordersn": purchase.ref,
        "status": str(status),
        "content": content,
        "screenshot": "",
        "time": str(int(time.time() * 1000)),
    }
    key = f"not-{account.secret}" if forged else account.secret
    return urlencode(fields | {"sign": sign_callback(fields, key)}).encode()
