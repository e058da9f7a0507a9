"""What waits for a person: orders that a rule or their price stopped, and codes kept closed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.money import Money
from dashboard.fields import amount_field, read_amount
from dashboard.words import CHANNELS, channel_words, no_rule_words
from orders.models import Order
from orders.selectors import held_openings, held_orders, why_held
from orders.services.screening import BY_RULE
from orders.states import HeldThen
from risk.models import Assessment
from risk.selectors import assessments_of, name_of, rules, scores_by
from risk.states import Moment

MOST = 200
OPENING, BY_PRICE = "opening", "cost_above_price"
URGENT, SOON = timedelta(hours=1), timedelta(hours=4)
REASONS = {
    BY_RULE: gettext_lazy("a risk rule"),
    BY_PRICE: gettext_lazy("its price does not bring the cost in"),
    OPENING: gettext_lazy("its codes are kept closed"),
}
_ALL = ("", gettext_lazy("all"))
BY_SCORE = "score"
_ORDERS = {
    "": gettext_lazy("the most urgent first"),
    BY_SCORE: gettext_lazy("the highest score first"),
}


class QueueForm(forms.Form):
    rule = forms.ChoiceField(label=gettext_lazy("Rule"), required=False)
    reason = forms.ChoiceField(
        label=gettext_lazy("Why"), required=False, choices=[_ALL, *REASONS.items()]
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"), required=False, choices=[_ALL, *CHANNELS.items()]
    )
    least = amount_field(gettext_lazy("Amount from"), required=False)
    most = amount_field(gettext_lazy("Amount to"), required=False)
    by = forms.ChoiceField(
        label=gettext_lazy("In which order"), required=False, choices=list(_ORDERS.items())
    )

    def __init__(self, given: Any, *, currency: str) -> None:
        super().__init__(given)
        self._currency = currency
        self.fields["rule"].choices = [_ALL, *rule_names().items()]  # type: ignore[attr-defined]  # -- a choice

    def clean(self) -> Any:
        for name in ("least", "most"):
            if self.cleaned_data.get(name):
                self.cleaned_data[f"{name}_e4"] = read_amount(self, name, currency=self._currency)
        return self.cleaned_data

    @property
    def is_asked(self) -> bool:
        return any(self.data.get(name) for name in self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One line of the queue."""

    order: Order
    decide_by: datetime
    held_then: str
    why: str
    score: int = 0
    is_opening: bool = False
    rules: list[str] = field(default_factory=list)

    @property
    def then(self) -> str:
        return then_words(self.held_then, is_opening=self.is_opening)

    @property
    def channel(self) -> str:
        return channel_words(self.order.channel)

    @property
    def total(self) -> Money:
        return Money(self.order.total_e4, self.order.currency)

    @property
    def goods(self) -> list[tuple[str, int]]:
        return [(item.shown_name, item.quantity) for item in self.order.items.all()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """`rows` of `count`; `first` is the most urgent of all."""

    rows: list[Waiting]
    count: int
    urgent: int
    first: Waiting | None

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


def then_words(then: str, *, is_opening: bool) -> str:
    if is_opening and then == HeldThen.RELEASE:
        return _("the codes may be opened")
    return str(HeldThen(then).label)


def time_left(until: datetime, *, now: datetime) -> tuple[str, str]:
    """A colour, and words."""
    if until <= now:
        return "bad", _("time is up")
    left = _("%(time)s left") % {"time": timeuntil(until, now, depth=1)}
    return ("bad" if until - now <= URGENT else "warn" if until - now <= SOON else "good"), left


def queue(*, now: datetime, asked: dict[str, Any] | None = None) -> Queue:
    """What waits and fits what is asked for (a QueueForm's values)."""
    asked = asked or {}
    held, closed = _held(asked), _closed(asked)
    rows = by_time = _sorted(held, closed, key=_by_time)
    if asked.get("by") == BY_SCORE:
        names = ("-score", "decide_by", "pk")
        rows = _sorted(held.order_by(*names), closed.order_by(*names), key=_by_score)
    soon = {"decide_by__lte": now + URGENT}
    return Queue(
        rows=_with_rules(rows),
        count=held.count() + closed.count(),
        urgent=held.filter(**soon).count() + closed.filter(**soon).count(),
        first=next(iter(by_time), None),
    )


def _sorted(
    held: "QuerySet[Any]", closed: "QuerySet[Any]", *, key: Callable[[Waiting], Any]
) -> list[Waiting]:
    """The first ones of both, each of which is sorted so already."""
    return sorted([*map(_of_order, held[:MOST]), *map(_of_opening, closed[:MOST])], key=key)[:MOST]


def _by_time(row: Waiting) -> Any:
    return row.decide_by, row.order.pk


def _by_score(row: Waiting) -> Any:
    return -row.score, *_by_time(row)


def _of_order(order: Any) -> Waiting:
    return Waiting(
        order=order, decide_by=order.decide_by, held_then=order.held_then,
        why=why_held(reason=order.held_for), score=order.score,
    )  # fmt: skip


def _of_opening(opening: Any) -> Waiting:
    return Waiting(
        order=opening.order, decide_by=opening.decide_by, held_then=opening.held_then,
        why=_("Its codes stay closed until somebody decides."), is_opening=True,
        score=opening.score,
    )  # fmt: skip


def _held(asked: dict[str, Any]) -> "QuerySet[Any]":
    found: QuerySet[Any] = held_orders()
    if asked.get("reason"):
        found = found.filter(held_for=asked["reason"])
    return _that_fit(found, asked, order="")


def _closed(asked: dict[str, Any]) -> "QuerySet[Any]":
    found = held_openings().select_related("order").prefetch_related("order__items")
    if asked.get("reason", "") not in ("", OPENING):
        found = found.none()
    return _that_fit(found, asked, order="order__")


def _that_fit(found: "QuerySet[Any]", asked: dict[str, Any], *, order: str) -> "QuerySet[Any]":
    found = found.annotate(score=scores_by(subject=f"{order}number"))
    if asked.get("channel"):
        found = found.filter(**{f"{order}channel": asked["channel"]})
    if asked.get("least_e4") is not None:
        found = found.filter(**{f"{order}total_e4__gte": asked["least_e4"]})
    if asked.get("most_e4") is not None:
        found = found.filter(**{f"{order}total_e4__lte": asked["most_e4"]})
    if asked.get("rule"):
        looks = assessments_of(subject=OuterRef(f"{order}number")).order_by()
        found = found.filter(Exists(looks.filter(spoken__contains=[{"rule": asked["rule"]}])))
    return found


def rule_names() -> dict[str, str]:
    """Of the rules that there are, by their numbers, in the reader's language."""
    return {rule.ref: name_of(rule=rule) for rule in rules()}


def _with_rules(rows: list[Waiting]) -> list[Waiting]:
    """Each with the names of the rules that spoke and act, and of what else did."""
    numbers = [row.order.number for row in rows]
    kept = Assessment.objects.filter(subject__in=numbers).exclude(moment=Moment.LOOK_UP)
    looks = kept.values_list("subject", "spoken")
    named: dict[str, list[str]] = {}
    known = rule_names()
    for subject, spoken in looks:
        names = [
            known.get(one["rule"], one["name"]) or no_rule_words(one["rule"])
            for one in spoken
            if not one["is_shadow"]
        ]
        named.setdefault(subject, []).extend(names)
    for row in rows:
        row.rules.extend(dict.fromkeys(named.get(row.order.number, [])))
    return rows
