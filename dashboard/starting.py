"""A first product in one step: from a template, with its codes or a supplier that plays, and on
the shelf."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from catalog import services as catalog
from catalog.models import Brand, BuyerTemplate, Category, Product
from catalog.states import Kind
from catalog.states import Promise as Delivery
from channels.services.sandbox.magic import TEST_SUCCESS, TEST_TOPUP
from core.actors import Actor
from core.refs import new_ref
from core.scope import tenant_atomic
from core.secrets import Secret
from dashboard import publishing
from inventory import services as inventory
from inventory.models import Batch
from inventory.states import CodeState
from inventory.types import NewBatch, NewCode
from suppliers import services as suppliers
from suppliers.types import Part

MOST_CODES, SAMPLES = 200, 3
SAMPLE_MARK = "TEST-"
_SAMPLE_NOTE = _("Sample codes of the setup guide")
PLAYER = _("Simulated supplier")
_COST = 2  # it takes half of the price
Names = tuple[str, str]  # in Chinese and in English


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A template of a first product."""

    name: str
    icon: str
    title: str | Promise
    hint: str | Promise
    category: Names
    brand: Names
    glyph: str
    tile: tuple[str, str]
    product: Names
    sku: Names
    price: str
    what_arrives: Names
    by_hand: bool = False
    asks: list[dict[str, Any]] = field(default_factory=list)


_PHONE = {"key": "phone", "kind": "phone", "label": "充值手机号",
          "label_en": "Phone number to top up", "is_confirmed_big": True}  # fmt: skip
_CODE = ("付款后立即显示一张卡密", "One code, shown as soon as it is paid")
STARTS = (
    Start(
        name="membership", icon="movie", title=_("Membership codes"),
        hint=_("Video, music, cloud storage: a code a month or a year."),
        category=("影音会员", "Memberships"), brand=("影音", "Video"), glyph="影",
        tile=("#1d4ed8", "#0891b2"), product=("视频会员月卡", "Video membership, a month"),
        sku=("月卡", "One month"), price="15.00", what_arrives=_CODE,
    ),
    Start(
        name="game", icon="sports_esports", title=_("Game cards"),
        hint=_("Points and keys: a code for each face value."),
        category=("游戏点卡", "Games"), brand=("游戏", "Games"), glyph="游",
        tile=("#7c3aed", "#db2777"), product=("游戏点卡 100 点", "Game card, 100 points"),
        sku=("100 点", "100 points"), price="9.90", what_arrives=_CODE,
    ),
    Start(
        name="phone", icon="smartphone", title=_("Phone credit"),
        hint=_("The buyer gives a number; you top it up by hand until a supplier does."),
        category=("话费充值", "Phone credit"), brand=("话费", "Phone"), glyph="话",
        tile=("#15803d", "#0e7490"), product=("手机话费 50 元", "Phone credit, 50 yuan"),
        sku=("50 元", "50 yuan"), price="49.80", by_hand=True, asks=[_PHONE],
        what_arrives=("话费直接充到您填写的号码", "Credit on the number you give"),
    ),
    Start(
        name="benefit", icon="redeem", title=_("Benefits of a company"),
        hint=_("A voucher code that your staff or customers redeem."),
        category=("企业福利", "Benefits"), brand=("福利", "Benefits"), glyph="福",
        tile=("#c2410c", "#b91c1c"), product=("节日福利礼券", "Holiday voucher"),
        sku=("一张", "One voucher"), price="100.00", what_arrives=_CODE,
    ),
)  # fmt: skip


def start_named(name: str) -> Start:
    """The first, where there is none of that name."""
    return next((one for one in STARTS if one.name == name), STARTS[0])


def sample_codes() -> str:
    return "\n".join(f"{SAMPLE_MARK}{new_ref(4)}-{new_ref(4)}" for _one in range(SAMPLES))


def samples_in_stock() -> Batch | None:
    """A batch of sample codes of which some can still be sold."""
    notes = {_note_in(code) for code, _name in settings.LANGUAGES}
    found = Batch.objects.filter(note__in=notes, state="open")
    return found.filter(codes__state=CodeState.AVAILABLE).order_by("pk").first()


def _note_in(language: str) -> str:
    with override(language):
        return str(_SAMPLE_NOTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """What is made of a template; `is_played`: the simulated supplier delivers it, not `codes`."""

    start: Start
    name: str
    price_e4: int
    codes: tuple[str, ...] = ()
    is_played: bool = False


@tenant_atomic
def make_product(*, given: First, by: Actor, now: datetime) -> Product:
    """The product with one SKU; with goods, or where it needs none, on the shelf at once."""
    start = given.start
    about = _product(start, given.name, by, now)
    product = catalog.create_product(given=about, by=by, now=now)
    kind, promise = _delivered(given)
    terms = {
        "name": start.sku[0], "name_en": start.sku[1], "price_e4": given.price_e4,
        "kind": kind, "promise": promise, "buyer_template_id": _form(start, by, now),
    }  # fmt: skip
    sku = catalog.create_sku(product_id=product.pk, given=terms, by=by, now=now)
    if given.is_played:
        _have_played(sku.pk, given, by=by, now=now)
    elif given.codes:
        _load(sku.pk, given.codes, by=by, now=now)
    if given.is_played or given.codes or start.by_hand:
        product = publishing.publish(product_id=product.pk, by=by, now=now)
    return product


def _delivered(given: First) -> tuple[Kind, Delivery]:
    if given.is_played:
        return Kind.TOP_UP if given.start.by_hand else Kind.SUPPLIER_CODE, Delivery.FAST
    if given.start.by_hand:
        return Kind.BY_HAND, Delivery.SLOW
    return Kind.STOCK_CODE, Delivery.INSTANT


def _have_played(sku_id: int, given: First, *, by: Actor, now: datetime) -> None:
    product = TEST_TOPUP if given.start.by_hand else TEST_SUCCESS
    part = Part(product=product, cost_e4=given.price_e4 // _COST)
    suppliers.rehearse(parts={sku_id: part}, name=str(PLAYER), by=by, now=now)


def _load(sku_id: int, lines: tuple[str, ...], *, by: Actor, now: datetime) -> None:
    is_sample = all(line.startswith(SAMPLE_MARK) for line in lines)
    batch = NewBatch(sku_id=sku_id, note=str(_SAMPLE_NOTE) if is_sample else "")
    codes = [NewCode(secret=Secret(line)) for line in lines]
    inventory.add_codes(given=batch, codes=codes, by=by, now=now)


def _product(start: Start, name: str, by: Actor, now: datetime) -> dict[str, Any]:
    is_as_named = name in start.product
    return {
        "name": start.product[0] if is_as_named else name,
        "name_en": start.product[1] if is_as_named else "",
        "brand_id": _brand(start, by, now),
        "category_id": _category(start, by, now),
        "what_arrives": start.what_arrives[0],
        "what_arrives_en": start.what_arrives[1],
    }


def _brand(start: Start, by: Actor, now: datetime) -> int:
    found = Brand.objects.filter(name=start.brand[0]).first()
    given = {"name": start.brand[0], "name_en": start.brand[1], "glyph": start.glyph,
             "tile_from": start.tile[0], "tile_to": start.tile[1]}  # fmt: skip
    return (found or catalog.save_brand(given=given, by=by, now=now)).pk


def _category(start: Start, by: Actor, now: datetime) -> int:
    found = Category.objects.filter(name=start.category[0]).first()
    given = {"name": start.category[0], "name_en": start.category[1], "position": 1}
    return (found or catalog.save_category(given=given, by=by, now=now)).pk


def _form(start: Start, by: Actor, now: datetime) -> int | None:
    if not start.asks:
        return None
    name, name_en = start.category
    found = BuyerTemplate.objects.filter(name=name).first()
    made = found or catalog.save_template(
        name=name, name_en=name_en, fields=start.asks, by=by, now=now
    )
    return made.pk
