"""Who is not the door's platform, or does not speak its words: refused in them, nothing moved."""

import json
import time
from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from channels import services as channels
from channels.models import Door, DoorRefusal
from channels.types import DoorTerms
from core.errors import InvalidInput
from core.scope import tenant_atomic
from core.secrets import Secret
from orders.models import Order
from tests.api.slow import Slow
from tests.channels.factories import WANG, make_partner
from tests.conftest import as_tenant
from tests.doors.callers import (
    AGISO_SECRET,
    APP_ID,
    GOOFISH_SECRET,
    Agiso,
    Goofish,
    open_door,
)
from tests.orders.factories import stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return stocked_sku(3)


def refusals():
    with tenant_atomic():
        return [(row.path, row.why, row.times) for row in DoorRefusal.objects.order_by("pk")]


def count():
    with tenant_atomic():
        return Order.objects.count()


def test_a_wrong_signature_is_refused_and_counted_without_what_was_sent(agiso, sku):
    body = {
        "userId": agiso.opened.door.merchant_id, "orderNo": "CANARY", "productNo": sku.ref,
        "buyNum": 1, "timestamp": int(time.time()), "sign": "CANARY",
    }  # fmt: skip

    told = [agiso.post("order/createPurchase", body)["code"] for _ in range(3)]

    assert told == [401, 401, 401]
    assert refusals() == [("order/createPurchase", "signature", 3)]
    with tenant_atomic():
        (row,) = DoorRefusal.objects.values()
    assert "CANARY" not in repr(row)
    assert row["last_from"] == "127.0.0.1"
    assert count() == 0


def test_a_changed_field_breaks_the_signature(agiso, sku):
    said = {"userId": agiso.opened.door.merchant_id, "orderNo": "A1", "productNo": sku.ref,
            "buyNum": 1, "version": "1.0", "timestamp": int(time.time())}  # fmt: skip
    signed = said | {"sign": agiso.sign(said)}

    assert agiso.post("order/createPurchase", signed | {"buyNum": 2})["code"] == 401
    assert agiso.post("order/createPurchase", signed | {"more": ""})["code"] == 401
    assert agiso.post("order/createPurchase", signed)["code"] == 200


def folded_into_the_address(said):
    limit = said.pop("maxAmount")
    return said | {"callbackUrl": f"{said['callbackUrl']}&maxAmount={limit}"}


def folded_into_a_name(said):
    return {f"callbackUrl={said.pop('callbackUrl')}&maxAmount": said.pop("maxAmount")} | said


@pytest.mark.parametrize("fold", [folded_into_the_address, folded_into_a_name])
def test_a_limit_cannot_be_folded_into_what_stands_beside_it(agiso, sku, fold):
    said = {
        "userId": agiso.opened.door.merchant_id, "orderNo": "A1", "productNo": sku.ref, "buyNum": 1,
        "callbackUrl": "http://cb.acpr.agiso.com/told?shop=1", "maxAmount": "0.01",
        "timestamp": int(time.time()),
    }  # fmt: skip
    sign = agiso.sign(said)

    told = agiso.post("order/createPurchase", said | {"sign": sign})["code"]
    swapped = fold(dict(said))

    assert told == 1220
    assert agiso.sign(swapped) == sign
    assert agiso.post("order/createPurchase", swapped | {"sign": sign})["code"] == 401
    assert count() == 0


@pytest.mark.parametrize("seconds", [-601, -10_000_000, 602])
def test_agiso_s_old_calls_are_refused(agiso, sku, seconds):
    assert agiso.call("order/get", orderNo="A1", at=time.time() + seconds)["code"] == 408
    assert refusals() == [("order/get", "time", 1)]


@pytest.mark.parametrize("seconds", [-301, -10_000_000, 302])
def test_goofish_s_old_calls_are_refused(goofish, sku, seconds):
    assert goofish.call("order/detail", order_no="G1", at=time.time() + seconds)["code"] == 408
    assert refusals() == [("order/detail", "time", 1)]


def test_calls_within_the_window_are_heard(agiso, goofish, sku):
    assert agiso.call("product/getList", at=time.time() - 590)["code"] == 200
    assert goofish.call("goods/list", at=time.time() - 290)["code"] == 0


@pytest.mark.parametrize("at", ["", "soon", "1e9", "-1", "٣", "9" * 40])
def test_a_time_that_is_none_is_refused(agiso, goofish, at):
    said = {"userId": agiso.opened.door.merchant_id, "timestamp": at}
    assert agiso.post("product/getList", said | {"sign": agiso.sign(said)})["code"] == 408

    mch_id = goofish.opened.door.merchant_id
    query = {"mch_id": mch_id, "timestamp": at, "sign": goofish.sign(b"{}", at)}
    url = f"/door/{goofish.opened.door.uid}/goofish/goods/list"
    answer = goofish.client.post(url, b"{}", content_type="application/json", query_params=query)
    assert answer.json()["code"] == 408


def test_a_replayed_order_is_the_order_that_it_made(goofish, sku):
    body = json.dumps({"order_no": "G1", "goods_no": sku.ref, "buy_quantity": 1}).encode()
    at = time.time() - 100

    first = goofish.post("order/purchase/create", body, at=at)

    assert goofish.post("order/purchase/create", body, at=at) == first
    assert count() == 1


def test_the_signature_is_over_the_bytes_that_came(goofish, sku):
    body = json.dumps({"order_no": "G1", "goods_no": sku.ref, "buy_quantity": 1}, indent=2).encode()

    assert goofish.post("order/purchase/create", body)["code"] == 0
    other = body.replace(b" ", b"")
    sign = goofish.sign(body, str(int(time.time())))
    assert goofish.post("order/purchase/create", other, sign=sign)["code"] == 401


def test_no_body_is_signed_as_nothing_or_as_an_empty_object(goofish, sku):
    at = time.time()

    assert goofish.post("goods/list", b"", at=at)["code"] == 0
    assert (
        goofish.post("goods/list", b"", at=at, sign=goofish.sign(b"{}", str(int(at))))["code"] == 0
    )


def test_another_merchant_number_is_refused(agiso, sku):
    assert agiso.call("product/getList", userId="1")["code"] == 401
    assert refusals() == [("product/getList", "merchant", 1)]


BODIES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'{"orderNo": NaN}',
    b'{"orderNo": "A", "orderNo": "B"}',
    b'{"orderNo": "\\ud800"}',
    b"\xff\xfe{}",
    '{"orderNo": "订单"}'.encode("gbk"),
    b"[" * 100_000,
    b'{"a": "' + b"x" * 300_000 + b'"}',
    b'{"a": ' + b"9" * 5_000 + b"}",
    b"a=1&b=2",
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize("path", ["order/createPurchase", "product/getList"])
def test_what_agiso_cannot_have_sent_is_refused_in_its_words(agiso, sku, path, body):
    told = agiso.post(path, body)

    assert agiso.status == 200
    assert told["code"] in {401, 500}
    assert count() == 0


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_what_goofish_cannot_have_sent_is_refused_in_its_words(goofish, sku, body):
    told = goofish.post("order/purchase/create", body)

    assert goofish.status == 200
    assert told["code"] == 1201
    assert count() == 0


def test_a_form_is_no_json(agiso):
    uid = agiso.opened.door.uid

    answer = agiso.client.post(f"/door/{uid}/agisoAcprSupplierApi/product/getList", {"a": "1"})

    assert (answer.status_code, answer.json()["code"]) == (200, 500)


def test_another_shop_s_door_is_not_there(agiso, goofish, other_shop, sku):
    ours, theirs = (
        Agiso(agiso.opened, host="star.localhost"),
        Goofish(goofish.opened, host="star.localhost"),
    )

    with as_tenant(other_shop.pk):
        assert ours.call("product/getList")["code"] == 404
        assert theirs.call("goods/list")["code"] == 404
        with tenant_atomic():
            assert not DoorRefusal.objects.exists()

    assert (ours.status, theirs.status) == (404, 404)


def test_a_door_speaks_its_own_protocol_only(agiso, goofish):
    swapped = Goofish(agiso.opened)

    assert swapped.call("goods/list")["code"] == 404
    assert swapped.status == 404


@pytest.mark.parametrize("path", ["nothing", "order", "order/create/Purchase", "../goods/list"])
def test_what_the_protocol_has_not_is_not_there(agiso, path):
    agiso.call(path)

    assert agiso.status == 404


def test_a_closed_door_is_not_there(agiso, sku):
    agiso.buy(sku)
    channels.close_door(door_id=agiso.opened.door.door_id, by=WANG, now=NOON)

    agiso.call("order/get", orderNo="A1")

    assert agiso.status == 404


def test_a_get_is_not_answered(agiso):
    uid = agiso.opened.door.uid

    assert agiso.client.get(f"/door/{uid}/agisoAcprSupplierApi/app/getAppId").status_code == 404


def test_a_suspended_partner_buys_nothing_and_is_told_of_what_it_bought(agiso, goofish, sku):
    bought = agiso.buy(sku)
    for caller in (agiso, goofish):
        channels.suspend_partner(
            partner_id=caller.opened.partner.pk, by=WANG, reason="unpaid", now=NOON
        )

    assert agiso.buy(sku) == bought
    assert agiso.buy(sku, "A2")["code"] == 1230
    assert goofish.buy(sku)["code"] == 1102
    assert agiso.call("order/get", orderNo="A1") == bought
    assert count() == 1


def test_too_many_calls_in_a_second_are_told_to_ask_later(shop):
    with tenant_atomic():
        caller = Goofish(open_door("goofish", most_per_second=1))

    codes = {caller.call("goods/list")["code"] for _ in range(8)}

    assert codes == {0, 1209}


def test_who_does_not_sign_takes_nothing_of_the_partner_s_pace(shop):
    with tenant_atomic():
        agiso = Agiso(open_door("agiso", most_per_second=3))
    unsigned = {"userId": agiso.opened.door.merchant_id, "timestamp": int(time.time())}
    tries = [("app/getAppId", {}), ("product/getList", unsigned), ("product/getList", "{")]

    with time_machine.travel(timezone.now(), tick=False):
        told = [agiso.post(*each)["code"] for each in tries for _ in range(9)]
        too_many = [agiso.post(*each)["code"] for each in tries]
        heard = [agiso.call("product/getList")["code"] for _ in range(4)]

    assert told == [200] * 9 + [401] * 9 + [500] * 2 + [9999] * 7
    assert too_many == [9999] * 3
    assert heard == [200] * 3 + [9999]
    assert refusals() == [("product/getList", "signature", 9)]


def test_a_body_is_read_before_a_transaction_is_open(agiso):
    slow = Slow(b"{}")
    path = f"/door/{agiso.opened.door.uid}/agisoAcprSupplierApi/app/getAppId"

    assert agiso.client.post(path, content_type="application/json", **slow.sent).status_code == 200
    assert slow.was_within == {False}


def test_old_secrets_are_good_for_a_while_after_new_ones_were_made(agiso, sku):
    door_id, now = agiso.opened.door.door_id, NOON
    old = agiso.opened.door

    agiso.opened.door = channels.roll_door(
        door_id=door_id, overlap=timedelta(days=36_500), by=WANG, now=now
    )
    assert agiso.call("product/getList")["code"] == 200
    fresh, agiso.opened.door = agiso.opened.door, old
    assert agiso.call("product/getList")["code"] == 200

    channels.roll_door(door_id=door_id, overlap=timedelta(0), by=WANG, now=now)
    assert agiso.call("product/getList")["code"] == 401
    agiso.opened.door = fresh
    assert agiso.call("product/getList")["code"] == 401


def test_the_secrets_do_not_lie_in_the_clear(agiso, goofish):
    with tenant_atomic():
        kept = b"".join(bytes(door.secrets) for door in Door.objects.all())
        rows = repr(list(Door.objects.values()))

    for secret in (AGISO_SECRET, GOOFISH_SECRET, agiso.opened.secret, goofish.opened.secret):
        assert secret.encode() not in kept
        assert secret not in rows
    assert agiso.opened.secret not in repr(agiso.opened.door)


@pytest.mark.parametrize(
    ("terms", "param"),
    [
        ({"kind": "taobao"}, "kind"),
        ({"app_id": ""}, "app_id"),
        ({"app_id": "abc"}, "app_id"),
        ({"app_secret": Secret("short")}, "app_secret"),
        ({"app_secret": Secret("x" * 31)}, "app_secret"),
        ({"hosts": ("https://a.example/path",)}, "hosts"),
        ({"hosts": ("*",)}, "hosts"),
        ({"hosts": ("*.com",)}, "hosts"),
        ({"hosts": ("open.example.com:0",)}, "hosts"),
        ({"hosts": ("open.example.com:65536",)}, "hosts"),
        ({"hosts": tuple(f"h{n}.example" for n in range(21))}, "hosts"),
        ({"options": {"cards": "rot13"}}, "options"),
        ({"options": {"colour": "red"}}, "options"),
    ],
)
def test_a_door_that_could_not_work_is_not_opened(shop, terms, param):
    given = {"kind": "agiso", "app_id": APP_ID, "app_secret": Secret(AGISO_SECRET)} | terms

    with tenant_atomic():
        partner = make_partner()
    with pytest.raises(InvalidInput) as refusal:
        channels.open_door(partner_id=partner.pk, terms=DoorTerms(**given), by=WANG, now=NOON)

    assert refusal.value.param == param
    with tenant_atomic():
        assert not Door.objects.exists()


def test_in_production_a_door_calls_back_at_the_usual_port_only(shop, settings):
    settings.SUPPLIERS_MAY_BE_LOCAL = False

    with tenant_atomic(), pytest.raises(InvalidInput) as refusal:
        open_door("agiso", hosts=("open.example.com:8443",))

    assert refusal.value.param == "hosts"


@pytest.mark.parametrize(
    ("kind", "options", "is_opened"),
    [
        ("agiso", {"cards": "aes"}, True),
        ("agiso", {"cards": "plain"}, False),
        ("goofish", {}, False),
        ("kasushou", {}, True),
    ],
)
def test_cards_in_the_clear_are_not_sent_without_tls(shop, settings, kind, options, is_opened):
    settings.SUPPLIERS_MAY_BE_LOCAL = False

    with tenant_atomic():
        with suppress(InvalidInput):
            open_door(kind, hosts=("http://cb.example.com",), options=options)
        assert Door.objects.exists() == is_opened
