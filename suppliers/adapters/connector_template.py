"""Texts of a recipe with names in braces, which a call fills in."""

import re
from collections.abc import Mapping

_NAMES = re.compile(r"\{([^{}]*)\}")
_FIELD = "fields."


def names_in(template: object) -> set[str]:
    """The names in the braces of a template, however deep."""
    if isinstance(template, str):
        return set(_NAMES.findall(template))
    if isinstance(template, Mapping):
        return {name for each in template.values() for name in names_in(each)}
    if isinstance(template, list):
        return {name for each in template for name in names_in(each)}
    return set()


def check_template(template: object, *, key: str, known: frozenset[str]) -> None:
    """Raises ValueError for a name that is not known there, a lone brace, or a float."""
    if isinstance(template, Mapping | list):
        pairs = template.items() if isinstance(template, Mapping) else enumerate(template)
        for name, each in pairs:
            check_template(each, key=f"{key}.{name}", known=known)
    elif why := _wrong_with(template, known):
        raise ValueError(f"{key}: {why}")


def fill(template: str, values: Mapping[str, str]) -> str:
    """In one pass: what a value says in braces stays as it is. Raises KeyError."""
    return _NAMES.sub(lambda found: values[found[1]], template)


def _is_known(name: str, known: frozenset[str]) -> bool:
    if name.startswith(_FIELD):
        return _FIELD in known and name != _FIELD
    return name in known


def _wrong_with(leaf: object, known: frozenset[str]) -> str:
    if isinstance(leaf, float):
        return "a number with a point is written as a text"
    if not isinstance(leaf, str):
        return ""
    if set("{}") & set(_NAMES.sub("", leaf)):
        return "a brace without its other half"
    is_known = all(_is_known(name, known) for name in names_in(leaf))
    return "" if is_known else "a name in braces that is not known here"
