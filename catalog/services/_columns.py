"""The columns of a product table: their words, and what their cells mean.

A refusal inside names our own field; whoever reads it wrote a column, in words of his own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from catalog.errors import FieldRefused
from catalog.models import BuyerTemplate
from catalog.states import Kind, Promise
from core.errors import AppError, InvalidInput
from core.money import parse_e4

COLUMNS = {
    "product_ref": _("product ref"),
    "product": _("product"),
    "product_en": _("product in English"),
    "category": _("category"),
    "brand": _("brand"),
    "summary": _("summary"),
    "what_arrives": _("what arrives"),
    "where_works": _("where it works"),
    "refund_rule": _("refund rule"),
    "sku_ref": _("SKU ref"),
    "sku": _("SKU"),
    "sku_en": _("SKU in English"),
    "kind": _("kind"),
    "price": _("price"),
    "list_price": _("list price"),
    "cost_hint": _("usual cost"),
    "duration_days": _("duration in days"),
    "promise": _("delivery promise"),
    "buyer_form": _("buyer form"),
    "most_per_order": _("most in one order"),
    "is_on_sale": _("on sale"),
}
COST = "cost_hint"
NEEDED = ("product", "category", "brand", "sku", "price")
LANGUAGES = ("en", "zh-hans")
# Column -> field of the product; its texts, taken as they are.
PRODUCT = {"product": "name", "product_en": "name_en"} | {
    name: name for name in ("summary", "what_arrives", "where_works", "refund_rule")
}
_YES = {"1", "yes", "true", "y", "是"}
_NO = {"0", "no", "false", "n", "否"}


@dataclass(frozen=True, slots=True)
class Head:
    """The first line: what each cell names in our words ("" for none), and in the writer's."""

    names: tuple[str, ...]
    words: Mapping[str, str]

    @property
    def missing(self) -> list[str]:
        return [str(COLUMNS[name]) for name in NEEDED if name not in self.names]

    def word_of(self, column: str) -> str:
        """What a column is called in this table, or would be."""
        return self.words.get(column) or str(COLUMNS.get(column, ""))


def read_head(cells: list[str]) -> Head:
    """A table made in one language is read in the other."""
    known = {name: name for name in COLUMNS}
    for language in LANGUAGES:
        with override(language):
            known |= {str(label).lower(): name for name, label in COLUMNS.items()}
    names = tuple(known.get(cell.strip().lower(), "") for cell in cells)
    words = {name: cell.strip() for name, cell in zip(names, cells, strict=True) if name}
    return Head(names, words)


def reason_of(refusal: AppError) -> str:
    """Without the field's name: the column stands beside it."""
    return str(refusal.rule if isinstance(refusal, FieldRefused) else refusal.message)


def _amount_of(text: str, column: str) -> int:
    return parse_e4(text, param=column)


def _number(text: str, column: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise InvalidInput(_("Write a whole number."), param=column)
    return int(text)


def _choice(choices: type[Kind] | type[Promise], text: str, column: str) -> str:
    """The stored word, or its label in either language."""
    for language in LANGUAGES:
        with override(language):
            for value, label in choices.choices:
                if text.lower() in {value, str(label).lower()}:
                    return str(value)
    words = gettext(", ").join(str(label) for label in choices.labels)
    raise InvalidInput(_("Write one of: %(words)s.") % {"words": words}, param=column)


def _form_id(name: str, column: str) -> int:
    found = BuyerTemplate.objects.filter(name=name).first()
    if found is None:
        raise InvalidInput(_("There is no buyer form of this name."), param=column)
    return found.pk


def _yes_or_no(text: str, column: str) -> bool:
    if text.lower() in _YES | _NO:
        return text.lower() in _YES
    raise InvalidInput(_("Write yes or no."), param=column)


# Column -> field of the SKU, and how its cell is read.
SKU: dict[str, tuple[str, Callable[[str, str], Any]]] = {
    "kind": ("kind", partial(_choice, Kind)),
    "price": ("price_e4", _amount_of),
    "list_price": ("list_price_e4", _amount_of),
    COST: ("cost_hint_e4", _amount_of),
    "duration_days": ("duration_days", _number),
    "promise": ("promise", partial(_choice, Promise)),
    "buyer_form": ("buyer_template_id", _form_id),
    "most_per_order": ("most_per_order", _number),
    "is_on_sale": ("is_on_sale", _yes_or_no),
}
# Field -> column, for refusals of each service that a line is handed to.
OF_CATEGORY = {"name": "category"}
OF_BRAND = {"name": "brand", "glyph": "brand"}
OF_PRODUCT = {
    **{field: column for column, field in PRODUCT.items()},
    "category_id": "category",
    "brand_id": "brand",
}
OF_SKU = {
    "name": "sku",
    "name_en": "sku_en",
    **{field: column for column, (field, _read) in SKU.items()},
}
