"""Partners with money and keys, and codes that can be opened."""

from dataclasses import dataclass

from django.utils import timezone

from bench.goods import Goods
from channels import services as channels
from channels.types import KeyTerms, PartnerTerms
from core.actors import SYSTEM
from core.money import E4
from core.scope import bind, tenant_atomic
from core.secrets import Secret
from inventory import services as inventory
from inventory.types import NewBatch, NewCode
from payments import services as payments

AT_ONCE = 5_000
RICH = 100_000_000 * E4
FAST = 10_000  # calls a second: the machine is measured, not the limit


@dataclass(frozen=True, slots=True)
class Buyer:
    """One partner and his key."""

    number: int
    key: str
    partner_id: int


def make_buyers(goods: Goods, *, count: int) -> list[Buyer]:
    with bind(goods.tenant_id), tenant_atomic():
        return [make_buyer(number) for number in range(count)]


def make_buyer(number: int, *, amount_e4: int = RICH, tier_id: int | None = None) -> Buyer:
    now = timezone.now()
    terms = PartnerTerms(name=f"Partner {number}", tier_id=tier_id, most_per_second=FAST)
    partner = channels.create_partner(terms=terms, by=SYSTEM, now=now)
    payments.top_up_balance(
        account_id=partner.account_id, amount_e4=amount_e4, ref=partner.ref, by=SYSTEM, now=now
    )
    key = channels.issue_key(partner_id=partner.pk, terms=KeyTerms(), by=SYSTEM, now=now)
    return Buyer(number=number, key=key.text.reveal(), partner_id=partner.pk)


def add_real_codes(goods: Goods, *, count: int) -> None:
    """Codes whose text can be read: an answer opens its code."""
    now = timezone.now()
    for first in range(0, count, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, count))
        codes = [NewCode(secret=Secret(f"PARTNER-{number:09d}")) for number in numbers]
        with bind(goods.tenant_id), tenant_atomic():
            batch = NewBatch(sku_id=goods.sku_id)
            inventory.add_codes(given=batch, codes=codes, by=SYSTEM, now=now)
