"""Partners with money and a key; call them inside the shop's scope."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from channels import services as channels
from channels.models import Partner, PriceTier
from channels.services.webhooks.announcing import tell
from channels.states import PriceWay
from channels.types import EndpointTerms, KeyTerms, News, PartnerTerms, TierTerms
from core.actors import Actor
from core.scope import tenant_atomic
from payments import services as payments
from tests.times import MORNING

WANG = Actor("user:3 wang@example.com")
RICH = 10_000_000  # ¥1,000.00
# What there is to tell of an order, but for its number.
DONE = {
    "object": "order", "partner_order_no": "N1", "state": "completed", "total": "9.8000",
    "currency": "CNY",
}  # fmt: skip
_numbers = count(1)


@dataclass(frozen=True)
class Keyed:
    """A partner and the text of a key of his."""

    partner: Partner
    key_id: int
    key: str


def make_tier(**fields: Any) -> PriceTier:
    given = {"name": f"Tier {next(_numbers)}", "way": PriceWay.DISCOUNT, "rate": 9_875}
    terms = TierTerms(**({"floor_rate": 0} | given | fields))  # type: ignore[arg-type]  # -- a test's
    return channels.save_tier(terms=terms, by=WANG, now=MORNING)


def make_partner(*, balance_e4: int = RICH, now=MORNING, **terms: Any) -> Partner:
    number = next(_numbers)
    given = PartnerTerms(**({"name": f"Partner {number}"} | terms))
    partner = channels.create_partner(terms=given, by=WANG, now=now)
    if balance_e4:
        payments.top_up_balance(
            account_id=partner.account_id, amount_e4=balance_e4, ref=partner.ref, by=WANG, now=now
        )
    return partner


def make_keyed(*, key: KeyTerms | None = None, **partner: Any) -> Keyed:
    found = make_partner(**partner)
    made = channels.issue_key(partner_id=found.pk, terms=key or KeyTerms(), by=WANG, now=MORNING)
    return Keyed(partner=found, key_id=made.key_id, key=made.text.reveal())


def make_endpoint(partner: Partner, url: str, *, kinds: tuple[str, ...] = (), now=MORNING) -> Any:
    """An endpoint and its secret; in no transaction, or in the shop's."""
    terms = EndpointTerms(url=url, kinds=kinds)
    return channels.make_endpoint(partner_id=partner.pk, terms=terms, by=WANG, now=now)


def make_news(partner: Partner, *facts: str, kind: str = "order.completed", now=MORNING) -> None:
    """Something to tell the partner, as the outbox would bring it."""
    news = [News(kind=kind, fact=fact, data=DONE | {"order": fact}) for fact in facts]
    with tenant_atomic():
        tell(partner_id=partner.pk, news=news, now=now)
