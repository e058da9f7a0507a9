"""What the platforms are told of themselves: the end of an order, a price or stock that moved."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from api.doors import sending
from catalog.models import Sku
from catalog.states import Kind
from channels import services as channels
from channels.models import Door, DoorOrder, DoorWatch
from channels.selectors import due_door_orders, due_door_watches, due_doors
from channels.services.telling import LEASE, MOST_TRIES
from channels.services.webhooks.hands import hand_for
from core.scope import tenant_atomic
from core.secrets import Secret
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from inventory.models import Hold
from tests.catalog.factories import make_sku
from tests.channels.factories import WANG
from tests.doors.callers import APP_ID, GOOFISH_SECRET, Agiso, Goofish, md5, open_door, opened_cards
from tests.inventory.factories import make_codes
from tests.orders.factories import PRICE, stocked_sku
from tests.races.at_once import at_once
from tests.simulators.listening import listening

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
MINUTE = timedelta(minutes=1)


def host_of(ear):
    return f"http://{urlsplit(ear.url).netloc}"


def delivered(text="YK-1"):
    with tenant_atomic():
        unit = Unit.objects.get()
    fulfillment.deliver_by_hand(unit_id=unit.pk, text=Secret(text), by=WANG, now=timezone.now())


def tell_due(now=None):
    """What the sweeper and the worker do."""
    now = now or timezone.now() + timedelta(seconds=1)
    due = due_door_orders(now=now, limit=10)
    for _tenant, pk in due:
        sending.tell_door_order(door_order_id=pk, now=now)
    return len(due)


def row():
    with tenant_atomic():
        return DoorOrder.objects.get()


@pytest.fixture
def by_hand(shop):
    with tenant_atomic():
        return make_sku(kind=Kind.BY_HAND)


def agiso_at(ear, **options):
    with tenant_atomic():
        return Agiso(open_door("agiso", hosts=(host_of(ear),), options=options))


def goofish_at(ear):
    with tenant_atomic():
        return Goofish(open_door("goofish", hosts=(host_of(ear),)))


def test_an_order_that_has_not_ended_is_not_told(by_hand):
    with listening("ok") as ear:
        agiso_at(ear).buy(by_hand, callbackUrl=ear.url)

        assert tell_due() == 0
    assert ear.heard == []


def test_agiso_is_called_back_signed_with_the_cards(by_hand):
    with listening('{"code": 200}') as ear:
        caller = agiso_at(ear)
        caller.buy(by_hand, callbackUrl=ear.url)
        delivered()

        assert tell_due() == 1
        assert tell_due() == 0

    ((kind, body),) = ear.heard
    said = json.loads(body)
    assert kind == "application/json"
    assert said.pop("sign") == caller.sign(said)
    assert (said["orderNo"], said["orderStatus"], said["orderCost"]) == ("A1", 20, 10)
    assert [card["cardPwd"] for card in opened_cards(said["cards"])] == ["YK-1"]
    assert (row().told_at is not None, row().next_at) == (True, None)


def test_goofish_is_called_back_signed_in_the_address(by_hand):
    with listening('{"code": 0, "msg": "OK"}') as ear:
        caller = goofish_at(ear)
        number = caller.buy(by_hand, notify_url=ear.url)["data"]["out_order_no"]
        delivered()

        tell_due()

    ((_kind, body),) = ear.heard
    said = json.loads(body)
    assert (said["order_no"], said["out_order_no"], said["order_status"]) == ("G1", number, 20)
    assert said["card_items"] == [{"card_no": "", "card_pwd": "YK-1"}]
    assert row().told_at is not None
    assert _is_signed(caller, ear.paths[0], body)


def _is_signed(caller, path, body):
    query = {name: found[0] for name, found in parse_qs(urlsplit(path).query).items()}
    own = (query["mch_id"], caller.opened.secret)
    right = md5(",".join([APP_ID, GOOFISH_SECRET, md5(body), query["timestamp"], *own]))
    return query["sign"] == right


def test_an_order_that_failed_is_told_too(by_hand):
    with listening('{"code": 0}') as ear:
        caller = goofish_at(ear)
        caller.buy(by_hand, notify_url=ear.url)
        caller.call("order/refund/apply", order_no="G1")

        tell_due()

    said = json.loads(ear.heard[0][1])
    assert (said["order_status"], said["card_items"]) == (30, [])
    assert said["remark"]


def test_what_is_in_the_answer_is_not_told_again(shop):
    with listening("ok") as ear, tenant_atomic():
        caller, sku = Agiso(open_door("agiso", hosts=(host_of(ear),))), stocked_sku(1)
    caller.buy(sku, callbackUrl=ear.url)

    assert tell_due() == 0
    assert row().told_at is not None


def test_who_does_not_hear_is_told_again_later_and_later(by_hand):
    with listening('{"code": 1}', "<html>", '{"code": 0}') as ear:
        ear.statuses[:] = [200, 502, 200]
        goofish_at(ear).buy(by_hand, notify_url=ear.url)
        delivered()
        now = timezone.now() + timedelta(seconds=1)

        waits, said = [], []
        while tell_due(now):
            found = row()
            said.append(found.last_said)
            if found.next_at is None:
                break
            assert tell_due(found.next_at - timedelta(seconds=1)) == 0
            waits.append((found.next_at - now).total_seconds())
            now = found.next_at

    assert waits == [5, 15]
    assert said == ["HTTP 200", "HTTP 502", "HTTP 200"]
    assert len(ear.heard) == 3
    assert (row().tries, row().told_at is not None) == (3, True)


def test_nobody_who_never_hears_is_told_for_ever(by_hand):
    with listening("no") as ear:
        ear.statuses[:] = [500]
        goofish_at(ear).buy(by_hand, notify_url=ear.url)
        delivered()
        now = first = timezone.now() + timedelta(seconds=1)

        while tell_due(now):
            last, now = now, row().next_at or now

    assert len(ear.heard) == MOST_TRIES
    assert last - first > timedelta(hours=72)
    assert (row().told_at, row().next_at) == (None, None)


def test_a_host_that_is_away_costs_nothing_but_time(by_hand):
    with listening("ok") as ear:
        caller = agiso_at(ear)
        caller.buy(by_hand, callbackUrl=ear.url)
    delivered()

    tell_due()

    assert row().last_said == "ConnectionError"
    assert row().next_at is not None
    assert caller.call("order/get", orderNo="A1")["data"]["orderStatus"] == 20


def test_a_redirect_is_not_followed(by_hand):
    with listening("go") as inside, listening("") as ear:
        ear.statuses[:] = [302]
        goofish_at(ear).buy(by_hand, notify_url=ear.url)
        delivered()

        tell_due()

    assert (inside.heard, row().told_at) == ([], None)


def test_the_house_s_own_network_is_never_called(by_hand, settings):
    with listening("ok") as ear:
        agiso_at(ear).buy(by_hand, callbackUrl=ear.url)
        delivered()
        settings.SUPPLIERS_MAY_BE_LOCAL = False

        tell_due()

    assert (ear.heard, row().told_at) == ([], None)


def test_a_host_that_was_taken_off_the_list_is_not_called(by_hand):
    with listening("ok") as ear:
        agiso_at(ear).buy(by_hand, callbackUrl=ear.url)
        delivered()
        with tenant_atomic():
            Door.objects.update(hosts=[])

        tell_due()

    assert (ear.heard, row().last_said) == ([], "not a host of this door")


def test_a_closed_door_tells_nothing(by_hand):
    with listening("ok") as ear:
        caller = agiso_at(ear)
        caller.buy(by_hand, callbackUrl=ear.url)
        delivered()
        channels.close_door(door_id=caller.opened.door.door_id, by=WANG, now=timezone.now())

        assert tell_due() == 0


def test_two_senders_at_once_call_once(by_hand):
    with listening("ok") as ear:
        agiso_at(ear).buy(by_hand, callbackUrl=ear.url)
        delivered()
        found, now = row(), timezone.now() + timedelta(seconds=1)

        at_once(lambda _n: sending._tell_order(found.pk, now=now), times=4)

    assert len(ear.heard) == 1


def test_a_slow_platform_has_one_hand_and_holds_no_other_up(shop, by_hand):
    with listening("ok") as slow, listening("ok") as quick:
        first, other = agiso_at(slow), agiso_at(quick)
        for caller, ear, number in ((first, slow, "A1"), (first, slow, "A2"), (other, quick, "A3")):
            caller.buy(by_hand, number, callbackUrl=ear.url)
        with tenant_atomic():
            units = list(Unit.objects.all())
        for unit in units:
            fulfillment.deliver_by_hand(
                unit_id=unit.pk, text=Secret("YK"), by=WANG, now=timezone.now()
            )

        with hand_for(("door", first.opened.door.door_id)):
            tell_due()

        assert (len(slow.heard), len(quick.heard)) == (0, 1)
        tell_due()
        assert len(slow.heard) == 2


def test_a_sender_that_died_is_followed_by_another(by_hand):
    with listening("ok") as ear:
        agiso_at(ear).buy(by_hand, callbackUrl=ear.url)
        delivered()
        now = timezone.now() + timedelta(seconds=1)
        dead = channels.claim_door_order(door_order_id=row().pk, now=now)

        assert tell_due(now) == 0
        assert tell_due(now + LEASE) == 1
        channels.record_door_order(lease=dead, said="late", is_heard=False, now=now + LEASE)

    assert (row().tries, row().last_said, row().next_at) == (2, "HTTP 200", None)


def look(now):
    """What the sweeper and the worker do about watched goods."""
    for _tenant, door_id in due_doors(now=now, limit=10):
        sending.look_at_door(door_id=door_id, now=now)
    due = due_door_watches(now=now, limit=10)
    for _tenant, pk in due:
        sending.tell_door_watch(watch_id=pk, now=now)
    return len(due)


def test_agiso_is_told_a_price_that_moved(shop):
    with tenant_atomic():
        sku = stocked_sku(1)
    with listening('{"code": 200}') as ear:
        caller = agiso_at(ear, price_url=ear.url)
        caller.call("product/subscribePriceNotify", productNo=sku.ref, supplierAccountGuid="g1")
        now = timezone.now() + MINUTE
        assert look(now) == 0
        with tenant_atomic():
            Sku.objects.update(price_e4=PRICE + 12_300)

        assert look(now + MINUTE) == 1
        assert look(now + 2 * MINUTE) == 0

    said = json.loads(ear.heard[0][1])
    assert said.pop("sign") == caller.sign(said)
    assert (said["supplierAccountGuid"], said["productNo"], said["productCost"]) == (
        "g1",
        sku.ref,
        "11.2300",
    )


def test_goofish_is_told_of_price_stock_and_end_of_sale(shop):
    with tenant_atomic():
        sku = stocked_sku(1)
    with listening('{"code": 0}') as ear:
        caller = goofish_at(ear)
        caller.call("goods/change/subscribe", goods_no=sku.ref, goods_type=2, notify_url=ear.url)
        now = timezone.now() + MINUTE
        assert look(now) == 0

        with tenant_atomic():
            make_codes(sku, 2)
        assert look(now + MINUTE) == 1
        with tenant_atomic():
            Sku.objects.update(price_e4=PRICE * 2)
        assert look(now + 2 * MINUTE) == 1
        with tenant_atomic():
            Sku.objects.update(is_on_sale=False)
        assert look(now + 3 * MINUTE) == 1
        assert look(now + 4 * MINUTE) == 0

    items = [json.loads(body)["items"][0] for _kind, body in ear.heard]
    told = [(one["price"], one["stock"], one["status"]) for one in items]
    assert told == [(1_000, 3, 1), (2_000, 3, 1), (2_000, 0, 2)]
    assert {one["goods_no"] for one in items} == {sku.ref}
    bodies = [body for _kind, body in ear.heard]
    assert all(map(_is_signed, [caller] * 3, ear.paths, bodies))


def test_who_did_not_hear_is_told_what_it_is_by_then(shop):
    with tenant_atomic():
        sku = stocked_sku(1)
    with listening("no", '{"code": 0}') as ear:
        goofish_at(ear).call("goods/change/subscribe", goods_no=sku.ref, notify_url=ear.url)
        now = timezone.now() + MINUTE
        with tenant_atomic():
            Sku.objects.update(price_e4=PRICE * 2)
        look(now)
        with tenant_atomic():
            Sku.objects.update(price_e4=PRICE * 3)

        look(now + MINUTE)
        assert look(now + 2 * MINUTE) == 0

    prices = [json.loads(body)["items"][0]["price"] for _kind, body in ear.heard]
    assert prices == [2_000, 3_000]


def test_without_anything_watched_nobody_looks(shop):
    with tenant_atomic():
        sku = stocked_sku(1)
    with listening("ok") as ear:
        caller = goofish_at(ear)
        caller.call("goods/change/subscribe", goods_no=sku.ref, notify_url=ear.url)
        caller.call("goods/change/unsubscribe", goods_no=sku.ref)

        look(timezone.now() + MINUTE)

    assert due_doors(now=timezone.now() + timedelta(days=1), limit=10) == []
    with tenant_atomic():
        assert not DoorWatch.objects.exists()


@pytest.mark.parametrize("make", [Agiso, Goofish])
def test_twenty_that_ask_for_the_same_order_at_once_get_one(shop, make):
    kind = make.__name__.lower()
    with tenant_atomic():
        sku = stocked_sku(20)
        opened = open_door(kind, most_per_second=10_000)

    told = at_once(lambda _n: make(opened).buy(sku), times=20)

    assert len({json.dumps(one, sort_keys=True) for one in told}) == 1
    assert told[0]["code"] in {0, 200}
    with tenant_atomic():
        assert DoorOrder.objects.count() == 1
        assert Hold.objects.filter(state="sold").count() == 1
