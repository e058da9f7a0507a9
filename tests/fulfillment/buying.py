"""Orders for goods of a supplier that the judge plays, and what the sweeper would do with them."""

import time
from datetime import timedelta

from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from fulfillment.selectors import TO_ITS_SUPPLIER
from fulfillment.services import answers
from fulfillment.types import Lease
from orders.models import Order
from suppliers.models import Attempt
from suppliers.types import Answer, Outcome
from tests.catalog.factories import make_sku, make_template
from tests.orders.factories import paid
from tests.suppliers.factories import at_the_judge, make_offer
from tests.times import NOON

HOUR = timedelta(hours=1)
COST = 98_750


@tenant_atomic
def cards_here(judge, *faults, quantity=1, protocol="fulu"):
    """A paid order for codes."""
    sku = make_sku(kind="supplier_code")
    supplier = at_the_judge(judge, protocol, faults=faults)
    make_offer(supplier=supplier, sku=sku, product="1000", cost_e4=COST, most_e4=99_000)
    order = paid(sku, quantity)
    fulfillment.open_units(order_id=order.pk, now=NOON)
    return order


@tenant_atomic
def top_up_here(judge, *faults):
    """A paid order for a top-up of ¥5.00."""
    template = make_template({"key": "phone", "kind": "phone", "label": "手机号"})
    sku = make_sku(kind="top_up", buyer_template=template)
    supplier = at_the_judge(judge, "kasushou", faults=faults)
    make_offer(supplier=supplier, sku=sku, product="2000", cost_e4=50_000, most_e4=60_000)
    order = paid(sku, buyer_fields={"phone": "13800138000"})
    fulfillment.open_units(order_id=order.pk, now=NOON)
    return order


def send_first(now=NOON):
    fulfillment.send(unit_id=units()[0].pk, now=now)


def look(now, *, times=1):
    """What the sweeper would have done at that moment, and as often again, an hour apart."""
    for at in range(times):
        for unit_id in _due(now + at * HOUR):
            fulfillment.send(unit_id=unit_id, now=now + at * HOUR)
        time.sleep(0.05)  # the judge's goods take their time


@tenant_atomic
def _due(now):
    waiting = Unit.objects.filter(TO_ITS_SUPPLIER, next_at__lte=now)
    asked = Attempt.objects.filter(next_at__lte=now).values_list("unit_id", flat=True)
    return sorted({*waiting.values_list("pk", flat=True), *asked})


def in_review(order):
    """The supplier has not confirmed in time; returns that moment."""
    until = units()[0].review_until
    fulfillment.deliver_order(order_id=order.pk, now=until)
    return until


def says(outcome, *, now=NOON + 9 * HOUR, **said):
    """What the supplier says of the one attempt, at some time."""
    with tenant_atomic():
        unit, attempt = Unit.objects.get(), Attempt.objects.get()
        attempt.offer = attempt.offer.__class__.objects.select_related("supplier").get()
    lease = Lease(
        order_id=unit.order_id, unit_id=unit.pk, fence=unit.fence, attempt=attempt,
        order=None, is_first=False,
    )  # fmt: skip
    answers.record(lease, Answer(outcome=Outcome(outcome), **said), now=now)


@tenant_atomic
def rows(found, *names):
    return list(found.values_list(*names, flat=len(names) == 1))


@tenant_atomic
def units():
    return list(Unit.objects.order_by("position"))


def states():
    return [unit.state for unit in units()]


@tenant_atomic
def state_of(order):
    return Order.objects.get(pk=order.pk).state
