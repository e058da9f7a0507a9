"""A long bill: its beginning is looked at, the rest is read by a worker that may be killed."""

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from config import wiring
from core.errors import FileRefused
from core.leases import LeaseLost
from core.scope import bind, tenant_atomic
from core.states import MoveRefused
from core.uploads import old_files, seal_bytes
from fulfillment import services as fulfillment
from suppliers import services
from suppliers.errors import BillReadAlready
from suppliers.models import Bill, BillLine, BillMove, Break
from suppliers.selectors import due_bill_files, due_bills
from suppliers.services import bill_tables, billing, reading_bills, reading_on
from suppliers.services.bill_leases import LEASE
from tests.dashboard.test_bills import AHEAD
from tests.suppliers.bills import ZHAO, bought, file_of, line_of, match
from tests.suppliers.factories import make_offer
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
AFTER = LEASE + timedelta(seconds=5)


@pytest.fixture(autouse=True)
def _short(shop, settings, tmp_path, monkeypatch):
    """Five lines are a long file, and a stretch has ten."""
    settings.UPLOADS_DIR = tmp_path / "uploads"
    settings.FAILPOINTS_DIR = str(tmp_path)
    monkeypatch.setattr(billing, "AT_ONCE", 5)
    monkeypatch.setattr(reading_on, "STRETCH", 10)


@pytest.fixture
def offer():
    with tenant_atomic():
        return make_offer()


def numbered(count, amount="1.00"):
    return [f"A{at:04},,{amount},成功," for at in range(count)]


@tenant_atomic
def opened(offer, *lines, **given):
    bill, _reading = services.read_bill(
        supplier_id=offer.supplier_id, file=file_of(*lines, **given), by=ZHAO, now=NOON
    )
    return bill


@tenant_atomic
def reread(bill):
    return Bill.objects.get(pk=bill.pk)


@tenant_atomic
def count_of(rows):
    return rows.count()


@tenant_atomic
def moves_of(bill):
    moves = BillMove.objects.filter(bill=bill).order_by("pk")
    return list(moves.values_list("new", "reason", "by"))


def worked(bill, *, now=NOON):
    fulfillment.work_on_bill(bill_id=bill.pk, now=now)
    return reread(bill)


def killed_at(folder, point, bill, *, now):
    """Work on it in a process of its own that dies at the point; whether it did."""
    Path(folder, point).touch()
    connections.close_all()  # a child must not share the parent's connection
    child = os.fork()
    if child == 0:
        with bind(bill.tenant_id):
            fulfillment.work_on_bill(bill_id=bill.pk, now=now)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def test_a_long_bill_is_left_to_a_worker_who_reads_and_compares_it(offer):
    bill = opened(offer, *numbered(25))

    assert (bill.state, bill.count, bill.total_lines) == ("reading", 0, 26)
    assert due_bills(now=NOON, limit=9) == [(bill.tenant_id, bill.pk)]

    done = worked(bill)

    assert (done.state, done.count, done.total_e4) == ("matched", 25, 250_000)
    assert count_of(Break.objects.filter(bill=bill, kind="theirs_only")) == 25
    assert moves_of(bill) == [
        ("reading", "stored", ZHAO.label),
        ("read", "read", "system"),
        ("matching", "matching", "system"),
        ("matched", "matched", "system"),
    ]
    assert due_bills(now=NOON + AFTER, limit=9) == []
    assert list(old_files(before=AHEAD)) == []


def test_a_worker_that_is_killed_again_and_again_reads_each_line_once(offer, tmp_path):
    bill, now = opened(offer, *numbered(35)), NOON
    points = [
        "fulfillment.bill_after_claim",
        "suppliers.bill_after_stretch",  # 10 lines are there
        "suppliers.bill_in_stretch",
        "suppliers.bill_after_stretch",  # 20
        "suppliers.bill_in_stretch",
        "suppliers.bill_after_stretch",  # 30
    ]

    for point in points:
        assert killed_at(tmp_path, point, bill, now=now)
        now += AFTER
    half_way = reread(bill)
    assert killed_at(tmp_path, "fulfillment.bill_in_comparison", bill, now=now)
    compared = reread(bill)

    done = worked(bill, now=now + AFTER)

    assert (half_way.state, half_way.count, half_way.done_lines) == ("reading", 30, 31)
    assert (compared.state, compared.count) == ("matching", 35)
    assert (done.state, done.count, done.total_e4) == ("matched", 35, 350_000)
    assert count_of(BillLine.objects.filter(bill=bill)) == 35
    assert count_of(Break.objects.filter(bill=bill)) == 35


def test_while_one_worker_is_at_it_another_does_nothing(offer):
    bill = opened(offer, *numbered(15))
    first = services.claim_bill(bill_id=bill.pk, now=NOON)

    assert worked(bill, now=NOON + LEASE / 2).state == "reading"

    done = worked(bill, now=NOON + AFTER)
    with pytest.raises(LeaseLost), tenant_atomic():
        services.held_bill(lease=first, state=done.state)

    assert done.state == "matched"


def test_bad_lines_further_down_fail_the_bill_until_they_are_left_out(offer):
    bill = opened(offer, *numbered(12), "A9998,,much,成功,", ",,1.00,,", "A9999,,2.00,成功,")

    failed = worked(bill)
    assert (failed.state, failed.failure, failed.bad_count) == ("failed", "bad_lines", 2)
    assert failed.bad == [[14, "amount"], [15, "no_number"]]
    with pytest.raises(MoveRefused), tenant_atomic():
        services.ask_to_match(bill_id=bill.pk, by=ZHAO, now=NOON)

    with tenant_atomic():
        services.skip_bad_lines(bill_id=bill.pk, by=ZHAO, now=NOON)
    done = worked(bill)

    assert (done.state, done.count, done.total_e4, done.failure) == ("matched", 13, 140_000, "")


def test_bad_lines_that_may_be_left_out_are(offer):
    bill = opened(offer, *numbered(12), "A9999,,much,成功,", skips_bad=True)

    done = worked(bill)

    assert (done.state, done.count, done.bad_count) == ("matched", 12, 1)


def test_a_file_that_is_too_long_fails_and_leaves_nothing(offer, monkeypatch):
    monkeypatch.setattr(reading_bills, "MOST_LINES", 20)
    bill = opened(offer, *numbered(25))

    done = worked(bill)

    assert (done.state, done.failure, done.count) == ("failed", "file_refused", 0)
    assert count_of(BillLine.objects.filter(bill=bill)) == 0
    assert list(old_files(before=AHEAD)) == []
    with pytest.raises(FileRefused), tenant_atomic():
        services.skip_bad_lines(bill_id=bill.pk, by=ZHAO, now=NOON)


def test_a_file_that_is_gone_fails(offer, settings):
    bill = opened(offer, *numbered(25))
    Path(settings.UPLOADS_DIR, bill.sealed_name).unlink()

    assert (worked(bill).state, reread(bill).failure) == ("failed", "file_gone")


def test_a_file_that_failed_may_be_loaded_again_and_counts_once(offer, settings):
    bill = opened(offer, *numbered(25))
    with pytest.raises(BillReadAlready):
        opened(offer, *numbered(25))
    Path(settings.UPLOADS_DIR, bill.sealed_name).unlink()
    worked(bill)

    again = opened(offer, *numbered(25))

    assert worked(again).state == "matched"


def test_a_failed_bill_that_was_loaded_again_is_not_taken_as_well(offer):
    lines = [*numbered(12), "A9999,,much,成功,"]
    first = opened(offer, *lines)
    worked(first)
    opened(offer, *lines, skips_bad=True)

    with pytest.raises(BillReadAlready), tenant_atomic():
        services.skip_bad_lines(bill_id=first.pk, by=ZHAO, now=NOON)

    assert reread(first).state == "failed"


def test_what_is_wrong_with_us_leaves_a_compared_bill_to_be_compared_again(offer, monkeypatch):
    bill = opened(offer, *numbered(3))
    with tenant_atomic():
        match(bill)
        services.ask_to_match(bill_id=bill.pk, by=ZHAO, now=NOON)
    monkeypatch.setattr("fulfillment.services.reconciling._AT_ONCE", "a mistake of ours")
    with tenant_atomic():
        bought(offer, now=NOON)

    with pytest.raises(ValueError, match="integer"):
        worked(bill)

    assert (reread(bill).state, reread(bill).failure) == ("read", "error")
    monkeypatch.undo()
    with tenant_atomic():
        services.ask_to_match(bill_id=bill.pk, by=ZHAO, now=NOON)
    assert (worked(bill).state, reread(bill).failure) == ("matched", "")


def test_the_file_of_a_bill_that_waits_is_no_stray(offer):
    bill, stray = opened(offer, *numbered(25)), seal_bytes(b"nobody has its key").name

    wiring._forget_stray_files(AHEAD)

    assert due_bill_files(names=[bill.sealed_name, stray]) == {bill.sealed_name}
    assert list(old_files(before=AHEAD)) == [bill.sealed_name]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_signs_across_the_pieces_of_a_file_are_whole(offer, encoding, monkeypatch):
    monkeypatch.setattr(bill_tables, "_PIECE", 7)
    bill = opened(
        offer, *[line.replace("成功", "成功了") for line in numbered(25)], encoding=encoding
    )

    worked(bill)

    assert count_of(BillLine.objects.filter(bill=bill, said="成功了")) == 25


def test_a_long_bill_of_our_own_tries_agrees(offer):
    with tenant_atomic():
        lines = [line_of(bought(offer)) for _at in range(12)]
    bill = opened(offer, *lines)

    done = worked(bill)

    assert (done.state, count_of(Break.objects.exclude(kind="not_paid"))) == ("matched", 0)
