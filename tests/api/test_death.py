"""A process dies while it serves a partner: he asks again in the same words and has one order."""

import pytest

from channels.models import PartnerOrder
from core.scope import tenant_atomic
from inventory.models import Code
from payments.selectors import floored_balance
from tests.api.callers import Caller
from tests.channels.factories import RICH
from tests.orders.factories import stocked_sku

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
BATCHES = "/api/v1/order-batches"


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return stocked_sku(3)


@pytest.fixture
def books(keyed, sku):
    """What is written: orders, codes sold, money spent."""

    def look():
        with tenant_atomic():
            balance_e4, _floor = floored_balance(account_id=keyed.partner.account_id)
            sold = Code.objects.filter(sku=sku, state="sold").count()
            return PartnerOrder.objects.count(), sold, (RICH - balance_e4) // sku.price_e4

    return look


def test_who_dies_before_the_commit_leaves_nothing_and_the_next_try_begins_anew(
    caller, sku, dies, books
):
    assert dies("api.sold", lambda: caller.order(sku, key="K1"))
    left = books()

    told = caller.order(sku, key="K1")

    assert left == (0, 0, 0)
    assert (caller.status, len(told["units"]), books()) == (201, 1, (1, 1, 1))


def test_who_dies_before_the_answer_is_asked_again_and_gives_it(caller, keyed, sku, dies, books):
    assert dies("api.called", lambda: Caller(keyed).order(sku, key="K1"))
    left = books()

    told = caller.order(sku, key="K1")
    first = caller.raw
    caller.order(sku, key="K1")

    assert left == (1, 1, 1)
    assert caller.headers["Idempotent-Replayed"] == "true"
    assert (caller.status, len(told["units"]), caller.raw) == (201, 1, first)
    assert books() == (1, 1, 1)


def test_without_a_key_his_order_number_is_enough(caller, sku, dies, books):
    assert dies("api.called", lambda: caller.order(sku, "N1"))

    told = caller.order(sku, "N1")

    assert (caller.status, told["partner_order_no"], len(told["units"])) == (200, "N1", 1)
    assert books() == (1, 1, 1)


def test_a_batch_that_stopped_half_way_goes_on_and_repeats_no_line(caller, sku, dies, books):
    lines = [{"sku": sku.ref, "partner_order_no": number} for number in ("N1", "N2", "N3")]
    assert dies("api.line_sold", lambda: caller.post(BATCHES, {"orders": lines}))
    left = books()

    told = caller.post(BATCHES, {"orders": lines})

    assert left == (1, 1, 1)
    assert [one["status"] for one in told["results"]] == [200, 201, 201]
    assert len({one["body"]["units"][0]["code"] for one in told["results"]}) == 3
    assert books() == (3, 3, 3)
