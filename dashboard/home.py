"""The first page of each back office: what waits for a person first, then the figures."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.models import Sku
from channels.selectors import count_given_up, low_partners, open_claims
from core.money import Money
from dashboard import guide
from dashboard.access import allows, shop_of
from dashboard.cockpit.types import amount
from dashboard.words import goods_words
from fulfillment.selectors import count_late, units_to_do, units_unconfirmed
from fulfillment.states import UnitState
from inventory.selectors import expiring_soon, low_stock
from orders.models import Order
from orders.selectors import held_openings, live_cases
from payments.models import Refund
from payments.selectors import held_up_refunds, odd_notices
from payments.states import RefundState

MOST_LISTED = 6


@dataclass(frozen=True, slots=True)
class ToDo:
    count: int
    words: str | Promise
    link: str
    tone: str = "warn"


def of_shop(request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    if not allows(request, "home.view"):
        return {}
    steps = guide.of_shop(request)
    return {
        "todo": [todo for todo in _todo(request, now=now) if todo.count],
        "low": _low(now=now),
        "expiring": _expiring(now=now),
        "figures": _figures(request, now=now) if allows(request, "orders.view") else [],
        **steps,
        "has_guide": steps["next_step"] is not None and not steps["is_hidden"],
        "may_load": allows(request, "stock.import"),
        "until": timezone.localtime(now),
    }


def _todo(request: HttpRequest, *, now: datetime) -> list[ToDo]:
    cases = reverse("admin:orders_case_changelist")
    live = live_cases()
    late = live.filter(due_at__lte=now).count()
    by_state = dict(
        units_to_do().order_by().values_list("state").annotate(Count("order_id", distinct=True))
    )
    todo = [
        ToDo(late, _("cases are late for an answer"), f"{cases}?state__exact=open", "bad"),
        ToDo(live.count() - late, _("cases wait for an answer"), cases),
        ToDo(
            by_state.get(UnitState.REVIEW, 0),
            _("orders need a decision"),
            reverse("office_stuck"),
            "bad",
        ),
        ToDo(
            units_unconfirmed().filter(state=UnitState.UNKNOWN).count(),
            _("deliveries are not confirmed by their supplier"),
            f"{reverse('office_stuck')}#unconfirmed",
        ),
        ToDo(
            count_late(),
            _("deliveries came after the end, and were paid for"),
            reverse("office_lates"),
            "bad",
        ),
        ToDo(
            by_state.get(UnitState.BY_HAND, 0),
            _("orders wait for a delivery by hand"),
            reverse("office_stuck"),
        ),
        ToDo(
            by_state.get(UnitState.WAITING, 0),
            _("paid orders wait for stock"),
            reverse("office_stuck"),
            "bad",
        ),
        ToDo(
            Order.objects.filter(state="held").count() + held_openings().count(),
            _("orders are held for a look"),
            reverse("office_held"),
            "bad",
        ),
    ]
    if allows(request, "money.view"):
        money = reverse("office_money")
        todo.append(
            ToDo(held_up_refunds(now=now).count(), _("refunds have not arrived"), money, "bad")
        )
        todo.append(ToDo(odd_notices().count(), _("odd payment notices"), money))
    return todo + _todo_of_partners(request)


def _todo_of_partners(request: HttpRequest) -> list[ToDo]:
    todo = []
    if allows(request, "partners.view"):
        partners = reverse("office_partners")
        lost = _("partners' webhook endpoints were given up on")
        todo.append(ToDo(low_partners().count(), _("partners' balances are low"), partners))
        todo.append(ToDo(count_given_up(), lost, partners, "bad"))
    if allows(request, "partners.money"):
        waiting = open_claims().count()
        todo.append(ToDo(waiting, _("partners' payments wait for you"), reverse("office_claims")))
    return todo


def _low(*, now: datetime) -> list[dict[str, Any]]:
    short = low_stock(now=now)[:MOST_LISTED]
    names = _names(cover.sku_id for cover in short)
    return [{"name": names.get(cover.sku_id, ""), "cover": cover} for cover in short]


def _expiring(*, now: datetime) -> list[dict[str, Any]]:
    soon = expiring_soon(now=now)[:MOST_LISTED]
    names = _names(one.sku_id for one in soon)
    return [{"name": names.get(one.sku_id, ""), "one": one} for one in soon]


def _names(sku_ids: Any) -> dict[int, str]:
    skus = Sku.objects.filter(pk__in=list(sku_ids)).select_related("product")
    return {sku.pk: goods_words(sku) for sku in skus}


def _figures(request: HttpRequest, *, now: datetime) -> list[dict[str, Any]]:
    """Today so far beside yesterday until the same hour, in the shop's time zone."""
    begin = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    day = timedelta(days=1)
    today, before = _sums(begin, now), _sums(begin - day, now - day)
    money = {"paid", "back"}
    hidden = frozenset() if allows(request, "sales.view") else money
    currency = shop_of(request).currency

    def told(name: str, sums: dict[str, int]) -> str:
        return amount(Money(sums[name], currency)) if name in money else f"{sums[name]:,}"

    words = {
        "paid": _("Paid today"), "orders": _("Orders"), "buyers": _("Buyers"),
        "back": _("Refunded today"),
    }  # fmt: skip
    return [
        {
            "words": words[name],
            "now": told(name, today),
            "before": told(name, before),
            "change": _change(today[name], before[name]),
        }
        for name in words
        if name not in hidden
    ]


def _sums(since: datetime, until: datetime) -> dict[str, int]:
    paid = Order.objects.filter(paid_at__gte=since, paid_at__lt=until).aggregate(
        paid=Sum("total_e4"), orders=Count("pk"), buyers=Count("buyer_key", distinct=True)
    )
    back = Refund.objects.filter(made_at__gte=since, made_at__lt=until).exclude(
        state=RefundState.FAILED
    )
    return {
        "paid": paid["paid"] or 0,
        "orders": paid["orders"],
        "buyers": paid["buyers"],
        "back": back.aggregate(sum=Sum("amount_e4"))["sum"] or 0,
    }


def _change(now: int, before: int) -> int | None:
    return round((now - before) * 100 / before) if before else None
