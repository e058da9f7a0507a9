"""Where a door's platform sells counts as the order's channel: who forbids it is not asked."""

import pytest

from catalog.states import Kind
from core.scope import tenant_atomic
from orders.models import Order
from tests.catalog.factories import make_sku
from tests.doors.callers import Agiso, Goofish, open_door
from tests.doors.test_kasushou import Buyer, cards
from tests.orders.factories import PRICE
from tests.suppliers.factories import make_offer

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def offered(**terms):
    with tenant_atomic():
        sku = make_sku(kind=Kind.SUPPLIER_CODE)
        make_offer(sku=sku, cost_e4=PRICE // 2, **terms)
    return sku


def channels_of_orders():
    with tenant_atomic():
        return list(Order.objects.values_list("channel", flat=True))


@pytest.fixture(params=[Agiso, Goofish])
def market(request, shop):
    kind = {Agiso: "agiso", Goofish: "goofish"}[request.param]
    with tenant_atomic():
        return request.param(open_door(kind, hosts=("https://open.example.com",)))


def test_what_a_market_brings_is_an_order_of_its_channel(market):
    market.buy(offered())

    assert channels_of_orders() == ["taobao"]


def test_what_may_not_be_sold_at_a_market_is_sold_out_there(market):
    sku = offered(forbidden_channels=["taobao"])

    told = market.buy(sku)

    assert told["code"] in {1230, 1102}, told
    assert channels_of_orders() == []


def test_what_may_not_be_sold_at_a_market_is_listed_there_without_stock(shop):
    sku = offered(forbidden_channels=["taobao"])
    with tenant_atomic():
        goofish = Goofish(open_door("goofish"))

    assert goofish.call("goods/detail", goods_type=2, goods_no=sku.ref)["data"]["stock"] == 0


def test_who_docks_as_at_a_wholesaler_is_a_partner_platform(shop):
    """What Taobao must not have he may; what no partner platform may, he may not."""
    buyer = Buyer()
    free, closed = offered(forbidden_channels=["taobao"]), offered(forbidden_channels=["api"])

    assert buyer.buy(cards(free, quantity=1), "U1").outcome == "accepted"
    assert buyer.buy(cards(closed, quantity=1), "U2").outcome == "rejected"
    assert channels_of_orders() == ["api"]
