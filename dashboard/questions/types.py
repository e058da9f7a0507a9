"""What a question is: its words, what it wants to know first, and who may ask it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from dashboard.cockpit.types import Asked, Text, Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A whole number within bounds; with `choices` one of these."""

    name: str
    words: Text
    default: int
    least: int
    most: int
    choices: Callable[[], list[tuple[int, Text]]] | None = None

    def read(self, given: QueryDict) -> int:
        """Raises InvalidInput in the words of who typed it."""
        text = given.get(self.name, "").strip()
        if not text:
            return self.default
        number = int(text) if text.isdecimal() and len(text) < 19 else None
        if number is None or not self.least <= number <= self.most:
            said = _("%(what)s: write a whole number from %(least)s to %(most)s.")
            about = {"what": self.words, "least": self.least, "most": f"{self.most:,}"}
            raise InvalidInput(said % about, param=self.name)
        return number


Answers = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`asks` is it in one sentence, `meaning` how it is answered, `empty` what will stand here."""

    name: str
    title: Text
    icon: str
    asks: Text
    meaning: Text
    empty: Text
    tell: Callable[[Asked, Answers], Told]
    fields: tuple[Field, ...] = ()
    right: str = "risk.view"
