"""What every sandbox sells beside the shop's own goods: each thing ends as its ref says."""

from dataclasses import dataclass

from catalog.states import Kind, Promise
from catalog.types import BuyerField, FieldKind, FormCopy, ProductCopy, SkuCopy
from core.money import E4

TEST_SUCCESS, TEST_TOPUP = "TEST_SUCCESS", "TEST_TOPUP"
TEST_DUPLICATE_WEBHOOK = "TEST_DUPLICATE_WEBHOOK"
PRICE_E4 = E4  # 1.00
_PHONE = BuyerField(
    key="phone",
    kind=FieldKind.PHONE,
    label="充值手机号",
    label_en="Phone number to top up",
)
_FORM = FormCopy(name="沙盒手机号", name_en="Sandbox phone number", fields=[_PHONE.as_json()])


@dataclass(frozen=True, slots=True)
class _Magic:
    ref: str
    name: str
    name_en: str
    kind: Kind = Kind.SUPPLIER_CODE
    promise: Promise = Promise.FAST
    form: FormCopy | None = None


_MAGIC = (
    _Magic(TEST_SUCCESS, "立即成功", "Success at once", Kind.STOCK_CODE, Promise.INSTANT),
    _Magic(
        TEST_DUPLICATE_WEBHOOK,
        "成功，Webhook 发送两次",
        "Success, its webhook sent twice",
        Kind.STOCK_CODE,
        Promise.INSTANT,
    ),
    _Magic("TEST_SLOW", "约十秒后成功", "Success after ten seconds"),
    _Magic("TEST_FAILURE", "供应商失败，退款", "The supplier says no: refunded"),
    _Magic("TEST_REFUND", "发货后被收回，退款", "Delivered, taken back, refunded"),
    _Magic("TEST_PARTIAL", "每三件缺一件", "Every third one is missing: refunded"),
    _Magic("TEST_UNKNOWN", "两分钟未确认，之后成功", "Not confirmed for two minutes, then success"),
    _Magic(TEST_TOPUP, "充值，按手机号", "Top-up, by phone number", Kind.TOP_UP, form=_FORM),
)
REFS = frozenset(one.ref for one in _MAGIC)


def magic_goods() -> ProductCopy:
    """All of them, as one product."""
    return ProductCopy(
        ref="TEST_GOODS",
        given={
            "name": "沙盒商品",
            "name_en": "Sandbox goods",
            "summary": "结果由商品编号决定",
            "summary_en": "Its ref says how an order ends",
            "position": -1,
        },
        brand={
            "name": "沙盒",
            "name_en": "Sandbox",
            "glyph": "TEST",
            "tile_from": "#92400e",
            "tile_to": "#451a03",
        },
        category={"name": "沙盒", "name_en": "Sandbox", "position": -1},
        skus=tuple(_sku(one, position) for position, one in enumerate(_MAGIC, start=1)),
    )


def _sku(one: _Magic, position: int) -> SkuCopy:
    given = {
        "name": one.name,
        "name_en": one.name_en,
        "kind": one.kind,
        "price_e4": PRICE_E4,
        "promise": one.promise,
        "position": position,
    }
    return SkuCopy(ref=one.ref, given=given, form=one.form)
