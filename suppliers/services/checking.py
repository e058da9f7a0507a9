"""Whether a supplier can be spoken to at all: its balance is asked, which buys nothing."""

import time
from dataclasses import replace
from datetime import datetime

from core.actors import Actor
from core.scope import tenant_atomic
from suppliers.models import Call, Supplier
from suppliers.services.docking import speaker
from suppliers.states import CallKind
from suppliers.transport import answered
from suppliers.types import Answer, Outcome, clean_words
from tenants import audit


def check_balance(*, supplier_id: int, by: Actor, now: datetime) -> Answer:
    """Ask the supplier what our balance there is, in no transaction, and keep what it says.

    A success has the amount as its `cost_e4`; whatever else happened is an Answer too.
    """
    with tenant_atomic():
        supplier = Supplier.objects.get(pk=supplier_id)

    def speak() -> Answer:
        return Answer(outcome=Outcome.SUCCESS, cost_e4=speaker(supplier).balance_e4())

    began = time.monotonic()
    answer = answered(speak, is_purchase=False)
    answer = replace(answer, took_ms=round((time.monotonic() - began) * 1000))
    _keep(supplier, answer, by=by, now=now)
    return answer


@tenant_atomic
def _keep(supplier: Supplier, answer: Answer, *, by: Actor, now: datetime) -> None:
    is_told = answer.outcome is Outcome.SUCCESS
    if is_told:
        told = {"balance_e4": answer.cost_e4, "balance_at": now}
        Supplier.objects.filter(pk=supplier.pk).update(**told)
    Call.objects.create(
        supplier=supplier,
        kind=CallKind.BALANCE,
        outcome=answer.outcome,
        is_bad=not is_told,
        took_ms=answer.took_ms,
        said=clean_words(answer.reason)[:200],
        at=now,
    )
    audit.record(by=by, action="supplier.checked", target=supplier.name, now=now)
