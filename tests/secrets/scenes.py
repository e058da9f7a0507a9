"""The scenes of the walk, in order, and the looks between them."""

from pathlib import Path
from typing import Any

import requests
from django.db import connections
from django.utils import timezone

from catalog import services as catalog
from core.actors import SYSTEM
from core.scope import bind, tenant_atomic
from core.secrets import Secret
from devkit.services import Services
from fulfillment.models import Unit
from inventory import services as inventory
from inventory.models import Code
from inventory.types import NewContent
from orders.models import Case, Order
from tenants import services as tenants
from tenants.models import Merchant, User
from tests.secrets.flows import Flows
from tests.secrets.looking import CANARY
from tests.secrets.places import found_everywhere, plant, waiting_messages
from tests.secrets.web import until

HOST, MAIL, STAFF_PASSWORD = "canary.localhost", "owner@canary.example", "a long enough one"


def play(services: Services, programs: Any, failpoints: Path) -> dict[str, Any]:
    merchant, given = _arranged()
    flows = Flows(int(programs.port), given, failpoints)
    until(lambda: _answers(programs.port), "the web")
    looks: dict[str, Any] = {}
    with bind(merchant.pk):
        flows.sign_in()
        flows.loaded(flows.load(range(500), is_file=True))
        half = flows.load(range(500, 1000), is_file=False, dies=True)
        until(lambda: not list(failpoints.iterdir()), "the worker's death in mid-load")
        looks["in the middle of a load"] = found_everywhere(services)
        statuses = _sold(flows)
        programs.stop("worker")
        flows.buy()
        until(waiting_messages, "messages that nobody takes")
        looks["while messages wait"] = found_everywhere(services)
        programs.start("worker")
        flows.loaded(half)
        looks["at the end"] = found_everywhere(services)
        plant(services)
        looks["planted"] = found_everywhere(services)
        with tenant_atomic():
            codes = Code.objects.filter(sku__ref=given["sku_ref"]).count()
    return {"looks": looks, "shown": flows.shown, "statuses": statuses, "codes": codes}


def _answers(port: str) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=3).status_code == 200
    except requests.RequestException:
        return False


def _arranged() -> tuple[Merchant, dict[str, str]]:
    """A shop with an owner and a product of three kinds: from stock, by hand, the same for all."""
    now = timezone.now()
    new = tenants.NewMerchant(slug="canary", name="Canary", host=HOST, owner_email=MAIL)
    merchant = tenants.create_merchant(given=new, by=SYSTEM, now=now)
    owner = User.objects.get(email=MAIL)
    owner.set_password(STAFF_PASSWORD)
    owner.save()
    with bind(merchant.pk), tenant_atomic():
        brand = catalog.save_brand(
            given={"name": "C", "name_en": "C", "glyph": "C", "tile_from": "#111111",
                   "tile_to": "#222222"}, by=SYSTEM, now=now,
        )  # fmt: skip
        shelf = catalog.save_category(given={"name": "C", "name_en": "C"}, by=SYSTEM, now=now)
        product = catalog.create_product(
            given={"name": "C", "name_en": "C", "brand_id": brand.pk, "category_id": shelf.pk},
            by=SYSTEM, now=now,
        )  # fmt: skip
        skus = {}
        for kind in ("stock_code", "by_hand", "reusable"):
            one = {"name": kind, "name_en": kind, "kind": kind, "price_e4": 100_000}
            skus[kind] = catalog.create_sku(product_id=product.pk, given=one, by=SYSTEM, now=now)
        body = Secret(f"{CANARY}-for-all")
        content = NewContent(sku_id=skus["reusable"].pk, body=body)
        inventory.set_content(given=content, by=SYSTEM, now=now)
        catalog.publish(product_id=product.pk, by=SYSTEM, now=now)
    return merchant, {
        "host": HOST, "mail": MAIL, "password": STAFF_PASSWORD, "product_ref": product.ref,
        "sku": str(skus["stock_code"].pk), "sku_ref": skus["stock_code"].ref,
        "by_hand": skus["by_hand"].ref, "reusable": skus["reusable"].ref,
    }  # fmt: skip


def _sold(flows: Flows) -> list[int]:
    first, second, for_all = flows.buy(), flows.buy(), flows.buy(flows.given["reusable"])
    by_hand = flows.buy(flows.given["by_hand"])
    for path in (first, second, for_all):
        flows.completed(path)
        flows.read(path)
    bought, waiting = _unit(first), until(lambda: _unit(by_hand), "the unit by hand")
    flows.look_up(bought.order.number)
    flows.complain(first)
    with tenant_atomic():
        case = Case.objects.get().pk
    assert bought.code_id is not None
    flows.office(order=bought.order_id, unit=bought.pk, code=bought.code_id, case=case)
    flows.by_hand(order=waiting.order_id, unit=waiting.pk)
    flows.completed(by_hand)
    flows.read(by_hand)
    flows.read(first)
    _break(_unit(second).code_id)
    return flows.go_wrong(second)


def _unit(path: str) -> Any:
    """The newest unit of an order: what was replaced comes before it."""
    token = path.strip("/").split("/")[1]
    with tenant_atomic():
        order = Order.objects.get(token=token)
        return Unit.objects.filter(order=order).select_related("order").order_by("pk").last()


def _break(code_id: int | None) -> None:
    """As after a bad restore: the row's ciphertext is another's."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_code SET secret = (SELECT secret FROM inventory_code"
            " WHERE id <> %(id)s LIMIT 1) WHERE id = %(id)s",
            {"id": code_id},
        )
