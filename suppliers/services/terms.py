"""The terms of a contract: how often it is settled, whom to talk to, how long it runs."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.scope import tenant_atomic
from suppliers.errors import SupplierUnfit
from suppliers.models import Supplier
from suppliers.models.contracts import MOST_PAY_DAYS
from suppliers.states import Cycle
from tenants import audit

FIELDS = ("cycle", "pay_days", "terms", "contact", "contract_from", "contract_until")
_LONGEST = {"terms": 4_000, "contact": 200}


@tenant_atomic
def change_terms(
    *, supplier_id: int, given: Mapping[str, Any], by: Actor, now: datetime
) -> Supplier:
    """Only what is given is changed; raises SupplierUnfit, which names the field."""
    supplier = Supplier.objects.select_for_update(no_key=True).get(pk=supplier_id)
    for name, value in given.items():
        if name not in FIELDS:
            raise SupplierUnfit(_("A contract has no such term."), param=name)
        setattr(supplier, name, value.strip() if isinstance(value, str) else value)
    _check(supplier)
    supplier.save(update_fields=list(FIELDS))
    told: dict[str, str | int | None] = {name: _told(value) for name, value in given.items()}
    audit.record(by=by, action="supplier.terms", target=supplier.name, data=told, now=now)
    return supplier


def _check(supplier: Supplier) -> None:
    if supplier.cycle not in Cycle.values:
        raise SupplierUnfit(_("Choose one of the listed cycles."), param="cycle")
    if not 0 <= supplier.pay_days <= MOST_PAY_DAYS:
        raise SupplierUnfit(
            _("Write a number of days, 0 to %(most)s.") % {"most": MOST_PAY_DAYS}, param="pay_days"
        )
    for name, longest in _LONGEST.items():
        if len(getattr(supplier, name)) > longest or "\0" in getattr(supplier, name):
            raise SupplierUnfit(
                _("Write at most %(most)s characters.") % {"most": longest}, param=name
            )
    begins, ends = supplier.contract_from, supplier.contract_until
    if begins and ends and ends < begins:
        raise SupplierUnfit(_("A contract ends after it begins."), param="contract_until")


def _told(value: str | date | int | None) -> str:
    return "" if value is None else str(value)[:200]
