"""Complaints after the sale as they are: found, read, and what waits for its time."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.actors import SYSTEM
from core.crypto import sealer
from core.errors import NotFound
from core.secrets import Secret
from orders.models import MESSAGE, Case, CaseMessage
from orders.states import CASE_LIVE
from orders.types import Said


def get_case(*, case_id: int) -> Case:
    return Case.objects.select_related("order").get(pk=case_id)


def case_by_ref(*, ref: str, order_id: int) -> Case:
    found = Case.objects.filter(ref=ref, order_id=order_id).first()
    if found is None:
        raise NotFound(_("There is no such case."))
    return found


def cases_of(*, order_id: int) -> "QuerySet[Case]":
    return Case.objects.filter(order_id=order_id).order_by("opened_at", "pk")


def count_cases(*, order_ids: Collection[int]) -> int:
    return Case.objects.filter(order_id__in=order_ids).count()


def live_cases() -> "QuerySet[Case]":
    """What somebody has to answer, the most overdue first."""
    return Case.objects.filter(state__in=CASE_LIVE).select_related("order").order_by("due_at")


def answers() -> QuerySet[CaseMessage]:
    """What shops have answered in cases, for a question about them; see `Said.is_answer`."""
    return CaseMessage.objects.filter(is_from_shopper=False).exclude(by=SYSTEM.label)


def messages_of(*, case_id: int) -> list[Said]:
    keys = sealer()
    return [
        Said(
            is_from_shopper=row.is_from_shopper,
            by=row.by,
            text=Secret(keys.open(bytes(row.body), place=MESSAGE, uid=row.uid)),
            at=row.at,
        )
        for row in CaseMessage.objects.filter(case_id=case_id).order_by("at", "pk")
    ]


def due_cases(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, case) past their clock and not flagged yet, across tenants: for the sweeper."""
    late = Case.objects.using("ops").filter(
        state__in=sorted(CASE_LIVE), overdue_at=None, due_at__lte=now
    )
    return list(late.order_by("due_at").values_list("tenant_id", "pk")[:limit])
