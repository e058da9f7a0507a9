"""A part of a recipe, read key by key. What is wrong is named by its key, never by its value:

a recipe may hold secrets.
"""

from typing import Any

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

    def count(self, name: str) -> int | None:
        """A whole number from 1 on; None if the key is missing."""
        value = self._rest.pop(name, None)
        if value is not None and (type(value) is not int or value < 1):
            raise self.wrong(name, "a whole number from 1 on is wanted here")
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
