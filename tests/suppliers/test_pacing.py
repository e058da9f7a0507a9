"""A supplier that fails is given a rest, and tried by one order at a time; none is overrun."""

from datetime import timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from suppliers import services
from suppliers.errors import SupplierBusy
from suppliers.models import Call
from suppliers.selectors import choose_offer, resting
from suppliers.services import pacing
from suppliers.types import Answer, Outcome, Sale
from tests.suppliers.factories import begun, make_offer
from tests.times import NOON

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
GOOD, SILENT = Answer(outcome=Outcome.SUCCESS), Answer(outcome=Outcome.UNKNOWN)
AWAY = Answer(outcome=Outcome.REJECTED, is_unreached=True)
_units = count(1)


@pytest.fixture(autouse=True)
def _in_scope(scope):
    """In the shop's transaction."""


@pytest.fixture
def offer():
    return make_offer()


def ordered(offer, answer, *, now=NOON):
    attempt = begun(unit_id=next(_units), offer=offer, now=now)
    services.mark_sent(attempt_id=attempt.pk, now=now)
    return services.record(attempt_id=attempt.pk, answer=answer, is_first=True, now=now)


def rests(offer, *, now=NOON):
    return resting(supplier_ids=[offer.supplier_id], now=now).get(offer.supplier_id)


def choose(offer, *, now=NOON):
    zone = ZoneInfo("UTC")
    sale = Sale(paid_e4=100_000)
    return choose_offer(sku_id=offer.sku_id, sale=sale, key="1", zone=zone, now=now)


@pytest.mark.parametrize("bad", [SILENT, AWAY], ids=["silent", "away"])
def test_after_failures_it_is_tried_by_one_order_and_rests_for_the_others(offer, bad):
    for _ in range(8):
        ordered(offer, bad)
    assert (rests(offer), choose(offer).is_probe) == ("probe", True)

    services.begin(unit_id=900, offer=offer, choice="probe", is_probe=True, now=NOON)

    assert rests(offer) == "rests"
    assert choose(offer).why == "0 of 1, 1 resting"
    assert not choose(offer).is_final
    assert rests(offer, now=NOON + 30 * SECOND) == "probe"


def test_two_who_would_try_it_are_one(offer):
    for _ in range(8):
        ordered(offer, SILENT)
    services.begin(unit_id=900, offer=offer, choice="probe", is_probe=True, now=NOON)

    with pytest.raises(SupplierBusy):
        services.begin(unit_id=901, offer=offer, choice="probe", is_probe=True, now=NOON)


def test_the_first_good_answer_ends_the_rest(offer):
    for _ in range(8):
        ordered(offer, SILENT)

    ordered(offer, GOOD, now=NOON + SECOND)

    assert rests(offer, now=NOON + SECOND) is None


def test_a_plain_no_is_a_good_answer(offer):
    for _ in range(10):
        ordered(offer, Answer(outcome=Outcome.REJECTED, reason="off the shelf"))

    assert rests(offer) is None


@pytest.mark.parametrize(
    ("answers", "is_resting"),
    [
        ([SILENT] * 7, False),
        ([GOOD] * 6 + [SILENT] * 5, False),
        ([GOOD] * 5 + [SILENT] * 5, True),
        ([SILENT] * 30 + [GOOD] * 12 + [SILENT] * 8, False),
    ],
    ids=["too few to tell", "fewer than half", "half", "only the last twenty count"],
)
def test_half_of_the_last_orders_must_have_failed(offer, answers, is_resting):
    for second, answer in enumerate(answers):
        ordered(offer, answer, now=NOON + second * SECOND)

    assert (rests(offer, now=NOON + MINUTE) is not None) is is_resting


def test_what_turns_out_well_has_not_gone_wrong(offer):
    attempts = [ordered(offer, SILENT) for _ in range(10)]
    assert rests(offer) is not None

    for attempt in attempts[:6]:
        services.record(attempt_id=attempt.pk, answer=GOOD, now=NOON)

    assert rests(offer) is None


def test_what_happened_long_ago_is_forgotten(offer):
    for _ in range(8):
        ordered(offer, SILENT)

    assert rests(offer, now=NOON + 11 * MINUTE) is None


def test_queries_that_fail_do_not_count(offer):
    attempt = ordered(offer, SILENT)
    for _ in range(9):
        services.record(attempt_id=attempt.pk, answer=SILENT, now=NOON)

    assert rests(offer) is None
    assert Call.objects.filter(kind="query", is_bad=True).count() == 9


def test_a_slow_answer_is_a_bad_one(offer):
    slow = Answer(outcome=Outcome.SUCCESS, took_ms=9_000)

    ordered(offer, slow)

    assert Call.objects.get().is_bad


def test_no_more_orders_a_minute_than_it_takes(offer):
    offer.supplier.most_per_minute = 60
    offer.supplier.save()

    def begins(at):
        try:
            begun(unit_id=next(_units), offer=offer, now=at)
        except SupplierBusy:
            return False
        return True

    assert [begins(NOON) for _ in range(5)] == [True, True, True, False, False]
    assert [begins(NOON + SECOND) for _ in range(2)] == [True, False]
    assert [begins(NOON + MINUTE) for _ in range(4)] == [True, True, True, False]


def test_one_supplier_has_not_all_hands_of_a_process(offer):
    key = {"supplier_id": offer.supplier_id, "is_first": True}
    hands = [pacing.speaking(**key) for _ in range(pacing.MOST_ORDERS)]
    for hand in hands:
        hand.__enter__()

    with pytest.raises(SupplierBusy):
        begun(unit_id=900, offer=offer)

    for hand in hands:
        hand.__exit__(None, None, None)
    assert begun(unit_id=900, offer=offer).state == "created"
    assert not pacing._speaking
