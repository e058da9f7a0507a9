"""What the contract suite asks of a supplier, the house's own Kasushou adapter asks of our door: of
a server with the sandbox's goods, over a wire that fails. The partner's orders are the ledger."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.utils import timezone

from api.doors import sending
from catalog.models import Sku
from channels import services as channels
from channels.models import Partner, PartnerOrder
from channels.selectors import due_door_orders
from channels.types import DoorTerms, NewDoor
from core.scope import step_over, tenant_atomic
from core.veils import veil
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from payments.selectors import balance_of
from suppliers import services
from suppliers.models import Attempt, CallbackHeard, Supplier
from suppliers.states import AttemptState
from suppliers.types import Kind, Outcome
from tenants.models import Domain
from tests.channels.factories import WANG
from tests.channels.sandboxes import Twin, open_twin
from tests.doors.wire import Wire, wired
from tests.races.at_once import at_once
from tests.suppliers import contract
from tests.suppliers.contract import BOUGHT, CARDS, NOT_BOUGHT, TOP_UP
from tests.suppliers.factories import begun, make_offer, make_supplier

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
ROADS = {"cards": ("TEST_SUCCESS", CARDS), "top-up": ("TEST_TOPUP", TOP_UP)}
# What a test server can be made to do, a real one does by itself: by its goods and its accounts.
FORCED = {
    "cards codes_later:0.3": ("TEST_SLOW", CARDS),
    "top-up codes_later:0.3": ("TEST_TOPUP", replace(TOP_UP, target="13800000002")),
    "cards failed": ("TEST_FAILURE", CARDS),
    "top-up failed": ("TEST_TOPUP", replace(TOP_UP, target="13800000001")),
}
# What a door never does, and why: each reason has a test of its own below.
NEVER = {
    "bad_signature": "an answer of this protocol has no signature",
    "not_found_then_found:2": "an order is stored before its number is told",
    "partial_cards:0.3": "cards are listed once nothing more will come",
}
LONG, HOUR = timedelta(seconds=130), timedelta(hours=1)


@dataclass
class Stand:
    """A door in a shop's sandbox, and who buys there over the wire: another shop."""

    twin: Twin
    partner: Partner
    door: NewDoor
    wire: Wire
    buyer_id: int

    def sku_id(self, ref):
        with self.twin.scope():
            return veil(Sku.objects.get(ref=ref).pk, of="goods")

    def change(self, ref, **fields):
        with self.twin.scope():
            Sku.objects.filter(ref=ref).update(**fields)

    def let_in_a_second(self, calls):
        with self.twin.scope():
            Partner.objects.update(most_per_second=calls)

    def supplier(self):
        """The door, as a supplier of the buyer's; in the buyer's scope."""
        return make_supplier(
            protocol="kasushou",
            app_id=self.door.merchant_id,
            base_url=f"{self.wire.url}/door/{self.door.uid}",
            secrets={"secret": self.door.merchant_secret},
        )

    def carry_out(self, ref, order):
        wanted = replace(order, product=str(self.sku_id(ref)))
        with step_over(self.buyer_id), tenant_atomic():
            return contract.carry_out(self.supplier(), wanted, meanwhile=self.work)

    def bought(self, ref, order):
        """An attempt that the door has accepted, and whose end it is to tell the buyer."""
        now, product = timezone.now(), str(self.sku_id(ref))
        with step_over(self.buyer_id), tenant_atomic():
            supplier = self.supplier()
            attempt = begun(offer=make_offer(supplier=supplier), now=now)
            url = f"{self.wire.url}/supplier/{supplier.uid}/callback/"
            wanted = replace(order, product=product, callback_url=url)
            services.mark_sent(attempt_id=attempt.pk, now=now)
            answer = services.ask(attempt=attempt, order=wanted, is_first=True, now=now)
            attempt = services.record(attempt_id=attempt.pk, answer=answer, now=now)
            Attempt.objects.update(next_at=now + HOUR)
            return attempt

    def is_asked_at_once(self):
        with step_over(self.buyer_id), tenant_atomic():
            return Attempt.objects.filter(next_at__lte=timezone.now()).exists()

    def tell(self, after=LONG):
        """What the sandbox's sweeper and workers do about what the buyer is to be told."""
        now = timezone.now() + after
        with step_over(self.twin.pk):
            for _tenant, pk in due_door_orders(now=now, limit=10):
                sending.tell_door_order(door_order_id=pk, now=now)

    def heard(self):
        with step_over(self.buyer_id), tenant_atomic():
            return sorted(CallbackHeard.objects.values_list("outcome", "times"))

    def work(self):
        """What the sandbox's workers do at once, and minutes later: elsewhere, as they do."""
        for now in (timezone.now(), timezone.now() + LONG):
            (failure,) = at_once(lambda _n, now=now: self.twin.work(now), times=1)
            assert failure is None

    def ledger(self, number):
        with self.twin.scope():
            found = PartnerOrder.objects.filter(partner_order_no=number)
            return list(found.values_list("order__state", flat=True))

    def balance_e4(self):
        with self.twin.scope():
            return balance_of(account_id=self.partner.account_id)


@pytest.fixture
def wire(live_server):
    with wired(live_server.url) as made:
        yield made


@pytest.fixture
def stand(shop, other_shop, wire):
    twin = open_twin()
    with twin.scope():
        return _stand(twin, other_shop, wire, Partner.objects.get())


def _stand(twin, other_shop, wire, partner):
    """In the sandbox's scope."""
    terms = DoorTerms(kind="kasushou", hosts=(wire.url,))
    door = channels.open_door(partner_id=partner.pk, terms=terms, by=WANG, now=timezone.now())
    host = Domain.objects.get(merchant_id=twin.pk).host
    wire.hosts = {"door": host, "supplier": "star.localhost"}
    return Stand(twin, partner, door, wire, other_shop.pk)


def cases(faults):
    """Each road with each fault that a door can have."""
    return [
        pytest.param(road, fault, id=f"{road} {fault}")
        for road in ROADS
        for fault in faults
        if fault not in NEVER
    ]


def set_up(stand, road, fault):
    """The order, once the fault is to happen to it."""
    if f"{road} {fault}" in FORCED:
        return FORCED[f"{road} {fault}"]
    ref, order = ROADS[road]
    if fault == "off_shelf":
        stand.change(ref, is_on_sale=False)
    elif fault == "balance_gone":
        order = replace(order, most_e4=None)
        stand.change(ref, price_e4=stand.balance_e4() + 100)
    else:
        stand.wire.faults = {fault: 0.5 if fault.startswith("query:") else 1.0}
    return ref, order


@pytest.mark.parametrize("road", ROADS)
def test_what_is_ordered_arrives(stand, road):
    attempt, codes = stand.carry_out(*ROADS[road])

    order = ROADS[road][1]
    assert attempt.state == AttemptState.SUCCESS, attempt.reason
    assert len(set(codes)) == (order.quantity if order.kind is Kind.CODES else 0)
    assert stand.ledger(attempt.number) == ["completed"]


@pytest.mark.parametrize(("road", "fault"), cases(BOUGHT))
def test_whatever_happens_on_the_wire_it_is_bought_once(stand, road, fault):
    attempt, codes = stand.carry_out(*set_up(stand, road, fault))

    order = ROADS[road][1]
    assert attempt.state == AttemptState.SUCCESS, attempt.reason
    assert len(set(codes)) == (order.quantity if order.kind is Kind.CODES else 0)
    assert stand.ledger(attempt.number) == ["completed"]


@pytest.mark.parametrize(("road", "fault"), cases(NOT_BOUGHT))
def test_what_was_not_bought_lets_the_next_supplier_try(stand, road, fault):
    before = stand.balance_e4()

    attempt, codes = stand.carry_out(*set_up(stand, road, fault))

    assert attempt.state in {AttemptState.FAILED, AttemptState.REJECTED}, attempt.reason
    assert codes == []
    assert set(stand.ledger(attempt.number)) <= {"canceled"}
    assert stand.balance_e4() == before


def test_every_fault_of_the_suite_is_tried_or_cannot_be():
    tried = {case.values[1] for case in [*cases(BOUGHT), *cases(NOT_BOUGHT)]}

    assert tried | NEVER.keys() == {*BOUGHT, *NOT_BOUGHT}


def test_an_answer_has_no_signature(stand):
    attempt, _codes = stand.carry_out(*ROADS["cards"])

    assert attempt.state == AttemptState.SUCCESS
    assert all(told.keys() == {"code", "msg", "data"} for told in map(json.loads, stand.wire.told))


def test_an_order_is_found_by_its_number_in_the_moment_in_which_it_is_told(stand):
    attempt = stand.bought("TEST_SLOW", CARDS)

    with step_over(stand.buyer_id), tenant_atomic():
        answer = services.ask(attempt=attempt, order=CARDS, is_first=False, now=timezone.now())

    assert (answer.outcome, answer.is_absent) == (Outcome.ACCEPTED, False)


def test_cards_are_listed_once_nothing_more_will_come(stand):
    """Of the two one is there, and the other is not confirmed."""
    attempt = stand.bought("TEST_SLOW", CARDS)
    with stand.twin.scope():
        one = Unit.objects.order_by("pk").first()
    with step_over(stand.twin.pk):
        fulfillment.send(unit_id=one.pk, now=timezone.now())
        fulfillment.send(unit_id=one.pk, now=timezone.now() + LONG)
    with stand.twin.scope():
        assert sorted(Unit.objects.values_list("state", flat=True)) == ["delivered", "queued"]

    with step_over(stand.buyer_id), tenant_atomic():
        answer = services.ask(attempt=attempt, order=CARDS, is_first=False, now=timezone.now())

    assert (answer.outcome, answer.codes) == (Outcome.ACCEPTED, ())


def test_what_the_wire_says_three_times_is_bought_once(stand):
    stand.wire.copies = {"order/buy": 3}

    attempt, codes = stand.carry_out(*ROADS["cards"])

    assert (attempt.state, len(set(codes))) == (AttemptState.SUCCESS, 2)
    assert stand.ledger(attempt.number) == ["completed"]


def test_what_was_altered_on_the_wire_is_not_bought(stand):
    stand.wire.tampered = (b'"quantity":2', b'"quantity":9')

    attempt, _codes = stand.carry_out(*ROADS["cards"])

    assert attempt.state == AttemptState.REJECTED
    assert stand.ledger(attempt.number) == []


def test_dearer_than_agreed_is_not_bought(stand):
    attempt, _codes = stand.carry_out("TEST_SUCCESS", replace(CARDS, most_e4=19_998))

    assert attempt.state == AttemptState.REJECTED
    assert stand.ledger(attempt.number) == []


def test_what_comes_too_fast_is_told_to_ask_as_it_may_have_been_bought(stand):
    """Of the copies one is in time, and it is another one's answer that arrives."""
    stand.let_in_a_second(1)
    stand.wire.copies, stand.wire.enough = {"order/buy": 50}, b'"code":500'
    stand.work = lambda: at_once(lambda _n: stand.let_in_a_second(100), times=1)

    attempt, _codes = stand.carry_out(*ROADS["cards"])

    assert json.loads(stand.wire.told[0])["code"] == 500
    assert {json.loads(told)["code"] for told in stand.wire.told[:5]} == {200, 500}
    assert attempt.state == AttemptState.SUCCESS, attempt.reason
    assert stand.ledger(attempt.number) == ["completed"]


@pytest.mark.parametrize("ref", ["TEST_SLOW", "TEST_FAILURE"])
def test_the_buyer_is_told_of_the_end_and_asks_at_once(stand, ref):
    stand.bought(ref, CARDS)
    stand.work()
    assert not stand.is_asked_at_once()

    stand.tell()
    stand.tell()

    assert stand.heard() == [("heard", 1)]
    assert stand.is_asked_at_once()


def test_who_has_heard_and_cannot_say_so_is_told_again(stand):
    stand.bought("TEST_SLOW", CARDS)
    stand.work()
    stand.wire.faults = {"query:reply_lost_after": 1.0}
    stand.tell()
    stand.wire.faults = {}

    stand.tell(after=LONG + timedelta(minutes=1))

    assert stand.heard() == [("heard", 1), ("heard", 1)]  # each has a time of its own


def test_a_copy_of_what_was_told_is_only_counted(stand):
    stand.bought("TEST_SLOW", CARDS)
    stand.work()
    stand.wire.copies = {"callback/": 3}

    stand.tell()

    assert stand.heard() == [("heard", 3)]


def test_what_was_altered_on_its_way_to_the_buyer_is_refused_and_told_again(stand):
    stand.bought("TEST_SLOW", CARDS)
    stand.work()
    stand.wire.tampered = (b"status=3", b"status=5")
    stand.tell()
    assert not stand.is_asked_at_once()
    stand.wire.tampered = (b"", b"")

    stand.tell(after=LONG + timedelta(minutes=1))

    assert stand.heard() == [("heard", 1), ("refused", 1)]


def test_the_balance_is_the_ledgers(stand):
    stand.carry_out(*ROADS["cards"])

    with step_over(stand.buyer_id), tenant_atomic():
        left = services.speaker(Supplier.objects.get()).balance_e4()
    assert left == stand.balance_e4() < 100_000_000


def test_dearer_goods_are_read_by_the_buyer_as_the_door_lists_them(stand):
    stand.change("TEST_SUCCESS", price_e4=12_300)
    sku_id = str(stand.sku_id("TEST_SUCCESS"))

    with step_over(stand.buyer_id), tenant_atomic():
        listed = {one.product: one for one in services.speaker(stand.supplier()).products()}

    assert listed[sku_id].cost_e4 == 12_300
