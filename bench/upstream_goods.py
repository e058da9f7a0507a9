"""A shop that sells what suppliers deliver, the simulators that play these, and its buyers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.utils import timezone

from bench.selling import notice_of
from bench.simulated import Desk, Simulators
from catalog import services as catalog
from core.actors import SYSTEM
from core.scope import bind, tenant_atomic
from core.secrets import Secret
from orders import services as orders
from orders.types import Line, PlaceOrder
from payments import services as payments
from payments.services.sandbox_books import merchant_ref
from payments.types import Payable
from storefront import services as storefront
from suppliers import services as suppliers
from tenants import services as tenants
from tenants.services import NewMerchant

SECRET = "0a091b3aa4324435aab703142518a8f7"  # noqa: S105 -- opens a program of this trial only
MONEY_E4 = 10_000_000_000
STOCK = 100_000_000  # phone credit is counted by the yuan


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """A supplier's protocol, what is sold of it, and by which kind of SKU."""

    protocol: str
    path: str
    product: str
    played_kind: str
    kind: str
    price_e4: int = 98_700
    face_value: int = 0
    # What the simulator asks for one; phone credit is priced by the yuan.
    unit_e4: int = 98_700


ROADS = (
    Road(
        protocol="fulu",
        path="/fulu/api/getway",
        product="1000",
        played_kind="card",
        kind="supplier_code",
    ),
    Road(
        protocol="kasushou",
        path="/kasushou",
        product="2000",
        played_kind="direct",
        kind="top_up",
    ),
    Road(
        protocol="ofpay",
        path="/ofpay",
        product="140101",
        played_kind="mobile",
        kind="top_up",
        price_e4=500_000,
        face_value=50,
        unit_e4=9_900,
    ),
    Road(
        protocol="kakayun",
        path="/kakayun",
        product="1000",
        played_kind="card",
        kind="supplier_code",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamGoods:
    tenant_id: int
    roads: tuple[Road, ...]
    sku_refs: tuple[str, ...]  # one for each road, in its order
    merchant_ref: str


def make_upstream_goods(played: Simulators, roads: tuple[Road, ...] = ROADS) -> UpstreamGoods:
    now = timezone.now()
    slug = f"upstream-{uuid4().hex[:8]}"
    host = f"{slug}.localhost"
    given = NewMerchant(slug=slug, name="Upstream", host=host, owner_email="bench@example.com")
    merchant = tenants.create_merchant(given=given, by=SYSTEM, now=now)
    with bind(merchant.pk), tenant_atomic():
        refs = _on_sale(played.base_url, roads, now=now)
        return UpstreamGoods(
            tenant_id=merchant.pk,
            roads=roads,
            sku_refs=tuple(refs),
            merchant_ref=merchant_ref(),
        )


def play(
    desk: Desk,
    roads: tuple[Road, ...] = ROADS,
    *,
    faults: dict[str, float] | None = None,
    seed: int = 0,
    latency_ms: int = 0,
) -> None:
    """Accounts with money at the simulators, that misbehave as told."""
    for road in roads:
        desk.account(
            protocol=road.protocol,
            id="10001",
            secret=SECRET,
            balance_e4=MONEY_E4,
            processing_ms=100,
            latency_ms=latency_ms,
            faults=faults or {},
            seed=seed,
        )
        desk.product(
            protocol=road.protocol,
            id=road.product,
            kind=road.played_kind,
            name="Goods",
            price_e4=road.unit_e4,
            stock=STOCK,
        )


def _on_sale(base_url: str, roads: tuple[Road, ...], *, now: datetime) -> list[str]:
    category = catalog.save_category(given={"name": "直充"}, by=SYSTEM, now=now)
    brand = catalog.save_brand(given={"name": "权益", "glyph": "权益"}, by=SYSTEM, now=now)
    form = catalog.save_template(
        name="Phone",
        fields=[{"key": "phone", "kind": "phone", "label": "手机号"}],
        by=SYSTEM,
        now=now,
    )
    named = {"name": "上游商品", "category_id": category.pk, "brand_id": brand.pk}
    product = catalog.create_product(given=named, by=SYSTEM, now=now)
    refs = []
    for road in roads:
        fields = {"name": road.protocol, "kind": road.kind, "price_e4": road.price_e4}
        if road.kind == "top_up":
            fields["buyer_template_id"] = form.pk
        sku = catalog.create_sku(product_id=product.pk, given=fields, by=SYSTEM, now=now)
        _dock(road, base_url, sku_id=sku.pk, now=now)
        refs.append(sku.ref)
    catalog.publish(product_id=product.pk, by=SYSTEM, now=now)
    return refs


def _dock(road: Road, base_url: str, *, sku_id: int, now: datetime) -> None:
    supplier = suppliers.dock(
        given={
            "name": road.protocol,
            "protocol": road.protocol,
            "base_url": base_url + road.path,
            "app_id": "10001",
        },
        secrets={"secret": Secret(SECRET)},
        by=SYSTEM,
        now=now,
    )
    cost_e4 = road.unit_e4 * max(1, road.face_value)
    suppliers.offer(
        supplier_id=supplier.pk,
        sku_id=sku_id,
        given={
            "product": road.product,
            "cost_e4": cost_e4,
            "most_e4": road.price_e4,
            "face_value": road.face_value,
        },
        by=SYSTEM,
        now=now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One order, named so that it can be asked for again and is still one."""

    key: str
    road: int
    phone: str


def buy(goods: UpstreamGoods, wish: Wish) -> int:
    """Place it and pay for it, as often as it takes: the same wish is one order. Its id."""
    now = timezone.now()
    needs_phone = goods.roads[wish.road].kind == "top_up"
    request = PlaceOrder(
        lines=(
            Line(
                sku_ref=goods.sku_refs[wish.road],
                quantity=1,
                buyer_fields={"phone": wish.phone} if needs_phone else {},
            ),
        ),
        request_key=wish.key,
        has_consented=True,
        contact_mail="upstream@example.com",
    )
    with bind(goods.tenant_id):
        with tenant_atomic():
            order = orders.place(request=request, now=now)
            if order.payment_id is not None:
                return order.pk
            payable = Payable(
                ref=order.number,
                id=order.pk,
                amount_e4=order.total_e4,
                currency=order.currency,
                title="Upstream",
                expires_at=order.pay_until,
            )
            payment = payments.start(payable=payable, provider="sandbox", now=now)
        notice = notice_of(payment, ref=goods.merchant_ref, event=f"paid {wish.key}", now=now)
        storefront.take_money(notice=notice, now=now)
        return order.pk
