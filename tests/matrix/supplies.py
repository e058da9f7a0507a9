"""A supplier in a shop's world: what it offers, what was bought there, and what it may sell."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from catalog.states import Kind
from core.actors import Actor
from core.scope import tenant_atomic
from core.secrets import Secret
from core.uploads import SealedUpload, seal_bytes
from fulfillment.models import Unit
from fulfillment.services.late import keep_late
from suppliers import services as suppliers
from suppliers.models import Attempt, Offer, Supplier
from suppliers.types import Answer, BoughtCode, Outcome
from tests.catalog.factories import make_sku
from tests.matrix.bills import bills_of
from tests.matrix.catalogues import catalogue_of

CLERK = Actor("user:1 clerk@example.com")


def supplied(things: Mapping[str, Any], *, shut: str, open_: str, now: datetime) -> dict[str, Any]:
    """What routes and forms are filled with; `things` are a world's so far."""
    with tenant_atomic():
        supplier = _docked(shut, now)
        sku = make_sku(
            product_id=things["product"], name=f"{open_} bought", name_en=f"{open_} bought",
            kind=Kind.SUPPLIER_CODE,
        )  # fmt: skip
        offer = Offer.objects.create(supplier=supplier, sku=sku, product="88", cost_e4=1, most_e4=1)
        tried = _came_late(Unit.objects.get(pk=things["unit"]), offer, shut, now)
        suppliers.hear_callback(uid=supplier.uid, body=b"{}", headers={}, now=now)
        paper = _authorised(supplier, things["brand"], shut, now)
    return {
        "supplier": supplier.uid,
        "contract": supplier.pk,
        "bought": sku.pk,
        "offer": offer.pk,
        "attempt": tried.pk,
        "authorisation": paper,
        **bills_of(supplier.pk, shut, now),
        **catalogue_of(supplier.pk, shut, now),
    }


def _docked(mark: str, now: datetime) -> Supplier:
    given = {
        "name": f"{mark} supplier",
        "protocol": "fulu",
        "base_url": "https://fulu.test",
        "app_id": mark,
    }
    return suppliers.dock(given=given, secrets={"secret": Secret(mark)}, by=CLERK, now=now)


def _came_late(unit: Unit, offer: Offer, mark: str, now: datetime) -> Attempt:
    tried = suppliers.begin(unit_id=unit.pk, offer=offer, choice=mark, now=now)
    suppliers.mark_sent(attempt_id=tried.pk, now=now)
    answer = Answer(outcome=Outcome.SUCCESS, codes=(BoughtCode(secret=Secret(mark)),))
    tried = suppliers.record(attempt_id=tried.pk, answer=answer, now=now)
    keep_late(unit, tried, now=now)
    return tried


def _authorised(supplier: Supplier, brand_id: int, mark: str, now: datetime) -> int:
    body = b"%PDF-1.7 " + mark.encode()
    paper = SealedUpload(
        sealed=seal_bytes(body), name="a.pdf", size=len(body), content_type="application/pdf"
    )
    given = {
        "brand_id": brand_id,
        "number": f"{mark} authorisation",
        "since": now.date(),
        "until": now.date(),
    }
    made = suppliers.authorise(supplier_id=supplier.pk, given=given, paper=paper, by=CLERK, now=now)
    return made.pk
