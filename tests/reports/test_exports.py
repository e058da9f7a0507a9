"""A list from the asking to the file, and what may happen on the way."""

import io
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connections
from openpyxl import load_workbook
from openpyxl.worksheet import _writer

from core.errors import InvalidInput, NotAllowed, NotFound
from core.scope import bind, tenant_atomic
from fulfillment import services as fulfillment
from payments import services as payments
from reports import services as reports
from reports import tasks
from reports.errors import ExportGone, ExportNotReady, TooManyExports
from reports.models import MOST_AT_ONCE, Export, Piece
from reports.selectors import due_exports, due_old_exports
from reports.services import files, making
from reports.services.leases import LEASE, MOST_TRIES, claim
from reports.states import AT_WORK, ExportState
from risk import services as risk
from risk.types import NewListing
from suppliers.types import NewPayment
from tenants.models import AuditRow, Member
from tenants.roles import Role
from tests.catalog.factories import make_product, make_sku
from tests.channels.factories import WANG, make_partner
from tests.orders.factories import make_item, make_order, paid
from tests.reports.factories import actor, asked, body_of, lines_of, made, reread
from tests.risk.factories import a_case, assess, make_rule
from tests.suppliers.factories import make_supplier
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

DAY = timedelta(days=1)


def make_orders(count: int, **fields: str) -> None:
    with tenant_atomic():
        for _ in range(count):
            make_order(**fields)


def test_a_list_is_taken_as_it_is_filtered(shop):
    by = actor()
    with tenant_atomic():
        order = paid()
        make_order()

    export = made(by, query="state__exact=fulfilling&p=3&o=1")
    other = made(by, query=f"q={order.number}")

    assert export.state == ExportState.DONE
    assert (export.rows_done, export.rows_total) == (0, 0)
    (line,) = lines_of(other, by)
    assert line["Order number"] == order.number
    assert line["Total"] == "10.00"
    assert line["Phone"] == "****8000"
    assert line["Placed at"] == "2026-11-22 12:00:00"  # the shop's clock
    assert order.number.encode() not in bytes(other.query)


def test_a_workbook_keeps_numbers_exact_and_texts_harmless(shop):
    by = actor()
    with tenant_atomic():
        sku = make_sku(product=make_product(name="=HYPERLINK(1)"), name="620000000000000123")
        item = make_item(make_order(number="20261122000000000123"), sku)

    export = made(by, form="xlsx")

    book = load_workbook(io.BytesIO(body_of(export, by)))
    head, line = book.active.iter_rows(values_only=True)
    found = dict(zip(head, line, strict=True))
    assert found["Order number"] == "20261122000000000123"
    assert found["Goods"] == f"'{item.shown_name} × 1"
    assert (found["Total"], found["Quantity"]) == (10, 1)
    assert Piece.objects.using("ops").filter(is_file=False).count() == 0


def test_what_is_too_long_for_a_sheet_goes_on_on_the_next(shop, monkeypatch):
    monkeypatch.setattr(files, "ROWS_OF_A_SHEET", 2)
    by = actor()
    make_orders(3)

    book = load_workbook(io.BytesIO(body_of(made(by, form="xlsx"), by)))

    assert [sheet.max_row for sheet in book] == [3, 2]


def test_no_part_of_a_workbook_in_the_making_has_a_name_to_be_found_by(shop, monkeypatch):
    def named(suffix=""):
        raise AssertionError("a worker that is killed leaves it behind, in the clear")

    monkeypatch.setattr(_writer, "create_temporary_file", named)
    make_orders(1)

    assert made(actor(), form="xlsx").state == ExportState.DONE


def test_the_ledger_s_entries_come_to_nothing_and_name_no_shopper(shop):
    by = actor(Role.FINANCE)
    with tenant_atomic():
        order = paid(now=NOON)
        supplier = make_supplier(name="Acme")
        given = NewPayment(
            amount_e4=120_000, paid_on=NOON.date(), counts_on=None, how="bank", ref="B-1"
        )
        fulfillment.note_payment_to_supplier(supplier_id=supplier.pk, given=given, by=by, now=NOON)

    entries = lines_of(made(by, table="ledger", query="since=2026-11-22&until=2026-11-22"), by)
    (sent,) = lines_of(made(by, table="sent"), by)

    assert sum(Decimal(line["Amount"]) for line in entries) == 0
    found = [(line["What"], line["Whose"], line["Amount"]) for line in entries]
    assert ("Sent to a supplier", "Acme", "12.00") in found
    assert ("Order paid", "", f"{Decimal(order.total_e4) / 10_000:.2f}") in found
    assert (sent["Supplier"], sent["Amount"], sent["Reference"]) == ("Acme", "12.00", "B-1")
    assert lines_of(made(by, table="ledger", query="since=2026-11-23&until=2026-11-24"), by) == []


def test_costs_are_for_who_may_see_them(shop):
    owner, viewer = actor(), actor(Role.VIEWER)
    with tenant_atomic():
        make_sku(cost_hint_e4=70_000)

    (line,) = lines_of(made(owner, table="goods"), owner)
    (less,) = lines_of(made(viewer, table="goods"), viewer)

    assert line["Usual cost"] == "7.00"
    assert "Usual cost" not in less
    assert less["Price"] == line["Price"]


def test_rights_are_asked_again_at_the_download(shop):
    by = actor()
    export = made(by, table="goods")
    with tenant_atomic():
        Member.objects.filter(user_id=by.user_id).update(role=Role.VIEWER)

    with pytest.raises(NotAllowed):
        body_of(export, by)

    with tenant_atomic():
        Member.objects.filter(user_id=by.user_id).update(is_active=False)
    with pytest.raises(NotAllowed):
        asked(by)


def test_a_right_lost_meanwhile_ends_it(shop, monkeypatch):
    by = actor()
    export = asked(by, table="goods")
    with tenant_atomic():
        Member.objects.filter(user_id=by.user_id).update(role=Role.SUPPORT)

    reports.run_export(export_id=export.pk, now=NOON)

    assert (reread(export).state, reread(export).failure) == (ExportState.FAILED, "not_allowed")
    again = reports.try_export_again(ref=export.ref, by=by, now=NOON)
    assert again.state == ExportState.WAITING


def test_each_rule_that_spoke_has_a_line(shop):
    by = actor()
    with tenant_atomic():
        when = {"fact": "amount", "op": ">", "value": "1.00"}
        for name in ("Many", "Much"):
            make_rule(when, name=name, action="tag")
        assess(case=a_case(subject="20261128-1"))

    lines = lines_of(made(by, table="hits"), by)

    assert {(line["Rule"], line["Order number"]) for line in lines} == {
        ("Many", "20261128-1"),
        ("Much", "20261128-1"),
    }


def test_a_list_that_spoke_is_called_by_its_name(shop):
    by = actor()
    entry = NewListing(listing="watch", trait="ip", value="203.0.113.7")
    with tenant_atomic():
        risk.add_to_list(entries=[entry], by=by, now=NOON)
        assess(case=a_case())

    (line,) = lines_of(made(by, table="hits"), by)

    assert line["Rule"] == "Watch list"


def test_nobody_else_is_given_it(shop):
    export, other = made(actor()), actor(Role.OPERATOR)

    with pytest.raises(NotFound):
        body_of(export, other)


def test_the_same_asking_twice_is_one_export(shop):
    by = actor()
    one = asked(by)

    assert asked(by, uid=one.uid) == one


@pytest.mark.parametrize("query", ["state__exact=1&nothing=2", "q=%00", "a&" * 1_001])
def test_an_address_that_means_nothing_is_refused(shop, query):
    with pytest.raises(InvalidInput):
        asked(actor(), query=query)


def test_a_killed_worker_s_export_goes_on_where_it_stopped(shop, monkeypatch, dies):
    monkeypatch.setattr(making, "STRETCH", 2)
    by = actor()
    make_orders(5)
    export = asked(by)

    def run() -> None:
        with bind(shop.pk):
            reports.run_export(export_id=export.pk, now=NOON)

    assert dies("reports.after_stretch", run)

    assert (reread(export).state, reread(export).rows_done) == (ExportState.RUNNING, 2)
    assert due_exports(now=NOON, limit=9) == []
    later = NOON + 2 * LEASE
    assert due_exports(now=later, limit=9) == [(shop.pk, export.pk)]
    make_orders(1)  # what comes meanwhile is no part of it
    reports.run_export(export_id=export.pk, now=later)
    assert reread(export).state == ExportState.DONE
    numbers = [line["Order number"] for line in lines_of(export, by)]
    assert len(numbers) == len(set(numbers)) == 5


def test_who_comes_while_one_is_at_work_does_nothing(shop):
    export = asked(actor())
    lease = claim(export.pk, now=NOON)

    reports.run_export(export_id=export.pk, now=NOON)

    assert reread(export).state == ExportState.RUNNING
    assert reread(export).fence == lease.fence


def test_what_workers_die_of_is_given_up(shop):
    export = asked(actor())

    for number in range(MOST_TRIES + 1):
        claim(export.pk, now=NOON + number * 2 * LEASE)

    assert (reread(export).state, reread(export).failure) == (ExportState.FAILED, "broken")


def test_a_canceled_export_stops(shop, monkeypatch):
    monkeypatch.setattr(making, "STRETCH", 1)
    by = actor()
    make_orders(3)
    export = asked(by)
    monkeypatch.setattr(
        making, "reach", lambda _: reports.cancel_export(ref=export.ref, by=by, now=NOON)
    )

    reports.run_export(export_id=export.pk, now=NOON)

    assert (reread(export).state, reread(export).rows_done) == (ExportState.CANCELED, 1)
    assert Piece.objects.using("ops").count() == 0
    with pytest.raises(ExportNotReady):
        body_of(export, by)


def test_three_at_a_time_whoever_is_quick(shop):
    people = [actor(role) for role in Role.values]
    start, refused = Barrier(len(people)), []

    def ask(by) -> None:
        with bind(shop.pk):
            start.wait()
            try:
                asked(by)
            except TooManyExports:
                refused.append(by)
        connections.close_all()

    threads = [Thread(target=ask, args=[by]) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with tenant_atomic():
        assert Export.objects.filter(state__in=AT_WORK).count() == MOST_AT_ONCE
    assert len(refused) == len(people) - MOST_AT_ONCE


def test_a_file_is_forgotten_after_a_week(shop):
    by = actor()
    export = made(by)
    late = NOON + reports.KEPT + DAY

    with pytest.raises(ExportGone):
        body_of(export, by, now=late)
    assert due_old_exports(now=NOON + DAY, limit=9) == []
    assert due_old_exports(now=late, limit=9) == [(shop.pk, export.pk)]
    reports.forget_export(export_id=export.pk, now=late)

    gone = reread(export)
    assert (gone.state, gone.query, gone.file_key) == (ExportState.GONE, None, None)
    assert Piece.objects.using("ops").count() == 0


def test_it_is_written_down_who_took_what(shop):
    by = actor()
    make_orders(1)
    body_of(made(by), by)

    with tenant_atomic():
        rows = list(AuditRow.objects.filter(action__startswith="export.").order_by("pk"))

    assert [(row.action, row.target, row.user_id) for row in rows] == [
        ("export.asked", "orders", by.user_id),
        ("export.taken", "orders", by.user_id),
    ]
    assert rows[1].data["rows"] == 1


def test_the_worker_s_tasks_are_the_services(shop):
    export = asked(actor())

    tasks.run_export.apply(kwargs={"export_id": export.pk}, headers={"tenant_id": shop.pk})

    assert reread(export).state == ExportState.DONE


def moved(partner, amount_e4, ref, at):
    payments.correct_balance(
        account_id=partner.account_id, amount_e4=amount_e4, ref=ref, by=WANG, now=at
    )


@pytest.fixture
def partners(shop):
    """Acme had 10.00 before the month, and moved twice in it; Bolt moved once."""
    with tenant_atomic():
        acme, bolt = (make_partner(name=name, balance_e4=0) for name in ("Acme", "Bolt"))
    moved(acme, 100_000, "before", NOON - 40 * DAY)
    moved(acme, 500_000, "first", NOON)
    moved(bolt, 70_000, "other", NOON)
    moved(acme, -98_750, "second", NOON)
    return acme, bolt


def test_a_partners_statement_of_a_month_is_made_in_the_background(shop, partners, monkeypatch):
    monkeypatch.setattr(making, "STRETCH", 1)
    by = actor(Role.FINANCE)

    export = made(by, table="statements", query=f"partner={partners[0].ref}&month=2026-11")

    assert (export.rows_done, export.rows_total) == (2, 2)
    lines = lines_of(export, by)
    assert [(one["Amount"], one["Balance"], one["Partner"]) for one in lines] == [
        ("-9.8750", "50.1250", "Acme"),
        ("50.00", "60.00", "Acme"),
    ]


def test_all_partners_statements_are_a_list_too(shop, partners):
    by = actor()

    lines = lines_of(made(by, table="statements"), by)

    assert [(one["Partner"], one["Balance"]) for one in lines] == [
        ("Acme", "50.1250"),
        ("Bolt", "7.00"),
        ("Acme", "60.00"),
        ("Acme", "10.00"),
    ]


@pytest.mark.parametrize("query", ["month=2026-11", "partner=NOBODY&month=2026-11", "month=x"])
def test_a_statement_of_nobody_is_refused(shop, partners, query):
    by = actor()

    with pytest.raises(InvalidInput):
        asked(by, table="statements", query=query)


def test_who_sees_no_money_takes_no_statements(shop, partners):
    with pytest.raises(NotAllowed):
        asked(actor(Role.OPERATOR), table="statements")
