"""What the form of a risk rule offers to ask: facts by what they are about, and their values."""

from typing import Any

from django.utils.text import capfirst

from catalog.models import Brand
from risk.facts import FACTS, Fact, Group
from risk.states import Moment

MOST_OFFERED = 300


def asked() -> list[Fact]:
    return [fact for fact in FACTS.values() if Moment.ORDER in fact.moments]


def grouped() -> list[tuple[str, list[tuple[str, Any]]]]:
    """The choices of a select, under a heading each."""
    return [
        (
            capfirst(str(group.label)),
            [(one.name, one.label) for one in asked() if one.group == group],
        )
        for group in Group
    ]


def offers() -> list[dict[str, Any]]:
    """By group, its facts: each with its usual values in words, or with an example."""
    return [
        {
            "group": group.label,
            "facts": [
                {"fact": fact, "values": _values(fact)} for fact in asked() if fact.group == group
            ],
        }
        for group in Group
    ]


def _values(fact: Fact) -> list[str]:
    if fact.name == "brand":
        return list(Brand.objects.values_list("name", flat=True)[:MOST_OFFERED])
    return [str(label) for label in fact.choices.values()]
