"""What the demo shops sell, read from the tables beside this file."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SLUGS = ("cloud", "star", "leaf")
UPSTREAM = frozenset({"supplier_code", "top_up"})
WORDS = ("what_arrives", "where_works", "refund_rule", "how_to_use")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSku:
    """`left` codes are in stock when all is told; `expires` in so many days, else in years."""

    name: str
    name_en: str
    price: str
    list: str = ""
    cost: str = ""
    face: str = ""
    days: int | None = None
    kind: str = "stock_code"
    promise: str = "instant"
    form: str = ""
    stock: int = 0
    left: int | None = None
    prefix: str = ""
    expires: int | None = None
    has_card_no: bool = False
    content: str = ""

    @property
    def in_stock(self) -> int:
        return self.stock if self.left is None else self.left


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoProduct:
    name: str
    name_en: str
    brand: dict[str, str]
    category: str
    summary: str
    summary_en: str
    words: str
    weight: int
    skus: tuple[DemoSku, ...]
    aliases: str = ""
    redeem_url: str = ""

    @property
    def is_supplied(self) -> bool:
        """Whether a supplier delivers it."""
        return any(sku.kind in UPSTREAM for sku in self.skus)

    def texts(self) -> dict[str, str]:
        """The page's sentences for this way of delivery, the brand's name filled in."""
        names = {"brand": self.brand["name"], "brand_en": self.brand["name_en"]}
        said = _words()[self.words]
        return {
            key: said[key].format(**names).strip() for word in WORDS for key in (word, f"{word}_en")
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoShop:
    slug: str
    name: str
    orders_a_day: int
    settings: dict[str, Any]
    categories: tuple[dict[str, str], ...]
    products: tuple[DemoProduct, ...] = field(repr=False)


@cache
def shop(slug: str) -> DemoShop:
    given = _read(slug)
    settings = given["shop"]
    return DemoShop(
        slug=settings.pop("slug"),
        orders_a_day=settings.pop("orders_a_day"),
        name=settings["name"],
        settings=settings,
        categories=tuple(given["categories"]),
        products=tuple(
            DemoProduct(**one | {"skus": tuple(DemoSku(**sku) for sku in one["skus"])})
            for one in given["products"]
        ),
    )


@cache
def _words() -> dict[str, dict[str, str]]:
    return _read("words")


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
