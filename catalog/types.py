"""What the catalog says to others in its own words."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
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
    """One thing the shopper is asked for; `options` are the answers that a REGION may have."""

    key: str
    kind: FieldKind
    label: str
    label_en: str = ""
    is_required: bool = True
    options: tuple[str, ...] = ()
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
        kind, options = FieldKind(given["kind"]), tuple(given.get("options", ()))
        return cls(**{**given, "kind": kind, "options": options})

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"kind": str(self.kind), "options": list(self.options)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLine:
    """A line of a product table that cannot be taken as it is."""

    number: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReport:
    """What an imported table does, or would do: `is_done` tells which."""

    products_new: int = 0
    products_changed: int = 0
    skus_new: int = 0
    skus_changed: int = 0
    refused: tuple[TableLine, ...] = ()
    is_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FormCopy:
    """A buyer form to be had elsewhere as well."""

    name: str
    name_en: str
    fields: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuCopy:
    """A SKU to be had elsewhere under the same ref; `given` holds names from SKU_FIELDS."""

    ref: str
    given: Mapping[str, Any]
    form: FormCopy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCopy:
    """A product on the shelf, to be had elsewhere under the same ref, without its picture."""

    ref: str
    given: Mapping[str, Any]
    brand: Mapping[str, Any]
    category: Mapping[str, Any]
    skus: tuple[SkuCopy, ...]
