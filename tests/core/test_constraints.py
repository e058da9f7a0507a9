import pytest
from django.db import IntegrityError, connection

from core.scope import tenant_atomic
from orders.models import Order
from tests.orders.factories import make_order

pytestmark = pytest.mark.usefixtures("scope")


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        ({"state": "lost"}, "order_state_known"),
        ({"list_e4": -100}, "order_list_price_can_be_paid"),
        ({"discount_e4": 100}, "order_total_is_list_less_discount"),
        ({"state": "paid"}, "order_goes_on_only_if_paid"),
    ],
)
def test_a_refused_row_names_the_rule_it_broke(changed, broken):
    order = make_order()

    with pytest.raises(IntegrityError, match=broken) as refusal, tenant_atomic():
        Order.objects.filter(pk=order.pk).update(**changed)

    told = refusal.value.__cause__.diag
    assert (told.table_name, told.constraint_name) == ("orders_order", broken)


def test_what_is_neither_true_nor_false_passes():
    with connection.cursor() as cursor:
        cursor.execute("SELECT payments_notice_rules(NULL, 1)")
        passes = cursor.fetchone()

        with pytest.raises(IntegrityError, match="notice_not_negative"), tenant_atomic():
            cursor.execute("SELECT payments_notice_rules(NULL, -1)")

    assert passes == (True,)
