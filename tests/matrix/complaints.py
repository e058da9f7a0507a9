"""A thing that a supplier delivered, a case about it, and what the supplier was told."""

from datetime import datetime
from typing import Any

from catalog.states import Kind
from core.actors import Actor
from core.scope import tenant_atomic
from core.secrets import Secret
from fulfillment.models import Unit
from fulfillment.services import answers, upstream
from suppliers import services as suppliers
from suppliers.services import complaining
from suppliers.types import Answer, BoughtCode, Outcome
from tests.catalog.factories import make_sku
from tests.orders.factories import open_case
from tests.suppliers.factories import make_offer, make_supplier

CLERK = Actor("user:1 clerk@example.com")


@tenant_atomic
def supplied_sku(*, product_id: int, name: str) -> Any:
    """A SKU that a supplier delivers which takes complaints."""
    sku = make_sku(product_id=product_id, name=name, name_en=name, kind=Kind.SUPPLIER_CODE)
    make_offer(supplier=make_supplier(protocol="kasushou", name=name), sku=sku)
    return sku


def complained_about(order: Any, *, mark: str, now: datetime) -> dict[str, Any]:
    """The things of a paid order's only unit, delivered without a network."""
    with tenant_atomic():
        unit = Unit.objects.get(order=order)
    lease = upstream._claim(unit.pk, now=now)
    assert lease is not None
    codes = (BoughtCode(secret=Secret(f"{mark}-BOUGHT-1")),)
    said = Answer(outcome=Outcome.SUCCESS, supplier_ref=mark, codes=codes)
    answers.record(lease, said, now=now)
    with tenant_atomic():
        case = open_case(order, unit_id=unit.pk, text=f"{mark} complaint", now=now)
    attempt_id = lease.attempt.pk
    made, _is_new = complaining._begin(attempt_id, f"{mark} text", mark, by=CLERK, now=now)
    done = Answer(outcome=Outcome.ACCEPTED, supplier_ref=mark, reason=f"{mark} said")
    complaining._record(made.pk, done, now=now)
    assert suppliers.complain(attempt_id=attempt_id, text=mark, key=mark, by=CLERK, now=now) == made
    return {"supplied_case": case.pk, "complaint_key": mark, "complaint": made.pk}
