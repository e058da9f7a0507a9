"""The control: how often a shop buys twice that orders again when it hears no answer.

The same adapters, the same suppliers, the same faults; only nobody asks before he orders again.
"""

import time

from bench.simulated import Simulators
from bench.upstream_goods import SECRET
from core.refs import new_ref
from core.secrets import Secret
from suppliers.adapters import PROTOCOLS
from suppliers.transport import HttpTransport, answered
from suppliers.types import Account, Kind, Outcome, PurchaseOrder

WISHES, TRIES = 100, 3
PROTOCOL, PATH, PRODUCT = "kasushou", "/kasushou", "2000"


def count_control_doubles(played: Simulators, *, seed: int) -> int:
    """Of a hundred top-ups, the phones that were topped up more than once."""
    phones = [f"139{(seed * 7 + number) % 10**8:08d}" for number in range(WISHES)]
    for phone in phones:
        _order_until_answered(played, phone)
    time.sleep(0.5)
    twice = played.desk.totals()["charged_twice"]
    return sum(each["charged_to"] in set(phones) and each["not_failed"] > 1 for each in twice)


def _order_until_answered(played: Simulators, phone: str) -> None:
    adapter = PROTOCOLS[PROTOCOL](
        account=Account(app_id="10001", secret=Secret(SECRET)),
        http=HttpTransport(base_url=played.base_url + PATH, may_stay_home=True),
        clock=time.time,
    )
    order = PurchaseOrder(product=PRODUCT, kind=Kind.TOP_UP, quantity=1, target=phone)
    for _ in range(TRIES):
        answer = answered(lambda: adapter.buy(order=order, number=new_ref(20)), is_purchase=True)
        if answer.outcome in {Outcome.SUCCESS, Outcome.ACCEPTED}:
            return
