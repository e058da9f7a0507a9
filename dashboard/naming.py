"""The goods and partners that a rule names: those of its own shop, and what it calls them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from catalog.models import Brand, Sku
from channels.models import Partner
from risk.errors import ConditionWrong
from risk.tree import STARTS

SCOPED = ("sku", "brand", "partner")  # what a rule may be of only, written by its number or name
Say = Callable[[str, Sequence[str], str], list[str]]  # a fact, its values, and the way to them
_NO_SUCH: dict[str, Callable[[], str]] = {
    "sku": lambda: _("The shop has no SKU “%(value)s”."),
    "brand": lambda: _("The shop has no brand “%(value)s”."),
    "partner": lambda: _("The shop has no partner “%(value)s”."),
}
_NONE_BEGINS: dict[str, Callable[[], str]] = {
    "sku": lambda: _("No SKU of the shop has a number that begins with “%(value)s”."),
    "brand": lambda: _("No brand of the shop begins with “%(value)s”."),
    "partner": lambda: _("No partner of the shop has a number that begins with “%(value)s”."),
}


def in_shop(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body that can be read, with the values that are meant in it: a brand may be called by
    either name, a partner by his own. Raises ConditionWrong for what the shop has not."""
    named: dict[str, set[str]] = defaultdict(set)

    def hear(name: str, texts: Sequence[str], _at: str) -> list[str]:
        named[name].update(text.strip() for text in texts)
        return list(texts)

    _said_by(body, hear)  # gone through twice, so that each kind is one question
    known = {name: _known(name, texts) for name, texts in named.items()}

    def say(name: str, texts: Sequence[str], at: str) -> list[str]:
        for text in texts:
            if text.strip() not in known[name]:
                raise ConditionWrong(_NO_SUCH[name]() % {"value": text.strip()[:40]}, param=at)
        return [known[name][text.strip()] for text in texts]

    return _said_by(body, say)


def _said_by(body: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """The body, each SKU, brand and partner in it as `say` says it."""
    found = {**body, "when": _node(body["when"], "when", say)}
    if "scope" in body:
        found["scope"] = {
            name: say(name, texts, f"scope.{name}") if name in SCOPED else texts
            for name, texts in body["scope"].items()
        }
    return found


def _node(node: Mapping[str, Any], at: str, say: Say) -> dict[str, Any]:
    for join in ("all", "any"):
        if join in node:
            parts = enumerate(node[join])
            return {join: [_node(part, f"{at}.{join}.{number}", say) for number, part in parts]}
    if "not" in node:
        return {"not": _node(node["not"], f"{at}.not", say)}
    if node.get("fact") not in SCOPED:
        return dict(node)
    name, value = node["fact"], node["value"]
    if node["op"] == STARTS:
        _check_begins(name, value.strip(), f"{at}.value")
        return dict(node)
    if isinstance(value, list):
        return {**node, "value": say(name, value, f"{at}.value")}
    [meant] = say(name, [value], f"{at}.value")
    return {**node, "value": meant}


def _known(name: str, texts: Iterable[str]) -> dict[str, str]:
    """By what was typed: a SKU's number, a brand's name, a partner's number or name."""
    if name == "sku":
        return {ref: ref for ref in Sku.objects.filter(ref__in=texts).values_list("ref", flat=True)}
    if name == "brand":
        rows = Brand.objects.filter(Q(name__in=texts) | Q(name_en__in=texts))
        return {text: brand.name for brand in rows for text in (brand.name_en, brand.name) if text}
    partners = Partner.objects.filter(Q(name__in=texts) | Q(ref__in=texts))
    return {text: one.ref for one in partners for text in (one.name, one.ref)}


def _check_begins(name: str, start: str, at: str) -> None:
    rows = {
        "sku": Sku.objects.filter(ref__startswith=start),
        "brand": Brand.objects.filter(name__startswith=start),
        "partner": Partner.objects.filter(ref__startswith=start),
    }
    if not rows[name].exists():
        raise ConditionWrong(_NONE_BEGINS[name]() % {"value": start[:40]}, param=at)
