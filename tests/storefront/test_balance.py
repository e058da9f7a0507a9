"""Paid from a balance: placed, paid and delivered in one go, or not at all."""

import pytest
from django.utils import timezone

from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from orders.models import Order
from payments.errors import BalanceTooLow
from payments.selectors import balance_of
from storefront import services
from tests.orders.factories import a_request
from tests.payments.factories import make_balance
from tests.storefront.factories import codes_left, stocked


def test_a_sale_from_a_balance_brings_its_codes_at_once(shop):
    sku = stocked(codes=3)
    account = make_balance(amount_e4=300_000)

    order = services.sell_from_balance(
        request=a_request(sku, 2), account_id=account.pk, now=timezone.now()
    )

    goods = fulfillment.goods_of_order(order_id=order.pk)
    assert len({unit.secret.reveal() for unit in goods}) == 2
    with tenant_atomic():
        assert balance_of(account_id=account.pk) == 100_000


def test_a_balance_too_low_leaves_nothing_behind(shop):
    sku = stocked(codes=3)
    account = make_balance(amount_e4=50_000)

    with pytest.raises(BalanceTooLow):
        services.sell_from_balance(
            request=a_request(sku, 1), account_id=account.pk, now=timezone.now()
        )

    assert codes_left(sku) == 3
    with tenant_atomic():
        assert Order.objects.count() == 0
        assert balance_of(account_id=account.pk) == 50_000
