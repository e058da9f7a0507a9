"""What is asked of an adapter, whoever is at the other end: a stand-in, or a door of our own.

An attempt is begun, sent, and asked after until it ends, whatever the wire does.
"""

from datetime import timedelta
from itertools import count

from suppliers import services
from suppliers.states import TO_BE_ASKED
from suppliers.types import Kind, PurchaseOrder
from tests.suppliers.factories import begun, make_offer
from tests.times import NOON

CARDS = PurchaseOrder(product="1000", kind=Kind.CODES, quantity=2, most_e4=200_000)
TOP_UP = PurchaseOrder(
    product="2000", kind=Kind.TOP_UP, quantity=1, target="13800000000", most_e4=60_000
)
BOUGHT = [
    "delay:0.2",
    "hang:0.5",
    "reply_lost_after",
    "http_502_after",
    "http_500_after",
    "garbage_body",
    "empty_body",
    "big_body",
    "gzip_bomb",
    "gbk_body",
    "bad_signature",
    "busy_after",
    "not_found_then_found:2",
    "query:http_502_after",
    "query:reply_lost_after",
    "partial_cards:0.3",
    "codes_later:0.3",
]
NOT_BOUGHT = [
    "reply_lost_before",
    "http_502_before",
    "busy_before",
    "rate_limited",
    "failed",
    "balance_gone",
    "off_shelf",
]
MOST_ASKED = 12
STEP = timedelta(minutes=4)
_units = count(1)


def carry_out(supplier, order, *, meanwhile=lambda: None, most_asked=MOST_ASKED):
    """The attempt at its end (or as far as it came), and the codes that it brought. `meanwhile` is
    what the other end does between two questions."""
    attempt = begun(
        unit_id=next(_units), offer=make_offer(supplier=supplier, product=order.product)
    )
    now, codes = NOON, []
    for _ in range(most_asked):
        is_first = services.mark_sent(attempt_id=attempt.pk, now=now)
        answer = services.ask(attempt=attempt, order=order, is_first=is_first, now=now)
        attempt = services.record(attempt_id=attempt.pk, answer=answer, now=now)
        if attempt.state not in TO_BE_ASKED:
            codes = [code.secret.reveal() for code in answer.codes]
            break
        now += STEP
        meanwhile()
    return attempt, codes
