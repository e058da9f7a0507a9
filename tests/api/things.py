"""Two shops for the matrix of the API: one of everything that an operation can be about, and who
has no business with it."""

from dataclasses import dataclass, field
from typing import Any

from django.core.management import call_command

from channels.states import KeyScope
from channels.types import KeyTerms
from core.scope import bind, tenant_atomic
from tenants.models import Merchant
from tests.api.callers import ORDERS, Caller
from tests.channels.factories import Keyed, make_keyed, make_news
from tests.conftest import make_shop
from tests.orders.factories import stocked_sku

PACE = 10_000  # calls a second: nobody is told to wait


@dataclass
class Place:
    """A shop, its partner, and the things of his that rules are filled with."""

    shop: Merchant
    keyed: Keyed
    names: dict[str, Any] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"{self.shop.slug}.localhost"

    def caller(self, key: Keyed | None = None) -> Caller:
        return Caller(key or self.keyed, host=self.host)

    def colleague(self, **key: Any) -> Caller:
        """Another partner of the shop."""
        with bind(self.shop.pk), tenant_atomic():
            made = make_keyed(most_per_second=PACE, key=KeyTerms(**key) if key else None)
        return self.caller(made)

    def without(self, scope: str) -> Caller:
        """Somebody whose key has every right but this one."""
        return self.colleague(scopes=tuple(sorted(set(KeyScope.values) - {scope})))

    def fill(self, value: Any) -> Any:
        """`{order}` and such in a path or a body, by this place's things."""
        if isinstance(value, str):
            return value.format(**self.names)
        if isinstance(value, dict):
            return {name: self.fill(inner) for name, inner in value.items()}
        return [self.fill(inner) for inner in value] if isinstance(value, list) else value


def make_place(slug: str) -> Place:
    shop = make_shop(slug)
    with bind(shop.pk):
        with tenant_atomic():
            place = Place(shop=shop, keyed=make_keyed(most_per_second=PACE))
            sku, by_hand = stocked_sku(20), stocked_sku(0, kind="by_hand")
        caller = place.caller()
        order = caller.order(sku, f"{slug}-1")
        waiting = caller.order(by_hand, f"{slug}-2")
        asked = {"position": 1, "text": f"{slug} asks"}
        case = caller.post(f"{ORDERS}/{order['ref']}/refund-requests", asked)
        place.names = {
            "sku": sku.ref,
            "order": order["ref"],
            "waiting": waiting["ref"],
            "case": case["ref"],
            "payment": caller.post("/api/v1/balance/payments", {"amount": "7.0000"})["ref"],
            **_told(place),
        }
    return place


def _told(place: Place) -> dict[str, str]:
    """An endpoint where nobody answers, one to be removed, and a try that failed."""
    partner, caller = place.keyed.partner, place.caller()
    url = {"url": "http://127.0.0.1:9/"}
    endpoint, spare = (caller.post("/api/v1/webhook-endpoints", url)["ref"] for _time in range(2))
    sample = caller.post(f"/api/v1/webhook-endpoints/{endpoint}/test", {})
    make_news(partner, place.shop.slug)
    return {"endpoint": endpoint, "spare": spare, "delivery": sample["ref"]}


def forget_all() -> None:
    call_command(
        "flush",
        database="owner",
        interactive=False,
        verbosity=0,
        inhibit_post_migrate=True,
        reset_sequences=False,  # what the process keeps by a shop's number is not another shop's
    )
