"""The stock of a demo shop: what its days will sell, and what is left of it today."""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from catalog.models import Sku
from core.actors import Actor
from core.money import parse_e4
from core.refs import ALPHABET
from core.scope import tenant_atomic
from core.secrets import Secret
from dashboard.demo.book import DemoShop, DemoSku
from dashboard.demo.plan import Span, all_orders
from inventory import services as inventory
from inventory.models import Batch, Content
from inventory.services.importing import ImportChoice, Layout
from inventory.types import NewBatch, NewCode, NewContent

SUPPLIERS = ("华数权益供应链", "聚合卡券", "蓝鲸数科")
SPARE = 3  # of what is left, how much the old batch holds
Skus = dict[tuple[str, str], Sku]


def fill_stock(
    shop: DemoShop, skus: Skus, *, by: Actor, span: Span, say: Callable[[str], None]
) -> None:
    """An old and a new batch of each SKU; the first SKU's new one comes through the importer."""
    sold: Counter[tuple[str, str]] = Counter()
    for order in all_orders(shop, span=span):
        sold[order.product, order.sku.name] += order.takes_stock
    for product in shop.products:
        say(f"{shop.name}: {product.name}")
        for given in product.skus:
            sku = skus[product.name, given.name]
            filling = _Filling(given, sku, dice=random.Random(f"{shop.slug} {sku.name}"), span=span)  # noqa: S311 -- the same demo every time
            if given.content:
                filling.set_content(by=by)
            elif given.kind == "stock_code" and not filling.is_done():
                is_first = given is shop.products[0].skus[0]
                filling.fill(sold[product.name, given.name], is_imported=is_first, by=by)


class _Filling:
    """One SKU's codes, drawn from its own dice."""

    def __init__(self, given: DemoSku, sku: Sku, *, dice: random.Random, span: Span) -> None:
        self._given, self._sku, self._dice, self._span = given, sku, dice, span

    @tenant_atomic
    def is_done(self) -> bool:
        return Batch.objects.filter(sku=self._sku).exists()

    def fill(self, sold: int, *, is_imported: bool, by: Actor) -> None:
        spare = min(SPARE, self._given.in_stock)
        began, lately = self._span.began, self._span.now - timedelta(days=2, hours=5)
        fresh = self._given.in_stock - spare
        with tenant_atomic():
            self._add(sold + spare, expires_on=self._day(extra=20), by=by, at=began)
            if fresh and not is_imported:
                self._add(fresh, expires_on=self._day(), by=by, at=lately)
        if is_imported:
            self._import(fresh, by=by, at=lately)

    @tenant_atomic
    def set_content(self, *, by: Actor) -> None:
        if not Content.objects.filter(sku=self._sku).exists():
            body = Secret(self._given.content)
            given = NewContent(sku_id=self._sku.pk, body=body, kind="link")
            inventory.set_content(given=given, by=by, now=self._span.began)

    def _add(self, count: int, *, expires_on: date, by: Actor, at: datetime) -> None:
        batch = NewBatch(
            sku_id=self._sku.pk,
            supplier_name=self._dice.choice(SUPPLIERS),
            cost_e4=parse_e4(self._given.cost),
            expires_on=expires_on,
        )
        codes = (
            NewCode(secret=Secret(self._secret()), card_no=self._card_no())
            for _unused in range(count)
        )
        inventory.add_codes(given=batch, codes=codes, by=by, now=at)

    def _import(self, count: int, *, by: Actor, at: datetime) -> None:
        """As a merchant pastes it: a repeat, a code of last year and a torn line among them."""
        good = [f"{self._secret()},{self._day():%Y-%m-%d}" for _unused in range(count)]
        bad = [good[0], f"{self._secret()},2025-06-30", ",2027-01-01"]
        text = "\n".join(("卡密,有效期", *good, *bad))
        job = inventory.open_import(sku_id=self._sku.pk, text=text, by=by, now=at)
        choice = ImportChoice(
            layout=Layout.from_json(job.layout),
            cost_e4=parse_e4(self._given.cost),
            supplier_name=SUPPLIERS[0],
            note="补货",
        )
        inventory.choose(job_id=job.pk, choice=choice, by=by, now=at)
        inventory.dry_run(job_id=job.pk, now=at)
        inventory.start_import(job_id=job.pk, by=by, now=at)
        inventory.run_import(job_id=job.pk, now=at)

    def _day(self, *, extra: int = 0) -> date:
        days = self._given.expires or 365 + self._dice.randrange(30) * 10
        return (self._span.now + timedelta(days=days + extra)).date()

    def _secret(self) -> str:
        return "-".join((self._given.prefix, *self._groups(ALPHABET, 3, 4)))

    def _card_no(self) -> Secret | None:
        if not self._given.has_card_no:
            return None
        return Secret("".join(self._groups("0123456789", 4, 4)))

    def _groups(self, letters: str, count: int, length: int) -> Iterable[str]:
        return ["".join(self._dice.choices(letters, k=length)) for _unused in range(count)]
