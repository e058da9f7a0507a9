"""The house's own Kasushou adapter buys at our door as it buys at a wholesaler's: what its contract
asks of the stand-in, it asks of us. Our ledger is the judge."""

import hashlib
import json
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from api.doors import sending
from catalog.models import Sku
from catalog.states import Kind as SkuKind
from channels import services as channels
from channels.models import Door, DoorOrder, DoorRefusal, PartnerShelf
from channels.selectors import due_partner_shelves
from channels.types import DoorTerms
from core.scope import tenant_atomic
from core.secrets import Secret
from core.veils import veil
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from orders.models import Case, Order
from payments.models import Refund
from payments.selectors import balance_of
from suppliers.adapters.kasushou import Kasushou
from suppliers.errors import NoAnswer
from suppliers.transport import answered
from suppliers.types import Account, Kind, Outcome, PurchaseOrder, Reply
from tests.catalog.factories import make_sku, make_template
from tests.channels.factories import RICH, WANG, make_partner, make_tier
from tests.conftest import as_tenant
from tests.doors.test_telling import host_of
from tests.orders.factories import PRICE, stocked_sku
from tests.races.at_once import at_once
from tests.simulators.listening import listening
from tests.suppliers.factories import make_offer

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
PHONE = "13800138000"


class Line:
    """The adapter's way to our door, without a network; `loses` answers that were given."""

    def __init__(self, uid, *, host="cloud.localhost"):
        self.client, self.root = Client(headers={"host": host}), f"/door/{uid}"
        self.loses, self.last = 0, None

    def send(self, request):
        headers = {name: value for name, value in request.headers.items() if name != "Content-Type"}
        answer = self.client.post(
            self.root + request.path, request.body, content_type="application/json", headers=headers
        )
        if self.loses:
            self.loses -= 1
            raise NoAnswer("lost on its way")
        self.last = Reply(status=answer.status_code, body=answer.content)
        return self.last

    def ask_json(self, request):
        found = json.loads(self.send(request).body)
        assert isinstance(found, dict)
        return found


class Buyer:
    """A shop that has our door for its supplier."""

    def __init__(self, *, hosts=(), options=None, **partner):
        with tenant_atomic():
            self.partner = make_partner(**partner)
            terms = DoorTerms(kind="kasushou", hosts=tuple(hosts), options=options or {})
            self.door = channels.open_door(
                partner_id=self.partner.pk, terms=terms, by=WANG, now=timezone.now()
            )
        self.line = Line(self.door.uid)
        self.adapter = self.speaker()

    def speaker(self, *, clock=time.time, **account):
        given = {"app_id": self.door.merchant_id, "secret": self.door.merchant_secret} | account
        return Kasushou(account=Account(**given), http=self.line, clock=clock)

    def buy(self, order, number="U1"):
        return answered(lambda: self.adapter.buy(order=order, number=number), is_purchase=True)

    def query(self, number="U1"):
        return answered(lambda: self.adapter.query(number=number), is_purchase=False)

    def post(self, path, said, *, body=None, stamp=None):
        """As another program would, its fields in any order."""
        words = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        stamp = stamp or str(int(time.time() * 1000))
        signed = (stamp + words + self.door.merchant_secret.reveal()).encode()
        sign = hashlib.sha1(signed).hexdigest()  # noqa: S324 -- the protocol's signature
        headers = {"UserId": self.door.merchant_id, "Timestamp": stamp, "Sign": sign}
        answer = self.line.client.post(
            f"{self.line.root}/api/v1/{path}",
            words.encode() if body is None else body,
            content_type="application/json",
            headers=headers,
        )
        assert answer.status_code == 200
        return answer.json()


@pytest.fixture
def buyer(shop):
    return Buyer()


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return stocked_sku(5)


def number_of(sku):
    """What a buyer knows the goods by."""
    return veil(sku.pk, of="goods")


def cards(sku, quantity=2, **more):
    given = {"product": str(number_of(sku)), "kind": Kind.CODES, "quantity": quantity}
    return PurchaseOrder(**given | {"most_e4": quantity * PRICE} | more)


def ledger():
    """(orders, what the partner has paid in all)."""
    with tenant_atomic():
        return Order.objects.count(), sum(order.total_e4 for order in Order.objects.all())


def test_what_is_ordered_arrives(buyer, sku):
    bought = buyer.buy(cards(sku))
    found = buyer.query()

    assert (bought.outcome, bought.cost_e4) == (Outcome.ACCEPTED, 2 * PRICE)
    assert (found.outcome, found.cost_e4) == (Outcome.SUCCESS, 2 * PRICE)
    assert found.supplier_ref == bought.supplier_ref
    assert len({code.secret.reveal() for code in found.codes}) == 2
    assert ledger() == (1, 2 * PRICE)


def test_a_top_up_is_ordered_with_its_account(buyer, shop):
    with tenant_atomic():
        sku = make_sku(kind=SkuKind.TOP_UP, buyer_template=make_template())
        make_offer(sku=sku, cost_e4=PRICE // 2)
    order = PurchaseOrder(product=str(number_of(sku)), kind=Kind.TOP_UP, quantity=1, target=PHONE)

    bought = buyer.buy(order)

    assert (bought.outcome, buyer.query().outcome) == (Outcome.ACCEPTED, Outcome.ACCEPTED)
    assert ledger() == (1, PRICE)


def test_a_lost_answer_is_asked_after_and_nothing_is_bought_again(buyer, sku):
    buyer.line.loses = 1

    assert buyer.buy(cards(sku)).outcome == Outcome.UNKNOWN
    assert buyer.query().outcome == Outcome.SUCCESS
    assert ledger() == (1, 2 * PRICE)


def test_a_number_that_is_sent_twice_buys_once(buyer, sku):
    first = buyer.buy(cards(sku))

    again = buyer.buy(cards(sku))

    assert (again.outcome, again.supplier_ref) == (first.outcome, first.supplier_ref)
    assert ledger() == (1, 2 * PRICE)


def test_a_number_that_is_used_for_another_order_is_to_be_asked_after(buyer, sku):
    buyer.buy(cards(sku))

    assert buyer.buy(cards(sku, quantity=1)).outcome == Outcome.UNKNOWN
    assert ledger() == (1, 2 * PRICE)


def test_twenty_that_send_one_number_at_once_buy_once(buyer, sku):
    told = at_once(lambda _n: buyer.buy(cards(sku)), times=20)

    assert {(one.outcome, one.supplier_ref) for one in told} == {
        (Outcome.ACCEPTED, told[0].supplier_ref)
    }
    assert ledger() == (1, 2 * PRICE)


def test_dearer_than_agreed_is_not_bought(buyer, sku):
    assert buyer.buy(cards(sku, most_e4=2 * PRICE - 2)).outcome == Outcome.REJECTED
    assert ledger() == (0, 0)


@pytest.mark.parametrize("quantity", [6, 101])
def test_more_than_there_is_lets_the_next_supplier_try(buyer, sku, quantity):
    assert buyer.buy(cards(sku, quantity=quantity)).outcome == Outcome.REJECTED
    assert ledger() == (0, 0)


def test_without_money_or_off_the_shelf_the_next_supplier_may_try(shop, sku):
    poor, buyer = Buyer(balance_e4=PRICE), Buyer()

    assert poor.buy(cards(sku)).outcome == Outcome.REJECTED
    with tenant_atomic():
        sku.is_on_sale = False
        sku.save()
    assert buyer.buy(cards(sku)).outcome == Outcome.REJECTED
    assert buyer.buy(PurchaseOrder(product="999999999", kind=Kind.CODES, quantity=1)).outcome == (
        Outcome.REJECTED
    )
    assert ledger() == (0, 0)


def test_a_suspended_buyer_is_refused(buyer, sku):
    channels.suspend_partner(
        partner_id=buyer.partner.pk, by=WANG, reason="unpaid", now=timezone.now()
    )

    assert buyer.buy(cards(sku)).outcome == Outcome.REJECTED


def test_a_number_that_we_do_not_know_is_absent(buyer, shop):
    told = buyer.query("never")

    assert (told.outcome, told.is_absent) == (Outcome.UNKNOWN, True)


def test_a_buyer_without_a_number_of_his_own_gets_one(buyer, sku):
    told = buyer.post("order/buy", {"id": number_of(sku), "quantity": 1, "attach": []})

    number = told["data"]["external_orderno"]
    assert number.startswith("ks-")
    assert buyer.query(number).outcome == Outcome.SUCCESS


def test_a_signed_call_without_a_number_buys_once_however_often_it_is_sent(buyer, sku):
    said, stamp = {"id": number_of(sku), "quantity": 1}, int(time.time() * 1000)

    told = [buyer.post("order/buy", said, stamp=str(stamp)) for _ in range(3)]
    later = buyer.post("order/buy", said, stamp=str(stamp + 1))

    assert told[0]["code"] == 200
    assert told == [told[0]] * 3
    assert later["data"]["ordersn"] != told[0]["data"]["ordersn"]
    assert ledger() == (2, 2 * PRICE)


def test_a_call_that_asks_for_goods_buys_none_at_another_address(buyer, sku):
    asked = {"id": number_of(sku)}

    assert buyer.post("goods/info", asked)["code"] == 200
    assert buyer.post("order/buy", asked)["code"] == 400
    assert ledger() == (0, 0)


def test_what_is_given_up_is_a_failure_with_all_the_money_back(buyer, shop):
    with tenant_atomic():
        by_hand = make_sku(kind=SkuKind.BY_HAND)
    ref = buyer.buy(cards(by_hand, quantity=1)).supplier_ref

    assert buyer.post("order/close", {"ordersn": ref})["code"] == 200

    told = buyer.query()
    assert (told.outcome, told.codes, told.cost_e4) == (Outcome.FAILED, (), 0)
    with tenant_atomic():
        assert Refund.objects.get().amount_e4 == PRICE


def test_what_is_delivered_is_not_given_up(buyer, sku):
    ref = buyer.buy(cards(sku)).supplier_ref

    assert buyer.post("order/close", {"ordersn": ref})["code"] == 400
    assert buyer.query().outcome == Outcome.SUCCESS


def test_a_complaint_is_a_case_of_the_shop(buyer, sku):
    ref = buyer.buy(cards(sku)).supplier_ref
    said = {"ordersn": ref, "content": "卡密无效", "screenshot": "", "url": ""}

    assert buyer.post("order/complain", said)["code"] == 200
    assert buyer.post("order/complain", said)["code"] == 400
    with tenant_atomic():
        assert Case.objects.get().order.number == ref


def test_the_balance_is_the_ledgers(buyer, sku):
    buyer.buy(cards(sku))

    with tenant_atomic():
        kept = balance_of(account_id=buyer.partner.account_id)
    assert buyer.adapter.balance_e4() == kept == RICH - 2 * PRICE


def test_the_catalogue_is_read_at_the_partner_s_prices(shop, sku):
    with tenant_atomic():
        top_up = make_sku(kind=SkuKind.TOP_UP, buyer_template=make_template())
        make_offer(sku=top_up, cost_e4=PRICE // 2)
        buyer = Buyer(tier_id=make_tier(rate=9_875).pk)

    found = {one.product: one for one in buyer.adapter.products()}
    (alone,) = buyer.adapter.products(only=str(number_of(sku)))

    assert set(found) == {str(number_of(sku)), str(number_of(top_up))}
    assert found[str(number_of(sku))] == alone
    assert (alone.kind, alone.cost_e4, alone.is_on_sale, alone.stock) == (
        Kind.CODES,
        98_750,
        True,
        5,
    )
    assert found[str(number_of(top_up))].kind is Kind.TOP_UP
    (field,) = buyer.post("goods/attach", {"goods_id": number_of(top_up)})["data"]
    assert (field["key"], field["name"], field["vali"]) == (
        "recharge_account",
        "充值手机号",
        "required",
    )


def test_goods_are_found_by_category(buyer, sku):
    with tenant_atomic():
        stocked_sku(1)

    listed = buyer.post("goods/cate", {})["data"]
    category = sku.product.category
    number = veil(category.pk, of="category")
    found = buyer.post("goods/list", {"cate_id": number})["data"]

    assert {"id": number, "name": category.name} in listed
    assert buyer.post("goods/list", {"cate_id": category.pk})["data"]["total"] == 0
    assert [one["id"] for one in found["list"]] == [number_of(sku)]


def test_several_orders_are_asked_for_by_our_numbers(buyer, sku):
    refs = [buyer.buy(cards(sku, quantity=1), number).supplier_ref for number in ("U1", "U2")]

    told = buyer.post("order/info", {"ordersn": ",".join([*refs, "nothing"])})["data"]

    assert [one["ordersn"] for one in told] == refs


def test_an_order_of_another_buyer_is_not_there(buyer, sku):
    ref = buyer.buy(cards(sku)).supplier_ref
    stranger = Buyer()

    assert stranger.query().is_absent
    assert stranger.post("order/info", {"ordersn": ref})["data"] == []
    assert stranger.post("order/close", {"ordersn": ref})["code"] == 400


def test_the_adapter_reads_and_believes_the_callback(shop):
    with tenant_atomic():
        by_hand = make_sku(kind=SkuKind.BY_HAND)
    with listening("ok") as ear:
        buyer = Buyer(hosts=(host_of(ear),))
        ref = buyer.buy(cards(by_hand, quantity=1, callback_url=ear.url)).supplier_ref
        with tenant_atomic():
            unit = Unit.objects.get()
            row = DoorOrder.objects.get()
        now = timezone.now() + timedelta(seconds=1)
        fulfillment.deliver_by_hand(unit_id=unit.pk, text=Secret("YK-1"), by=WANG, now=now)

        sending.tell_door_order(door_order_id=row.pk, now=now)

    ((_kind, body),) = ear.heard
    heard = buyer.adapter.read_callback(body=body, headers={})
    assert (heard.number, heard.supplier_ref) == ("U1", ref)
    assert b"YK-1" not in body
    with tenant_atomic():
        assert DoorOrder.objects.get().told_at is not None


@pytest.mark.parametrize("account", [{"secret": Secret("wrong")}, {"app_id": "1"}])
def test_who_is_not_the_buyer_is_refused_and_counted(buyer, sku, account):
    buyer.adapter = buyer.speaker(**account)

    assert buyer.buy(cards(sku)).outcome == Outcome.REJECTED
    assert ledger() == (0, 0)
    with tenant_atomic():
        assert DoorRefusal.objects.get().times == 1


@pytest.mark.parametrize("seconds", [-700, 700])
def test_an_old_call_is_refused(buyer, sku, seconds):
    buyer.adapter = buyer.speaker(clock=lambda: time.time() + seconds)

    assert buyer.buy(cards(sku)).outcome == Outcome.REJECTED
    assert ledger() == (0, 0)


WRONG = [
    {"id": "x"},
    {"id": 0},
    {"id": 10**30},
    {"quantity": 0},
    {"quantity": "many"},
    {"quantity": 1.5},
    {"safe_price": "-1"},
    {"safe_price": "NaN"},
    {"safe_price": "1_000"},
    {"safe_price": "１０００"},
    {"safe_price": []},
    {"attach": "text"},
    {"attach": {"recharge_account": ["1"]}},
    {"attach": {"recharge_account": "1\0"}},
    {"attach": {"recharge_account": "1\x1b[31m"}},
    {"attach": {"recharge_account": "\u202e1"}},
    {"external_orderno": 7},
    {"external_orderno": " "},
    {"external_orderno": " U1"},
    {"external_orderno": "x" * 65},
    {"url": "http://127.0.0.1/"},
]


@pytest.mark.parametrize("wrong", WRONG, ids=range(len(WRONG)))
def test_a_field_that_is_not_as_agreed_moves_nothing(buyer, sku, wrong):
    said = {"id": number_of(sku), "quantity": 1, "attach": {}, "external_orderno": "U1"} | wrong

    assert buyer.post("order/buy", said)["code"] == 400
    assert ledger() == (0, 0)


def test_an_address_that_is_not_called_back_is_named_as_the_protocol_names_it(buyer, sku):
    said = {"id": number_of(sku), "quantity": 1, "attach": {}, "external_orderno": "U1"}

    told = buyer.post("order/buy", said | {"url": "http://evil.example.com/"})

    assert told["msg"].startswith("url: ")


def test_the_name_that_the_goods_told_goes_before_a_field_s_own_key(buyer, shop):
    """A key of ours that the shop happens to send of its own was topped up instead."""
    with tenant_atomic():
        sku = make_sku(kind=SkuKind.BY_HAND, buyer_template=make_template())
    attach = {"phone": "13900139000", "recharge_account": PHONE}
    said = {"id": number_of(sku), "quantity": 1, "external_orderno": "U1", "attach": attach}

    assert buyer.post("order/buy", said)["code"] == 200

    with tenant_atomic():
        assert Unit.objects.get().item.buyer_fields_shown == {"phone": "138****8000"}


@pytest.mark.parametrize("name", ["recharge_account", "phone"])
def test_what_a_buyer_says_wrongly_is_named_as_he_named_it(buyer, shop, name):
    with tenant_atomic():
        sku = stocked_sku(1, buyer_template=make_template())
    said = {"id": number_of(sku), "quantity": 1, "external_orderno": "U1"}

    told = buyer.post("order/buy", said | {"attach": {name: "12"}})

    assert told["msg"].startswith(f"attach.{name}: ")


def test_a_call_that_reaches_no_door_is_told_so_as_a_platform_reads_it(buyer, sku):
    with tenant_atomic():
        uid = Door.objects.get().uid
    answer = Client(headers={"host": "cloud.localhost"}).post(
        f"/door/{uid}/api/v1/user/info?a=%00", b"{}", "application/json"
    )

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
    assert answer.json()["code"] == 400
    assert answer.json()["msg"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", '{"a": "订"}'.encode("gbk"), b"a=1"])
def test_a_body_that_is_no_json_is_refused_in_the_protocol_s_words(buyer, sku, body):
    assert buyer.post("order/buy", {}, body=body)["code"] == 400
    assert ledger() == (0, 0)


def test_numbers_tell_nothing_and_a_row_s_own_is_none(buyer, sku):
    assert buyer.post("goods/info", {"id": sku.pk})["code"] == 400
    assert buyer.post("goods/info", {"id": number_of(sku)})["data"]["id"] == number_of(sku)


def test_a_door_of_before_goes_on_with_the_numbers_that_its_buyer_has(buyer, sku):
    with tenant_atomic():
        Door.objects.update(options={})

    assert buyer.post("goods/list", {})["data"]["list"][0]["id"] == sku.pk
    assert buyer.post("goods/info", {"id": sku.pk})["data"]["id"] == sku.pk
    assert buyer.buy(cards(sku, product=str(sku.pk))).outcome is Outcome.ACCEPTED


def repriced(sku, price_e4, now):
    """What the sweeper and the worker do once the shop has changed a price."""
    with tenant_atomic():
        Sku.objects.filter(pk=sku.pk).update(price_e4=price_e4)
    for tenant_id, shelf_id in due_partner_shelves(now=now, limit=10):
        with as_tenant(tenant_id):
            channels.look_at_shelf(shelf_id=shelf_id, now=now)


def test_what_became_dearer_or_cheaper_is_told_for_three_days(buyer, sku):
    now = timezone.now()
    ago = [now - timedelta(days=4), now - timedelta(days=2), now - timedelta(hours=1)]
    with tenant_atomic():
        PartnerShelf.objects.update(next_at=ago[0])
    for at, price_e4 in zip(ago, (PRICE, PRICE + 10_000, PRICE - 5_000), strict=True):
        repriced(sku, price_e4, at)

    told = buyer.post("goods/pricelog", {"day": 3})["data"]

    assert told["total"] == 2
    assert [
        (one["price1"], one["price"], one["pricecha"], one["price_type"]) for one in told["list"]
    ] == [("11.0000", "9.5000", "1.5000", 2), ("10.0000", "11.0000", "1.0000", 1)]
    assert {one["goods_id"] for one in told["list"]} == {number_of(sku)}
    assert buyer.post("goods/pricelog", {})["data"]["total"] == 1
    assert buyer.post("goods/pricelog", {"day": 3, "keyword": sku.ref, "limit": 1})["data"] == {
        "list": told["list"][:1],
        "total": 2,
    }
    assert buyer.post("goods/pricelog", {"day": 3, "keyword": "不存在"})["data"]["total"] == 0
    assert buyer.post("goods/pricelog", {"day": 4})["code"] == 400


def test_a_door_of_before_keeps_prices_from_its_first_question_on(buyer, sku):
    now = timezone.now()
    with tenant_atomic():
        PartnerShelf.objects.all().delete()  # as of a door that was opened before there was a log
    assert buyer.post("goods/pricelog", {})["data"]["total"] == 0
    repriced(sku, PRICE, now + timedelta(seconds=1))

    repriced(sku, PRICE + 10_000, now + timedelta(minutes=1))

    told = buyer.post("goods/pricelog", {})["data"]
    assert [(one["price1"], one["price"]) for one in told["list"]] == [("10.0000", "11.0000")]
