"""What the catalog says to others in its own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.secrets import masked, masked_phone


class FieldKind(StrEnum):
    PHONE = "phone"
    QQ = "qq"
    EMAIL = "email"
    ACCOUNT = "account"  # of a game or a site: printable, no blanks
    REGION = "region"  # one of `options`
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerField:
    """One thing the shopper is asked for. `options` are (value, label, English label)."""

    key: str
    kind: FieldKind
    label: str
    label_en: str = ""
    is_required: bool = True
    options: tuple[tuple[str, str, str], ...] = ()
    is_confirmed_big: bool = False

    def label_in(self, language: str) -> str:
        return self.label_en if language.startswith("en") and self.label_en else self.label

    def mask(self, text: str) -> str:
        """What lists and logs may show of an answer."""
        match self.kind:
            case FieldKind.PHONE:
                return masked_phone(text)
            case FieldKind.REGION:
                return text
            case FieldKind.EMAIL:
                name, _, host = text.partition("@")
                return f"{name[:1]}***@{host}"
            case _:
                return masked(text, head=2, tail=2)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "BuyerField":
        options = tuple((o[0], o[1], o[2]) for o in given.get("options", ()))
        return cls(**{**given, "kind": FieldKind(given["kind"]), "options": options})
