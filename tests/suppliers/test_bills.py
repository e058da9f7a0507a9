"""A supplier's bill: read with suspicion, compared with our own tries, settled line by line."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.db import DatabaseError, connection

from core.actors import SYSTEM
from core.errors import AppError, FileRefused, InvalidInput
from core.scope import tenant_atomic
from core.states import MoveRefused
from suppliers import services
from suppliers.errors import BillClosed, BillReadAlready, BreaksOpen
from suppliers.models import Bill, BillLine, BillMove, Break, BreakMove
from suppliers.services import bill_tables, bills, reading_bills
from suppliers.services import breaks as moving
from suppliers.services.bill_columns import columns_of
from suppliers.services.matching import charged
from suppliers.states import BILL_MOVES, BREAK_MOVES, BillState, BreakState
from tests.suppliers.bills import (
    DAY,
    HEADER,
    ZHAO,
    billed,
    bought,
    breaks,
    file_of,
    line_of,
    match,
    read,
)
from tests.suppliers.factories import make_offer, make_supplier, told
from tests.times import NOON

LATER = NOON + timedelta(hours=1)
FORBIDDEN = [(old, new) for old in BreakState for new in BreakState if new not in BREAK_MOVES[old]]

FORBIDDEN_TO_BILLS = [
    (old, new) for old in BillState for new in BillState if new not in BILL_MOVES[old]
]


@pytest.fixture(autouse=True)
def _in_scope(scope):
    """In the shop's transaction."""


@pytest.fixture
def offer():
    return make_offer()


def workbook_of(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def lines():
    rows = BillLine.objects.order_by("row")
    return list(rows.values_list("row", "number", "supplier_ref", "amount_e4", "said"))


# Reading


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_bill_is_read_in_the_encodings_that_suppliers_use(encoding):
    supplier = make_supplier()

    bill = billed(supplier, "A0001,P1,9.8750,成功,2026-11-22 12:00:00", encoding=encoding)

    assert lines() == [(2, "A0001", "P1", 98_750, "成功")]
    assert (bill.count, bill.total_e4, bill.state, bill.currency) == (1, 98_750, "read", "CNY")
    assert BillLine.objects.get().at == NOON


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("商户订单号,平台订单号,金额", {"number": 0, "supplier_ref": 1, "amount": 2}),
        ("订单号,客户订单号,扣款金额（元）", {"number": 1, "supplier_ref": 0, "amount": 2}),
        ("平台订单号,订单号,面值金额,金额", {"number": 1, "supplier_ref": 0, "amount": 3}),
        ("外部订单号,状态,下单时间,结算金额", {"number": 0, "said": 1, "at": 2, "amount": 3}),
        (
            "Our order no,Supplier order,Amount,Status,Time",
            {"number": 0, "supplier_ref": 1, "amount": 2, "said": 3, "at": 4},
        ),
        ("order_no,退款金额,amount", {"number": 0, "amount": 2}),
    ],
)
def test_columns_are_known_by_their_words(header, found):
    assert columns_of(header.split(",")) == found


def test_titles_above_the_header_sums_and_empty_lines_are_no_lines():
    file = file_of("", HEADER, "A1,P1,1,成功,", "合计,,1.00", header="对账单 2026-11,,,,")

    bill, _reading = read(make_supplier(), file)

    assert bill.count == 1
    assert lines()[0][:2] == (4, "A1")


def test_zeros_in_front_stay_and_quoted_lines_may_break():
    billed(make_supplier(), '="00123","`00P1",-1.5,"已\n退",', '\t00124\t,P2,"1,000.5",,')

    assert lines() == [
        (2, "00123", "00P1", -15_000, "已 退"),
        (4, "00124", "P2", 10_005_000, ""),
    ]


def test_a_workbook_is_read_and_no_formula_is_reckoned():
    rows = [["订单号", "金额"], ["00123", 9.875], ["A2", "=1+1"], [123456, 0.1 + 0.2]]
    file = file_of(body=workbook_of(*rows), skips_bad=True)

    _bill, reading = read(make_supplier(), file)

    assert [(row, number, amount) for row, number, _r, amount, _s in lines()] == [
        (2, "00123", 98_750),
        (4, "123456", 3_000),
    ]
    assert [bad.row for bad in reading.bad] == [3]


def test_a_mapping_says_which_column_is_what():
    file = file_of(
        "9.8750,A1,8", header="甲,乙,丙", mapping={"number": 1, "amount": 2, "colour": 0}
    )

    read(make_supplier(), file)

    assert lines() == [(2, "A1", "", 80_000, "")]


def test_columns_that_nobody_knows_are_asked_for():
    file = file_of("9.8750,A1,8", header="甲,乙,丙")

    with pytest.raises(FileRefused):
        read(make_supplier(), file)

    looked = services.look_at_bill(body=file.body, mapping=None)
    assert (looked.is_understood, looked.sample[1]) == (False, (2, ["9.8750", "A1", "8"]))


BAD = ["A1,,1.00,,", ",,1.00,,", "A2,,1.00001,,", "A3,,abc,,", "1.23E+15,,1.00,,", "A4,,1,5,,"]


def test_bad_lines_are_named_and_nothing_is_stored():
    bill, reading = read(make_supplier(), file_of(*BAD))

    assert bill is None
    assert ([bad.row for bad in reading.bad], reading.bad_count) == ([3, 4, 5, 6], 4)
    assert not Bill.objects.exists()
    assert not BillLine.objects.exists()


def test_bad_lines_are_left_out_when_it_is_said_so():
    bill, reading = read(make_supplier(), file_of(*BAD, skips_bad=True))

    assert (bill.count, reading.bad_count) == (2, 4)
    assert [line[1] for line in lines()] == ["A1", "A4"]


def test_the_same_file_is_read_once():
    supplier = make_supplier()
    billed(supplier, "A1,,1.00,,")

    with pytest.raises(BillReadAlready):
        read(supplier, file_of("A1,,1.00,,"))

    assert Bill.objects.count() == 1


def test_the_days_of_a_bill_are_in_order():
    with pytest.raises(InvalidInput) as refusal:
        read(make_supplier(), file_of("A1,,1.00,,", until=DAY - timedelta(days=1)))

    assert refusal.value.param == "until"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0" * 500,
        b"\xff\xfe\xff",
        b"\xff" * 99,
        b"PK\x03\x04 and no workbook",
        b"\xd0\xcf\x11\xe0 an old workbook",
        b"<html><table><tr><td>1</td></tr></table></html>",
        b'"' + b"x" * 200_000,
        "订单号,金额".encode(),
        "订单号,金额\nA1,\n".encode(),
        workbook_of(),
        workbook_of(["订单号", "金额"])[:-50],
    ],
    ids=range(12),
)
def test_no_file_is_more_than_refused(body):
    with pytest.raises(FileRefused):
        read(make_supplier(), file_of(body=body, skips_bad=True))

    assert not Bill.objects.exists()


@pytest.mark.parametrize("mapping", [{"number": 99, "amount": 98}, {"number": -1, "amount": 0}])
def test_a_mapping_beyond_the_table_finds_nothing(mapping):
    with pytest.raises(FileRefused):
        read(make_supplier(), file_of("A1,,1.00,,", mapping=mapping, skips_bad=True))


def test_too_much_is_refused_on_the_way(monkeypatch):
    monkeypatch.setattr(reading_bills, "MOST_LINES", 2)
    monkeypatch.setattr(bill_tables, "MOST_BYTES", 1_000)

    for body in (b"x" * 1_001, f"{HEADER}\nA,,1\nB,,1\nC,,1".encode()):
        with pytest.raises(FileRefused):
            read(make_supplier(), file_of(body=body))


# Comparing


def test_what_is_alike_is_no_break(offer):
    one = bought(offer)
    bill = billed(offer.supplier, line_of(one))

    matched = match(bill)

    assert (breaks(), matched.state, matched.matched_at) == ([], "matched", NOON)
    assert list(BillMove.objects.order_by("pk").values_list("new", "by")) == [
        ("read", ZHAO.label),
        ("matching", ZHAO.label),
        ("matched", ZHAO.label),
    ]


def test_each_difference_has_its_name(offer):
    missing, dearer, twice = bought(offer), bought(offer), bought(offer)
    unbilled, failed, waits = bought(offer), bought(offer, outcome="failed"), None
    waits = bought(offer, outcome="accepted")
    bill = billed(
        offer.supplier,
        line_of(dearer, "9.9000"),
        line_of(twice), line_of(twice),
        line_of(unbilled, said="已退款"),
        line_of(failed), line_of(waits),
        "STRANGE,P9,1.00,成功,",
    )  # fmt: skip

    match(bill)

    assert sorted(breaks()) == sorted(
        [
            ("ours_only", missing.number, 98_750, None, "open"),
            ("amount_differs", dearer.number, 98_750, 99_000, "open"),
            ("twice", twice.number, 98_750, 197_500, "open"),
            ("state_differs", unbilled.number, 98_750, 0, "open"),
            ("state_differs", failed.number, 0, 98_750, "open"),
            ("state_differs", waits.number, None, 98_750, "open"),
            ("theirs_only", "STRANGE", None, 10_000, "open"),
        ]
    )


def test_what_came_back_is_reckoned_with_what_was_taken(offer):
    back, failed = bought(offer), bought(offer, outcome="failed")
    services.take_back(attempt_id=back.pk, by=SYSTEM, reason="test", now=NOON)
    lines = [line_of(back), line_of(back, "-9.875", said="退款"), line_of(failed, said="失败")]

    match(billed(offer.supplier, *lines))

    assert breaks() == []


@pytest.mark.parametrize(
    ("amount_e4", "said", "takes"),
    [
        (10_000, "成功", 10_000),
        (10_000, "", 10_000),
        (10_000, "充值失败", 0),
        (10_000, "Refunded", 0),
        (10_000, "退款失败", 10_000),
        (10_000, "未退款", 10_000),
        (-10_000, "退款", -10_000),
    ],
)
def test_what_a_line_takes_is_what_its_word_says(amount_e4, said, takes):
    assert charged(amount_e4=amount_e4, said=said) == takes


def test_a_line_without_our_number_is_known_by_theirs(offer):
    one = bought(offer, ref="P77")

    match(billed(offer.supplier, line_of(one, number="")))

    assert breaks() == []


def test_another_suppliers_order_is_not_bought_there(offer):
    elsewhere = bought()

    match(billed(offer.supplier, line_of(elsewhere)))

    assert [found[:2] for found in breaks()] == [("theirs_only", elsewhere.number)]


def test_a_bill_is_about_its_days_in_the_merchants_zone(offer):
    midnight = NOON.replace(hour=16)  # in Shanghai
    last = bought(offer, now=midnight - timedelta(seconds=1))
    bought(offer, now=midnight)
    early = bought(offer, now=NOON - timedelta(days=2))

    match(billed(offer.supplier, line_of(early)))

    assert [found[:2] for found in breaks()] == [("ours_only", last.number)]


def test_what_stands_on_the_neighbours_bill_is_not_missing(offer):
    last = bought(offer, now=NOON.replace(hour=15, minute=59))
    next_day = DAY + timedelta(days=1)
    billed(offer.supplier, line_of(last), since=next_day, until=next_day)

    match(billed(offer.supplier, "A1,,-0.0,,"))

    assert breaks() == []


# A second time


def decided(verb, note="because", row=None):
    row = row or Break.objects.get()
    return verb(break_id=row.pk, note=note, by=ZHAO, now=NOON)


def test_a_second_time_changes_what_has_changed(offer):
    stays, goes = bought(offer), bought(offer, outcome="accepted")
    bill = billed(offer.supplier, line_of(stays, "1"), line_of(goes))
    match(bill)

    told(goes, "success", now=LATER, cost_e4=98_750)

    match(bill, now=LATER)

    states = dict(Break.objects.values_list("number", "state"))
    assert states == {stays.number: "open", goes.number: "closed"}
    assert list(BreakMove.objects.order_by("pk").values_list("old", "new", "reason", "by")) == [
        ("", "open", "found", "system"),
        ("", "open", "found", "system"),
        ("open", "closed", "gone", "system"),
    ]


def test_what_a_person_has_explained_stays(offer):
    one = bought(offer)
    bill = billed(offer.supplier, line_of(one, "1"))
    match(bill)
    decided(services.explain_break)

    match(bill, now=LATER)

    row = Break.objects.get()
    assert (row.state, row.note, row.by) == ("explained", "because", ZHAO.label)


def test_an_explanation_is_of_its_amounts(offer):
    one = bought(offer)
    bill = billed(offer.supplier, line_of(one, "1"))
    match(bill)
    decided(services.explain_break)
    BillLine.objects.update(amount_e4=20_000)

    match(bill, now=LATER)

    row = Break.objects.get()
    assert (row.state, row.theirs_e4, row.moves.latest("pk").reason) == ("open", 20_000, "changed")


def test_what_was_gone_and_is_there_again_is_open(offer):
    one = bought(offer)
    bill = billed(offer.supplier, line_of(one, "1"))
    match(bill)
    for amount in (98_750, 10_000):
        BillLine.objects.update(amount_e4=amount)
        match(bill, now=LATER)

    assert Break.objects.get().state == "open"


def test_what_a_person_has_closed_stays_closed(offer):
    bill = billed(offer.supplier, "STRANGE,,1.00,,")
    match(bill)
    decided(services.close_break)

    match(bill)

    assert Break.objects.get().state == "closed"


# Moves


def test_who_explains_says_why(offer):
    match(billed(offer.supplier, "STRANGE,,1.00,,"))

    with pytest.raises(InvalidInput):
        decided(services.explain_break, note="  ")

    assert Break.objects.get().state == "open"


def test_a_break_is_claimed_then_closed(offer):
    match(billed(offer.supplier, "STRANGE,,1.00,,"))

    decided(services.claim_break, note="they look for it")
    decided(services.close_break, note="")

    moves = BreakMove.objects.order_by("pk").values_list("new", "data")
    assert list(moves) == [("open", {}), ("claimed", {"note": "they look for it"}), ("closed", {})]
    assert Break.objects.get().note == "they look for it"


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_no_move_outside_the_table(offer, old, new):
    match(billed(offer.supplier, "STRANGE,,1.00,,"))
    Break.objects.update(state=old)
    row = Break.objects.get()

    with pytest.raises(MoveRefused):
        moving._move(row, new, reason="test", by=ZHAO, now=NOON)

    row.refresh_from_db()
    assert (row.state, row.moves.count()) == (old, 1)


@pytest.mark.parametrize(("old", "new"), FORBIDDEN_TO_BILLS)
def test_no_move_of_a_bill_outside_the_table(old, new):
    bill = billed(make_supplier(), "A1,,1.00,,")
    Bill.objects.update(state=old, matched_at=NOON)
    bill.refresh_from_db()

    with pytest.raises(MoveRefused):
        bills.move_bill(bill, new, reason="test", by=ZHAO, now=NOON)

    assert (Bill.objects.get().state, bill.moves.count()) == (old, 1)


@pytest.mark.parametrize("table", ["suppliers_billmove", "suppliers_breakmove"])
@pytest.mark.parametrize("statement", ["UPDATE {0} SET reason = 'x'", "DELETE FROM {0}"])
def test_a_history_is_never_changed(offer, table, statement):
    match(billed(offer.supplier, "STRANGE,,1.00,,"))

    with pytest.raises(DatabaseError), tenant_atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_a_bill_is_closed_when_nothing_in_it_is_open(offer):
    bill = billed(offer.supplier, "STRANGE,,1.00,,")
    with pytest.raises(MoveRefused):
        services.close_bill(bill_id=bill.pk, by=ZHAO, now=NOON)
    match(bill)
    with pytest.raises(BreaksOpen) as refusal:
        services.close_bill(bill_id=bill.pk, by=ZHAO, now=NOON)
    decided(services.claim_break)

    closed = services.close_bill(bill_id=bill.pk, by=ZHAO, now=NOON)

    assert (refusal.value.data, closed.state) == ({"open": 1}, "closed")
    with pytest.raises(BillClosed):
        match(bill)


# Terms


def test_the_terms_of_a_contract():
    supplier = make_supplier()
    given = {"cycle": "monthly", "contact": " 王经理 ", "contract_from": DAY, "contract_until": DAY}

    changed = services.change_terms(supplier_id=supplier.pk, given=given, by=ZHAO, now=NOON)

    assert (supplier.cycle, changed.cycle, changed.contact) == ("prepaid", "monthly", "王经理")


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"cycle": "yearly"}, "cycle"),
        ({"contact": "x" * 201}, "contact"),
        ({"contract_from": DAY, "contract_until": date(2026, 1, 1)}, "contract_until"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_terms_that_are_none_are_refused_by_name(given, param):
    supplier = make_supplier()

    with pytest.raises(AppError) as refusal:
        services.change_terms(supplier_id=supplier.pk, given=given, by=ZHAO, now=NOON)

    assert refusal.value.param == param
