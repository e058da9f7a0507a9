"""Orders that wait at the desk: held by a rule, linked to each other, with a past."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count

from django.db.models import Count

from catalog.models import Sku
from core.actors import SYSTEM
from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.types import Judged
from inventory.models import Code
from orders.models import Order
from risk import services as risk
from risk.states import Judgement, RuleState
from risk.types import RuleTerms
from tests.browser.pages import ASKED_BRAND, ASKED_RULE, RULE
from tests.orders.factories import LI, captured, placed

MANY = {
    "moments": ["order"], "action": "hold", "hold_minutes": 24 * 60,
    "when": {"all": [
        {"count": {"by": "device", "within": 3600, "of": ["order"]}, "op": ">", "value": 3},
        {"fact": "amount", "op": ">=", "value": "0.01"},
    ]},
}  # fmt: skip
PERSONS = {
    "moments": ["order"], "action": "verify", "scope": {"brand": [ASKED_BRAND]},
    "when": {"all": [{"fact": "amount", "op": ">=", "value": "0.01"}]},
}  # fmt: skip
_forms = count(1)


def desk(*, now: datetime) -> None:
    """Of the goods that the demo's shop has most of."""
    with tenant_atomic():
        counted = Code.objects.filter(state="available").values_list("sku_id")
        sku_id, _count = counted.annotate(count=Count("pk")).order_by("-count")[0]
        sku = Sku.objects.get(pk=sku_id)
        make_rule(ASKED_RULE, PERSONS, now=now)
    held_orders(sku=sku, now=now)


def held_orders(*, sku: Sku, now: datetime, orders: int = 12) -> None:
    """One device orders so often that the rule holds the most of it; one of those is decided."""
    with tenant_atomic():
        first = make_rule(RULE, MANY | {"action": "warn"}, now=now - timedelta(days=8))
        terms = RuleTerms(name=RULE, body=MANY)
        risk.change_rule(rule_id=first, terms=terms, by=SYSTEM, now=now - timedelta(days=7))
    numbers = [_bought(sku, at=at, now=now) for at in range(orders)]
    with tenant_atomic():
        waiting = Order.objects.filter(number__in=numbers, state="held").order_by("pk")
        first = waiting[0].pk
    judged = Judged(is_approved=False, judgement=Judgement.FRAUD, reason="同一人批量下单")
    fulfillment.review(order_id=first, judged=judged, by=LI, now=now)


def make_rule(name: str, body: Mapping[str, object], *, now: datetime) -> int:
    """One that is on; its key."""
    terms = RuleTerms(name=name, body=body)
    rule = risk.make_rule(terms=terms, by=SYSTEM, now=now)
    risk.switch_rule(
        rule_id=rule.pk, state=RuleState.ON, by=SYSTEM, reason="walk", now=now, is_sure=True
    )
    return rule.pk


def _bought(sku: Sku, *, at: int, now: datetime) -> str:
    moment = now + timedelta(seconds=at)
    with tenant_atomic():
        order = placed(
            sku, now=moment, ip=f"203.0.113.{7 + at % 2}", buyer_key="walk-device",
            contact_phone=f"1380013800{at % 3}", request_key=f"desk-{next(_forms)}-{now:%H%M%S}",
        )  # fmt: skip
        payment = captured(order, now=moment)
    fulfillment.take_payment(order_id=order.pk, payment_id=payment.pk, by=SYSTEM, now=moment)
    return order.number
