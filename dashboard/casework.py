"""One case of the desk: what is known of it, in words."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.models import Sku
from catalog.states import Kind
from channels.models import Partner
from core.money import Money
from dashboard.queueing import rule_names
from dashboard.tones import tone_of
from dashboard.words import channel_words, goods_words, no_rule_words
from orders.models import Order
from orders.selectors import earlier_orders, outcomes_of
from risk.errors import ConditionWrong
from risk.facts import FACTS
from risk.models import LINKING, Assessment
from risk.selectors import count_words, counts_then, parts_of, value_words, versions_of
from risk.selectors.sentences import Part
from risk.states import Action, Moment, Trait

MOST_EARLIER, MOST_COUNTED, MOST_LOOKS = 10, 200, 20
_TONES = {Action.DENY: "bad", Action.HOLD: "warn", Action.WARN: "warn", Action.TAG: "busy"}


def fact_words(fact: str, value: str) -> str:
    """What a fact's value is called."""
    match fact:
        case "channel":
            return channel_words(value)
        case "kind":
            return str(dict(Kind.choices).get(value, value))
        case "language":
            return str(dict(settings.LANGUAGES).get(value, value))
        case "partner":
            return Partner.objects.filter(ref=value).values_list("name", flat=True).first() or value
        case "sku":
            found = Sku.objects.filter(ref=value).select_related("product").first()
            return goods_words(found) if found else value
    return FACTS[fact].words(value) if fact in FACTS else value


Compared = tuple[str, Part]  # a rule's name and what it compares


def facts_of(look: Assessment, *, currency: str) -> list[dict[str, Any]]:
    """Each fact, and each count that a rule asked for, with the thresholds of the rules that
    spoke."""
    compared = list(_compared(look, currency=currency))
    rows = [
        {
            "label": FACTS[name].label,
            "value": value_words(
                fact=name, value=look.facts[name], currency=currency, words=fact_words
            ),
            "asked": [(rule, part.text) for rule, part in compared if part.fact == name],
        }
        for name in FACTS
        if name in look.facts
    ]
    return sorted([*_counts(look, compared, currency=currency), *rows], key=_asked_first)


def _asked_first(row: dict[str, Any]) -> bool:
    return not row["asked"]


def _compared(look: Assessment, *, currency: str) -> Iterator[Compared]:
    spoken = [(one["rule"], one["version"]) for one in look.spoken if one["version"]]
    known = rule_names() if spoken else {}
    for version in versions_of(spoken=spoken).values():
        name = known.get(version.rule.ref, version.name)
        with suppress(ConditionWrong):  # one that this program cannot read any more
            for part in parts_of(body=version.body, currency=currency, words=fact_words):
                yield name, part


def _counts(look: Assessment, compared: list[Compared], *, currency: str) -> list[dict[str, Any]]:
    counters = {part.counter for _rule, part in compared if part.counter is not None}
    found = counts_then(look=look, counters=counters)
    return [
        {
            "label": _("Counted then"),
            "value": count_words(counter=counter, count=count, currency=currency),
            "asked": [(rule, part.text) for rule, part in compared if part.counter == counter],
        }
        for counter, count in found.items()
    ]


def said_of(looks: list[Assessment], *, order: Order) -> list[dict[str, Any]]:
    """What each rule said, at placing, at paying and at opening."""
    rows: list[dict[str, Any]] = []
    for look in looks:
        if look.moment == Moment.OPEN:
            rows.append(_said(_("When its codes were asked for"), look.at, look.spoken))
        elif look.moment == Moment.ORDER:
            rows += _said_of_order(look, order)
    known = rule_names() if rows else {}
    for row in rows:
        row["spoken"] = [_spoke(one, known) for one in row["spoken"]]
    return rows


def _said_of_order(look: Assessment, order: Order) -> Iterator[dict[str, Any]]:
    first = look.first_said["spoken"] if look.first_said else look.spoken
    yield _said(_("When it was placed"), look.at, first)
    if look.again_at is not None:
        yield _said(_("When it was paid"), look.again_at, look.spoken)
    elif order.paid_at is not None:
        yield _said(_("When it was paid"), order.paid_at, first, note=_("the same"))


def _said(moment: str, at: datetime, spoken: Any, *, note: str = "") -> dict[str, Any]:
    return {"moment": moment, "at": at, "note": note, "spoken": spoken}


def _spoke(one: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    words = no_rule_words(one["rule"])
    return {
        "ref": "" if words else one["rule"],
        "name": words or known.get(one["rule"], one["name"]),
        "action": Action(one["action"]).label,
        "tone": "" if one["is_shadow"] else _TONES.get(Action(one["action"]), "good"),
        "score": 0 if one["is_shadow"] else one["score"],
        "is_shadow": one["is_shadow"],
        "is_unanswered": one["is_unanswered"],
    }


def buyer_before(order: Order) -> dict[str, Any]:
    """The latest of his earlier orders, and what became of the last two hundred."""
    found = list(earlier_orders(order=order)[:MOST_COUNTED])
    outcomes = outcomes_of(numbers=[one.number for one in found])
    rows = [
        {
            "order": one,
            "total": Money(one.total_e4, one.currency),
            "tone": tone_of(one.state),
            "outcome": outcomes.get(one.number),
        }
        for one in found[:MOST_EARLIER]
    ]
    return {
        "rows": rows,
        "count": len(found),
        "is_all": len(found) < MOST_COUNTED,
        "paid_back": sum(one.is_paid_back for one in outcomes.values()),
        "complained": sum(one.is_complained_of for one in outcomes.values()),
    }


def traits_known(looks: list[Assessment]) -> list[Trait]:
    """By what its people can be blocked."""
    return [trait for trait in LINKING if any(getattr(look, trait) is not None for look in looks)]
