"""The suppliers of the demo shops: the programs in simulators/, on this machine."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from catalog.models import Sku
from core.actors import Actor
from core.money import parse_e4
from core.scope import bind, tenant_atomic
from core.secrets import Secret
from dashboard.demo import people
from notices import services as notices
from notices.selectors import find_sms_sender
from notices.types import SmsTerms
from suppliers import services as suppliers
from suppliers.models import Supplier
from tenants.models import Merchant
from tenants.roles import Role

OFFERED = ("product", "priority", "weight", "face_value")
BOOK = Path(__file__).parent / "sandbox.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSupplier:
    shop: str
    name: str
    protocol: str
    path: str
    app_id: str
    secret: str
    succeeds: int  # of a hundred orders
    seconds: tuple[int, int]  # from the order to the goods
    offers: list[dict[str, Any]]

    def described(self, base_url: str) -> dict[str, str]:
        return {
            "name": self.name,
            "protocol": self.protocol,
            "base_url": base_url + self.path,
            "app_id": self.app_id,
        }


@cache
def book() -> tuple[DemoSupplier, ...]:
    known = DemoSupplier.__slots__
    rows = tomllib.loads(BOOK.read_text(encoding="utf-8"))["suppliers"]
    return tuple(DemoSupplier(**{name: row[name] for name in known}) for row in rows)


def suppliers_of(slug: str) -> dict[str, DemoSupplier]:
    """By name."""
    return {given.name: given for given in book() if given.shop == slug}


@tenant_atomic
def dock_shop(slug: str, *, base_url: str, now: datetime) -> None:
    """The bound shop's suppliers."""
    for given in suppliers_of(slug).values():
        _dock(given, base_url=base_url, now=now)


def dock_all(*, base_url: str, now: datetime) -> int:
    """Every demo shop has its suppliers, where they are today; returns how many there are."""
    docked = 0
    for given in book():
        merchant = Merchant.objects.filter(slug=given.shop).first()
        if merchant is not None:
            with bind(merchant.pk), tenant_atomic():
                _dock(given, base_url=base_url, now=now)
            docked += 1
    return docked


def write_all(*, base_url: str, now: datetime) -> int:
    """The demo shops whose SMS a simulator sends; an account that somebody changed stays."""
    count = 0
    for given in tomllib.loads(BOOK.read_text(encoding="utf-8"))["texts"]:
        merchant = Merchant.objects.filter(slug=given["shop"]).first()
        if merchant is not None:
            with bind(merchant.pk), tenant_atomic():
                _write(given, base_url=base_url, now=now)
            count += 1
    return count


def _write(given: dict[str, Any], *, base_url: str, now: datetime) -> None:
    found = find_sms_sender()
    if found is not None and found.key_id != given["app_id"]:
        return
    options = given["options"]
    terms = SmsTerms(
        provider=given["provider"],
        key_id=given["app_id"],
        secret=Secret(given["secret"]),
        signature=options["signature"],
        template=given["products"][0]["id"],
        app_id=options.get("app_id", ""),
        region="ap-guangzhou" if "app_id" in options else "",
        base_url=base_url + given["path"],
        most_a_day=200,
    )
    by = people.actor_of(Role.OWNER, given["shop"])
    notices.set_sms_sender(terms=terms, by=by, now=now)


def _dock(given: DemoSupplier, *, base_url: str, now: datetime) -> None:
    by = people.actor_of(Role.OPERATOR, given.shop)
    described = given.described(base_url)
    found = Supplier.objects.filter(name=given.name).first()
    if found is None:
        secrets = {"secret": Secret(given.secret)}
        found = suppliers.dock(given=described, secrets=secrets, by=by, now=now)
        _offer_all(given, found, by=by, now=now)
    elif found.base_url != described["base_url"]:
        suppliers.change_supplier(
            supplier_id=found.pk, given=described, is_on=found.is_on, by=by, now=now
        )


def _offer_all(given: DemoSupplier, supplier: Supplier, *, by: Actor, now: datetime) -> None:
    for one in given.offers:
        product, name = one["sku"]
        sku = Sku.objects.filter(product__name=product, name=name).first()
        if sku is None:
            continue  # a demo of older days, which has no such thing
        cost_e4 = parse_e4(one["cost"])
        fields = {name: one[name] for name in OFFERED if name in one}
        suppliers.offer(
            supplier_id=supplier.pk,
            sku_id=sku.pk,
            given=fields | {"cost_e4": cost_e4, "most_e4": cost_e4 * 21 // 20},
            by=by,
            now=now,
        )
