"""What a shop that docks as at a Kasushou wholesaler is told: goods that changed, and what
became of its complaints."""

import hashlib
import json
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from api.doors import sending
from catalog.models import Sku
from channels.models import DoorComplaint, DoorWatch
from channels.selectors import due_door_complaints
from channels.services.telling import LONGEST_WAIT, MOST_TRIES
from core.scope import tenant_atomic
from orders import services as orders
from orders.models import Case
from orders.types import OpenCase
from suppliers.abilities import Complaint, Handling
from suppliers.types import Outcome
from tests.channels.factories import WANG
from tests.doors.test_kasushou import Buyer, cards, number_of
from tests.doors.test_telling import MINUTE, host_of, look
from tests.inventory.factories import make_codes
from tests.orders.factories import PRICE, stocked_sku
from tests.simulators.listening import listening

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return stocked_sku(1)


def fields_of(body):
    found = parse_qs(body.decode(), keep_blank_values=True)
    return {name: values[0] for name, values in found.items()}


def signed(buyer, **fields):
    """As PROTOCOLS.md 2 has it for callbacks."""
    words = json.dumps(fields, separators=(",", ":"), sort_keys=True)
    said = fields["time"] + words + buyer.door.merchant_secret.reveal()
    return hashlib.sha1(said.encode()).hexdigest()  # noqa: S324 -- the protocol's signature


def buyer_at(ear):
    return Buyer(hosts=(host_of(ear),), options={"price_url": ear.url})


def test_who_asked_for_goods_is_told_of_their_price_stock_and_end_of_sale(sku):
    with listening("ok") as ear:
        buyer, now = buyer_at(ear), timezone.now() + MINUTE
        buyer.post("goods/info", {"id": number_of(sku)})
        assert look(now) == 0
        with tenant_atomic():
            make_codes(sku, 2)
            Sku.objects.update(price_e4=PRICE + 12_300)
        assert look(now + MINUTE) == 1
        assert look(now + 2 * MINUTE) == 0
        with tenant_atomic():
            Sku.objects.update(is_on_sale=False)
        assert look(now + 3 * MINUTE) == 1

    moved, ended = (fields_of(body) for _kind, body in ear.heard)
    assert (moved["goods_price"], moved["stock_num"], moved["status"]) == ("11.2300", "3", "1")
    assert (ended["stock_num"], ended["status"]) == ("0", "2")
    assert moved["sign"] == signed(buyer, id=str(number_of(sku)), time=moved["time"])


def test_who_does_not_acknowledge_is_told_again(sku):
    with listening("no", "ok") as ear:
        buyer, now = buyer_at(ear), timezone.now() + MINUTE
        buyer.post("goods/info", {"id": number_of(sku)})
        with tenant_atomic():
            make_codes(sku, 1)

        assert [look(now + n * MINUTE) for n in range(1, 4)] == [1, 1, 0]


def test_asking_twice_is_one_wish_and_without_an_address_none(sku):
    with listening("ok") as ear:
        told, quiet = buyer_at(ear), Buyer()
    for buyer in (told, told, quiet):
        assert buyer.post("goods/info", {"id": number_of(sku)})["code"] == 200

    with tenant_atomic():
        assert DoorWatch.objects.get().door_id == told.door.door_id


# Complaints


def complained(buyer, ear, sku):
    """A complaint about goods that were delivered: its case."""
    ref = buyer.buy(cards(sku, quantity=1)).supplier_ref
    told = buyer.adapter.complain(
        complaint=Complaint(supplier_ref=ref, text="卡密无效", callback_url=ear.url)
    )
    assert (told.outcome, told.supplier_ref) == (Outcome.ACCEPTED, ref)
    with tenant_atomic():
        return Case.objects.select_related("order").get()


def ended(case, outcome, said):
    with tenant_atomic():
        orders.resolve_case(
            case_id=case.pk, outcome=outcome, by=WANG, reason=said, now=timezone.now()
        )


def tell_due(now):
    """What the sweeper and the worker do."""
    due = due_door_complaints(now=now, limit=10)
    for _tenant, pk in due:
        sending.tell_door_complaint(complaint_id=pk, now=now)
    return len(due)


def test_what_the_house_itself_has_noticed_is_no_answer(sku):
    now = timezone.now() + MINUTE
    with listening("ok") as ear:
        case = complained(Buyer(hosts=(host_of(ear),)), ear, sku)
        request = OpenCase(order_id=case.order_id, kind="other", text="We look at it.")
        with tenant_atomic():
            orders.notice(request=request, now=now)
        before = tell_due(now)
        with tenant_atomic():
            orders.say_in_case(
                case_id=case.pk, text="A fresh one comes.", by=WANG, is_from_shopper=False, now=now
            )
            orders.notice(request=request, now=now)
        after = tell_due(now)

    ((_kind, body),) = ear.heard
    assert (before, after) == (0, 1)
    assert (fields_of(body)["status"], fields_of(body)["content"]) == ("2", "A fresh one comes.")


@pytest.mark.parametrize(
    ("outcome", "handling"), [("replaced", Handling.DONE), ("rejected", Handling.ENDED)]
)
def test_the_adapter_reads_how_its_complaint_ended(sku, outcome, handling):
    now = timezone.now() + MINUTE
    with listening("ok") as ear:
        buyer = Buyer(hosts=(host_of(ear),))
        case = complained(buyer, ear, sku)
        assert tell_due(now) == 0
        ended(case, outcome, "已处理 / 见订单")

        assert [tell_due(now), tell_due(now)] == [1, 0]

    ((_kind, body),) = ear.heard
    heard = buyer.adapter.read_after_sale(body=body, headers={})
    assert (heard.supplier_ref, heard.handling) == (case.order.number, handling)
    assert heard.said == "已处理 / 见订单"


def asked_supplier(case, now):
    with tenant_atomic():
        orders.ask_supplier(case_id=case.pk, by=WANG, now=now)


def answered(case, now):
    with tenant_atomic():
        orders.say_in_case(
            case_id=case.pk, text="正在核实", by=WANG, is_from_shopper=False, now=now
        )


@pytest.mark.parametrize(("begin", "said"), [(asked_supplier, ""), (answered, "正在核实")])
def test_that_the_shop_is_at_it_is_told_once_and_the_end_after_it(sku, begin, said):
    now = timezone.now() + MINUTE
    with listening("ok") as ear:
        buyer = Buyer(hosts=(host_of(ear),))
        case = complained(buyer, ear, sku)
        begin(case, timezone.now())
        assert [tell_due(now), tell_due(now + MINUTE)] == [1, 0]
        ended(case, "rejected", "已核实")

        assert [tell_due(now + 2 * MINUTE), tell_due(now + 3 * MINUTE)] == [1, 0]

    heard = [buyer.adapter.read_after_sale(body=body, headers={}) for _kind, body in ear.heard]
    assert [(one.handling, one.said) for one in heard] == [
        (Handling.PROCESSING, said),
        (Handling.ENDED, "已核实"),
    ]


def test_who_never_hears_that_the_shop_is_at_it_hears_the_end(sku):
    now = timezone.now() + MINUTE
    with listening(*["no"] * MOST_TRIES, "ok") as ear:
        buyer = Buyer(hosts=(host_of(ear),))
        case = complained(buyer, ear, sku)
        asked_supplier(case, now)
        for hours in range(MOST_TRIES):
            assert tell_due(now + hours * LONGEST_WAIT) == 1
        later = now + MOST_TRIES * LONGEST_WAIT
        assert tell_due(later) == 0
        ended(case, "replaced", "")

        assert [tell_due(later), tell_due(later)] == [1, 0]

    last = buyer.adapter.read_after_sale(body=ear.heard[-1][1], headers={})
    assert last.handling == Handling.DONE


def test_a_complaints_end_that_was_not_heard_is_told_again(sku):
    now = timezone.now() + MINUTE
    with listening("<html>", "ok") as ear:
        buyer = Buyer(hosts=(host_of(ear),))
        ended(complained(buyer, ear, sku), "refunded", "")

        assert [tell_due(now + n * MINUTE) for n in range(3)] == [1, 1, 0]

    assert buyer.adapter.read_after_sale(body=ear.heard[1][1], headers={}).said == ""


def test_a_complaint_that_is_to_be_told_elsewhere_is_refused(sku):
    buyer = Buyer()
    ref = buyer.buy(cards(sku, quantity=1)).supplier_ref
    said = {"ordersn": ref, "content": "卡密无效", "url": "https://elsewhere.example.com/"}

    assert buyer.post("order/complain", said)["code"] == 400
    with tenant_atomic():
        assert not Case.objects.exists()


def test_a_complaint_without_an_address_is_told_nowhere(sku):
    buyer = Buyer()
    ref = buyer.buy(cards(sku, quantity=1)).supplier_ref

    told = buyer.post("order/complain", {"ordersn": ref, "content": "卡密无效", "url": ""})

    assert told["code"] == 200
    with tenant_atomic():
        assert not DoorComplaint.objects.exists()
