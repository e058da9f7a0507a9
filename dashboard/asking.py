"""What the form of a risk rule offers to ask: facts by what they are about, and their values."""

from typing import Any

from django.utils.text import capfirst

from catalog.models import Brand, Sku
from channels.models import Partner
from dashboard.words import goods_words
from risk.facts import FACTS, Fact, Group
from risk.states import LOOKED

MOST_OFFERED = 300


def asked() -> list[Fact]:
    return [fact for fact in FACTS.values() if fact.moments & set(LOOKED)]


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


def scoped() -> dict[str, list[tuple[str, str]]]:
    """What a rule may be of only: each value with what it is called."""
    skus = Sku.objects.select_related("product").order_by("product__name", "pk")[:MOST_OFFERED]
    brands = Brand.objects.order_by("name")[:MOST_OFFERED]
    partners = Partner.objects.order_by("name")[:MOST_OFFERED]
    return {
        "sku": [(sku.ref, goods_words(sku)) for sku in skus],
        "brand": [(brand.name, brand.name_en) for brand in brands],
        "partner": [(partner.ref, partner.name) for partner in partners],
    }
