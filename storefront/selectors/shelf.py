"""Home, categories, search and product pages."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from catalog.selectors import buyer_fields, find_on_sale, search_on_sale, shop_home
from catalog.states import BOUGHT, Channel
from inventory.selectors import stock_of
from storefront import drawing
from storefront.selectors.words import (
    STOCKED_KINDS,
    expiry_word,
    kind_word,
    minor_of,
    price_of,
    promise_word,
    refund_word,
    soon_word,
    stock_of_count,
)
from storefront.types import Card, FieldShown, Front, Option, ProductPage, Shelf
from suppliers.selectors import skus_verified, skus_with_offers
from suppliers.types import Sale

if TYPE_CHECKING:
    from catalog.models import Brand, Product, Sku

PLENTY = 1_000
ON_A_SHELF = 10
AT_HOME = 12  # shelves; the rest are led to by the list of categories
FEATURED, LEAST_FEATURED = 10, 5
HERO_TILES = 6


def shelves(*, currency: str, now: datetime) -> list[Shelf]:
    """Everything on sale, by category, all of it: three queries."""
    found = shop_home(now=now)
    stock = _stock([product for shelf in found for product in shelf.products], now=now)
    return [
        Shelf(
            id=shelf.category.pk,
            name=shelf.category.shown.name,
            icon=shelf.category.icon,
            cards=tuple(_card(product, stock, currency=currency) for product in shelf.products),
        )
        for shelf in found
    ]


def front_of(found: list[Shelf], *, sold: list[int]) -> Front | None:
    """What sells best, if enough does to fill a shelf; else what the merchant sorted to the front.

    None for a shop so small that its shelves say it all.
    """
    rows = [shelf.cards for shelf in found]
    longest = max(map(len, rows), default=0)
    turns = [cards[turn] for turn in range(longest) for cards in rows if turn < len(cards)]
    there = {card.id: card for card in turns if not card.stock.is_gone}
    bought = [there[product_id] for product_id in sold if product_id in there][:FEATURED]
    if len(bought) >= LEAST_FEATURED:
        return Front(is_bought=True, cards=tuple(bought))
    if len(there) >= LEAST_FEATURED:
        return Front(is_bought=False, cards=tuple(there.values())[:FEATURED])
    return None


def hero_tiles(found: list[Shelf]) -> list[SafeString]:
    """Some tiles of different looks, for the wide page's head."""
    tiles: dict[str, SafeString] = {}
    for turn in range(4):
        for shelf in found:
            if turn < len(shelf.cards):
                tile = shelf.cards[turn].tile
                tiles.setdefault(tile, SafeString(_apart(tile)))
    return list(tiles.values())[:HERO_TILES] if len(tiles) >= HERO_TILES else []


def search(*, text: str, currency: str, now: datetime) -> list[Card]:
    found = search_on_sale(text=text, now=now)
    stock = _stock(found, now=now)
    return [_card(product, stock, currency=currency) for product in found]


def product_page(*, ref: str, currency: str, now: datetime) -> ProductPage | None:
    """A product with everything its page says: three queries."""
    product = find_on_sale(ref=ref, now=now)
    if product is None:
        return None
    stock = _stock([product], now=now)
    skus = list(product.skus.all())
    shown = product.shown
    return ProductPage(
        ref=product.ref,
        name=shown.name,
        brand=product.brand.shown.name,
        summary=shown.summary,
        body=_body(shown.body),
        tile=_tile(product),
        what_arrives=shown.what_arrives,
        where_works=shown.where_works,
        refund_rule=refund_word(shown.refund_rule),
        expiry=_expiry(skus),
        how_to_use=tuple(product.steps),
        category_id=product.category_id,
        category=product.category.shown.name,
        options=tuple(_option(sku, stock[sku.pk], currency=currency) for sku in skus),
        fields=_fields(skus),
    )


def _stock(products: Iterable["Product"], *, now: datetime) -> dict[int, int]:
    skus = [sku for product in products for sku in product.skus.all()]
    counts = stock_of([sku.pk for sku in skus if sku.kind in STOCKED_KINDS])
    bought = {
        sku.pk: Sale(paid_e4=sku.price_e4, channel=Channel.WEB, slow_hours=sku.slow_hours)
        for sku in skus
        if sku.kind in BOUGHT
    }
    offered = skus_with_offers(sales=bought, now=now) if bought else set()
    counts |= {pk: PLENTY if pk in offered else 0 for pk in bought}
    return {sku.pk: counts.get(sku.pk, PLENTY) for sku in skus}


def _card(product: "Product", stock: dict[int, int], *, currency: str) -> Card:
    skus = list(product.skus.all())
    sellable = [sku for sku in skus if stock[sku.pk] > 0] or skus
    cheapest = min(sellable, key=lambda sku: sku.price_e4)
    note = f"{kind_word(cheapest.kind)} · {soon_word(cheapest.promise, slow_hours=_slow(cheapest))}"
    was = cheapest.list_price_e4
    return Card(
        id=product.pk,
        ref=product.ref,
        name=product.shown.name,
        note=note,
        price=price_of(cheapest.price_e4, currency, is_short=True),
        has_more_prices=len({sku.price_e4 for sku in skus}) > 1,
        was=price_of(was, currency, is_short=True) if was and was > cheapest.price_e4 else None,
        stock=stock_of_count(max(stock[sku.pk] for sku in skus)),
        tile=_tile(product),
    )


def _option(sku: "Sku", count: int, *, currency: str) -> Option:
    was = sku.list_price_e4
    most, limit = _most(sku, count)
    return Option(
        ref=sku.ref,
        name=sku.shown.name,
        price=price_of(sku.price_e4, currency),
        was=price_of(was, currency) if was and was > sku.price_e4 else None,
        promise=promise_word(sku.promise, slow_hours=_slow(sku)),
        kind=kind_word(sku.kind),
        stock=stock_of_count(count),
        most=most,
        limit=limit,
        unit_minor=minor_of(sku.price_e4, currency),
        price_e4=sku.price_e4,
    )


def _slow(sku: "Sku") -> int:
    return sku.slow_hours if sku.kind in BOUGHT else 0


def _most(sku: "Sku", count: int) -> tuple[int, str]:
    """How many one form can order, and which of the limits it is that says so."""
    limits = [(sku.most_per_order, gettext("At most %(n)s in one order"))]
    if sku.most_per_buyer:
        limits.append((sku.most_per_buyer, gettext("At most %(n)s for one buyer")))
    if sku.kind in STOCKED_KINDS:
        limits.append((count, gettext("Only %(n)s left")))
        if sku.hold_cap_per_buyer:
            limits.append((sku.hold_cap_per_buyer, gettext("At most %(n)s in one order")))
    most, words = min(limits, key=lambda limit: limit[0])
    return max(1, most), words % {"n": most}


def _fields(skus: list["Sku"]) -> tuple[FieldShown, ...]:
    """Every field that one of the SKUs asks for, once, with the SKUs that do."""
    language = get_language() or ""
    verified = _verified(skus)
    asked: dict[str, FieldShown] = {}
    wanted_by: dict[str, list[str]] = {}
    verified_by: dict[str, list[str]] = {}
    for sku in skus:
        for place, field in enumerate(buyer_fields(sku)):
            wanted_by.setdefault(field.key, []).append(sku.ref)
            is_asked_about = place == 0 and sku.pk in verified
            verified_by.setdefault(field.key, []).extend([sku.ref] if is_asked_about else [])
            asked[field.key] = FieldShown(
                key=field.key,
                kind=str(field.kind),
                label=field.label_in(language),
                is_required=field.is_required,
                is_confirmed_big=field.is_confirmed_big,
                options=tuple(field.options),
                skus=" ".join(wanted_by[field.key]),
                verified=" ".join(verified_by[field.key]),
            )
    return tuple(asked.values())


def _verified(skus: list["Sku"]) -> set[int]:
    """Those whose account a supplier can be asked about: it is what the first field asks for."""
    top_ups = [sku for sku in skus if sku.kind == "top_up"]
    kinds = {sku.pk: str(field.kind) for sku in top_ups for field in buyer_fields(sku)[:1]}
    return skus_verified(kinds=kinds) if kinds else set()


def _expiry(skus: list["Sku"]) -> str:
    days = min((sku.min_days_left for sku in skus), default=0)
    is_stocked = any(sku.kind == "stock_code" for sku in skus)
    return expiry_word(least_days=days, is_stocked=is_stocked)


def _body(text: str) -> SafeString:
    """Cleaned when it was written (catalog); nothing is shown for a body without words."""
    return SafeString(text) if strip_tags(text).strip() else SafeString("")


def _tile(product: "Product") -> SafeString:
    return brand_tile(product.brand, picture=product.picture)


def brand_tile(brand: "Brand", *, picture: str = "") -> SafeString:
    return drawing.tile(
        glyph=_glyph(brand), start=brand.tile_from, end=brand.tile_to, picture=picture
    )


def _glyph(brand: "Brand") -> str:
    """For who reads English, as much of the brand's English name as a tile has room for."""
    if brand.glyph.isascii() or not (get_language() or "").startswith("en"):
        return brand.glyph
    words = [""]
    for word in brand.name_en.split():
        longer = f"{words[-1]} {word}".strip()
        if len(longer) > drawing.MOST_LETTERS:
            break
        words.append(longer)
    return words[-1] or brand.glyph


def _apart(tile: str) -> str:
    """The same tile under gradient names of its own: the hero is hidden on phones, and a hidden
    gradient paints nothing for the tiles that share it."""
    return tile.replace('id="g', 'id="h').replace("url(#g", "url(#h")
