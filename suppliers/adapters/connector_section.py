"""A part of a recipe, read key by key. What is wrong is named by its key, never by its value:

a recipe may hold secrets.
"""

import re
from collections.abc import Mapping
from typing import Any

_NAMES = re.compile(r"\{([^{}]*)\}")
_FIELD = "fields."
_WANTED = "\0"  # no default: JSON's strings may hold it, ours never do


class Section:
    """Each key is taken once; `close` refuses those that nobody took."""

    def __init__(self, value: object, where: str = "") -> None:
        if not isinstance(value, dict):
            why = "an object is wanted here"
            raise ValueError(f"{where or 'recipe'}: {why}")  # noqa: TRY004 -- of a recipe, all are
        self._rest, self._where = dict[str, Any](value), where

    def key(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name

    def has(self, name: str) -> bool:
        return name in self._rest

    def wrong(self, name: str, why: str) -> ValueError:
        return ValueError(f"{self.key(name)}: {why}")

    def take(self, name: str) -> Any:
        if name not in self._rest:
            raise self.wrong(name, "is missing")
        return self._rest.pop(name)

    def part(self, name: str) -> "Section":
        return Section(self.take(name), self.key(name))

    def text(self, name: str, default: str = _WANTED, *, among: tuple[str, ...] = ()) -> str:
        if default != _WANTED and name not in self._rest:
            return default
        value = self.take(name)
        if not isinstance(value, str):
            raise self.wrong(name, "a text is wanted here")
        if among and value not in among:
            raise self.wrong(name, f"one of {', '.join(among)} is wanted here")
        return value

    def flag(self, name: str) -> bool:
        value = self._rest.pop(name, False)
        if not isinstance(value, bool):
            raise self.wrong(name, "true or false is wanted here")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, or one alone."""
        value = self.take(name)
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise self.wrong(name, "a text, or a list of texts, is wanted here")
        if not found or "" in found:
            raise self.wrong(name, "is empty")
        return tuple(found)

    def table(self, name: str) -> dict[str, str]:
        """An object of texts; an empty one if the key is missing."""
        value = self._rest.pop(name, {})
        section = Section(value, self.key(name))
        return {each: section.text(each) for each in list(value)}

    def close(self) -> None:
        for name in self._rest:
            raise self.wrong(name, "is no key of a recipe")


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
