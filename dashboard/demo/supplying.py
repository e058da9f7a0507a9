"""What the demo's suppliers delivered in its days: real tries, answered as the book says."""

import random
from datetime import datetime, timedelta

from core.refs import ALPHABET
from core.scope import tenant_atomic
from core.secrets import Secret
from dashboard.demo.sandbox import DemoSupplier, dock_shop, suppliers_of
from fulfillment.models import Unit
from fulfillment.services.answers import record
from fulfillment.services.beginning import begin
from fulfillment.services.moving import take_unit
from fulfillment.states import TO_BE_SENT, Source
from fulfillment.types import Lease
from suppliers.selectors import tries_of_unit
from suppliers.types import Answer, BoughtCode, Kind, Outcome

# Nobody is asked there: `demo_suppliers` says where the simulators are.
NOWHERE = "http://127.0.0.1:9"
REFUSED = ("库存不足", "商品维护中", "充值失败，号码状态异常")


class Upstream:
    """Of one shop."""

    def __init__(self, slug: str) -> None:
        self._slug, self._suppliers = slug, suppliers_of(slug)
        self._dice = random.Random(f"{slug} suppliers")  # noqa: S311 -- the same demo every time

    def open(self, *, now: datetime) -> None:
        dock_shop(self._slug, base_url=NOWHERE, now=now)

    def deliver(self) -> None:
        """All that waits for a supplier, each thing a second after it was opened.

        In no transaction: each answer is written in one of its own.
        """
        for unit_id, opened_at in _waiting():
            at = opened_at + timedelta(seconds=1)
            while (lease := _begun(unit_id, now=at)) is not None:
                at = self._answer(lease, at=at)

    def _answer(self, lease: Lease, *, at: datetime) -> datetime:
        """The moment at which it was over."""
        dice = self._dice
        manners = self._suppliers[lease.attempt.offer.supplier.name]
        spoken = timedelta(milliseconds=dice.randrange(180, 1400))
        end = at + timedelta(seconds=dice.uniform(*manners.seconds))
        waits: Lease | None = lease
        if lease.order.kind is not Kind.CODES:
            taken = Answer(outcome=Outcome.ACCEPTED, supplier_ref=_ref(lease), took_ms=_ms(spoken))
            waits = record(lease, taken, now=at + spoken)
        if waits is not None:
            record(waits, _last_word(lease, manners, dice, took_ms=_ms(spoken)), now=end)
        return end


def _ms(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def _last_word(lease: Lease, manners: DemoSupplier, dice: random.Random, *, took_ms: int) -> Answer:
    if dice.randrange(100) >= manners.succeeds:
        return Answer(outcome=Outcome.FAILED, reason=dice.choice(REFUSED), took_ms=took_ms)
    codes: tuple[BoughtCode, ...] = ()
    if lease.order.kind is Kind.CODES:
        groups = ["".join(dice.choices(ALPHABET, k=4)) for _group in range(4)]
        codes = (BoughtCode(secret=Secret("-".join(groups))),)
    ref = _ref(lease)
    return Answer(outcome=Outcome.SUCCESS, supplier_ref=ref, codes=codes, took_ms=took_ms)


def _ref(lease: Lease) -> str:
    return f"S{lease.attempt.number}"


@tenant_atomic
def _waiting() -> list[tuple[int, datetime]]:
    found = Unit.objects.filter(source=Source.SUPPLIER, state__in=TO_BE_SENT)
    return list(found.order_by("pk").values_list("pk", "opened_at"))


@tenant_atomic(durable=True)
def _begun(unit_id: int, *, now: datetime) -> Lease | None:
    """A try at the next supplier; None when it is over, with goods or with the money back."""
    order, unit = take_unit(unit_id=unit_id)
    if unit.state not in TO_BE_SENT:
        return None
    tries = tries_of_unit(unit_id=unit_id)
    return begin(order, unit, tried=[each.offer_id for each in tries], now=now)
