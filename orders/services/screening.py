"""What risk is told of an order, and what its verdict means for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from catalog.selectors import get_brand_name
from core.budgets import TookTooLong, at_most_ms
from core.contacts import clean_mail, clean_phone
from core.scope import require_tenant, tenant_atomic
from core.secrets import Secret
from orders.errors import PersonWanted, RefusedByRules
from orders.models import Order
from orders.selectors import count_cases
from orders.states import HeldThen
from orders.types import Held, PlaceOrder
from payments.selectors import paid_back_of
from risk import services as risk
from risk.facts import MOST_LOOKED_BACK
from risk.selectors import rules_in_force
from risk.states import Action, Moment, Trait, is_proof_enough
from risk.types import Case, Value, Verdict

if TYPE_CHECKING:
    from catalog.models import Sku

Goods = Sequence[tuple["Sku", int, Mapping[str, str]]]  # SKU, how many, what the buyer gave for it
BY_RULE = "risk_rule"
BUDGET_MS = 30
_PAST = frozenset({"is_first_order", "orders_before", "buyer_age_hours"})
_AFTER_SALE = frozenset({"refunds_before", "complaints_before"})
_ACCOUNTS = frozenset({"top_up"})

# What this device or phone ordered before; a buyer of thousands is counted to the first of them.
_BEFORE = """
    SELECT count(*), min(placed_at), coalesce(array_agg(id), '{}') FROM (
        SELECT id, placed_at FROM orders_order
         WHERE tenant_id = %(tenant)s AND state <> 'closed'
           AND (buyer_key = %(device)s AND buyer_key <> '' OR phone_hash = %(phone)s)
         ORDER BY placed_at LIMIT %(most)s) AS past
"""


def screen(order: Order, request: PlaceOrder, goods: Goods, *, now: datetime) -> risk.Assessed:
    """Have risk look at an order that is drawn up. Raises RefusedByRules, PersonWanted."""
    moment, subject = Moment.ORDER, order.number
    looked = risk.judged(
        look=lambda: risk.look(case=_case(order, request, goods, now=now), now=now),
        instead=lambda: risk.not_looked(moment=moment, subject=subject, now=now),
        moment=moment,
        subject=subject,
    )
    if looked.verdict.action == Action.DENY:
        raise RefusedByRules(
            _("This order cannot be taken. Ask the shop, if you think that it should be."),
            looked=looked,
        )
    if looked.verdict.action == Action.VERIFY:
        return _proven(looked, request, now=now)
    return looked


def _case(order: Order, request: PlaceOrder, goods: Goods, *, now: datetime) -> Case:
    phone = clean_phone(request.contact_phone) if request.contact_phone else ""
    mail = clean_mail(request.contact_mail) if request.contact_mail else ""
    return Case(
        moment=Moment.ORDER,
        subject=order.number,
        facts=_facts(order, request, goods) | of_contact(phone, mail) | _past(order, now=now),
        traits=_traits(request, goods, phone=phone, mail=mail),
        once=order.request_key,
        person=request.person,
    )


def _proven(looked: risk.Assessed, request: PlaceOrder, *, now: datetime) -> risk.Assessed:
    """A person has proven to be one, or is to; where nobody can, one of the shop looks at it."""
    if request.person is None:
        return risk.held_instead(looked=looked)
    if not is_proof_enough(given=request.person, wanted=looked.verdict.proof):
        raise person_wanted(looked.verdict.proof, looked)
    looked.row.verified = request.person
    risk.drop_asked(answered=looked.row, now=now)
    return looked


def person_wanted(way: str, looked: risk.Assessed | None = None) -> PersonWanted:
    return PersonWanted(_("Please show that you are not a program."), way=way, looked=looked)


@tenant_atomic
def keep_refused(*, refusal: RefusedByRules | PersonWanted) -> None:
    """Remember what was refused, when nothing else of the order stands."""
    if refusal.looked is not None:
        risk.keep_look(looked=refusal.looked)


def held_by(*, verdict: Verdict, now: datetime) -> Held:
    """How a hold that rules want is done."""
    return Held(
        reason=BY_RULE,
        until=now + timedelta(minutes=verdict.hold_minutes),
        then=HeldThen(verdict.then),
    )


def _facts(order: Order, request: PlaceOrder, goods: Goods) -> dict[str, Value]:
    sku, _quantity, _given = goods[0]
    found: dict[str, Value] = {
        "amount": order.total_e4,
        "quantity": sum(quantity for _sku, quantity, _each in goods),
        "sku": sku.ref,
        "brand": get_brand_name(brand_id=sku.product.brand_id),
        "kind": sku.kind,
        "channel": order.channel,
        "language": order.language,
    }
    if order.list_e4:
        found["price_share"] = order.total_e4 * 100 // order.list_e4
    if request.partner:
        found["partner"] = request.partner
    return found


def of_contact(phone: str, mail: str) -> dict[str, Value]:
    found: dict[str, Value] = {}
    if phone:
        found["phone_prefix"] = phone.removeprefix("+86")[:3]
    if mail:
        found["mail_domain"] = mail.partition("@")[2]
    return found


def _past(order: Order, *, now: datetime) -> dict[str, Value]:
    """Asked only where a rule asks for it: it is a look through the buyer's orders."""
    asked = rules_in_force().facts_asked
    if not asked & (_PAST | _AFTER_SALE) or not (order.buyer_key or order.phone_hash):
        return {}
    given: dict[str, Any] = {
        "tenant": require_tenant(), "device": order.buyer_key, "phone": order.phone_hash,
        "most": MOST_LOOKED_BACK,
    }  # fmt: skip
    try:
        with at_most_ms(BUDGET_MS) as cursor:
            cursor.execute(_BEFORE, given)
            count, first, ids = cursor.fetchone()
            after_sale = _after_sale(ids) if asked & _AFTER_SALE else {}
    except TookTooLong:
        return {}
    age = (now - first) // timedelta(hours=1) if first else 0
    return after_sale | {
        "orders_before": count, "is_first_order": count == 0, "buyer_age_hours": max(0, age),
    }  # fmt: skip


def _after_sale(order_ids: Sequence[int]) -> dict[str, Value]:
    return {
        "refunds_before": len(paid_back_of(payable_ids=order_ids)),
        "complaints_before": count_cases(order_ids=order_ids),
    }


def _traits(request: PlaceOrder, goods: Goods, *, phone: str, mail: str) -> dict[str, Secret]:
    found = {
        Trait.IP: request.ip, Trait.DEVICE: request.buyer_key, Trait.PHONE: phone, Trait.MAIL: mail
    }  # fmt: skip
    sku, _quantity, given = goods[0]
    if sku.kind in _ACCOUNTS and given:
        found[Trait.ACCOUNT] = next(iter(given.values()))
    return {trait: Secret(text) for trait, text in found.items() if text}
