import io
import struct
import zipfile
from datetime import date

import pytest
from django.utils import translation
from openpyxl import load_workbook

from core.workbooks import (
    MOST_INFLATED,
    SpoiltCell,
    measure,
    rows_of_workbook,
)
from inventory.errors import FileRefused
from inventory.services.importing.columns import named_field
from inventory.services.importing.template import template_file
from tests.inventory.importing.factories import make_workbook


def rebuilt(body: bytes, name: str, content: bytes) -> bytes:
    """The workbook with one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return out.getvalue()


def test_text_is_taken_as_it_stands_and_numbers_while_all_digits_are_known():
    body = make_workbook([["卡号", "卡密"], ["0012", "+1+1X"], [12345, 123456789012345]])

    rows = list(rows_of_workbook(body))

    assert rows == [["卡号", "卡密"], ["0012", "+1+1X"], ["12345", "123456789012345"]]
    assert not any(isinstance(cell, SpoiltCell) for row in rows for cell in row)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (1234567890123456, "lost_digits"),
        (1.23e15, "lost_digits"),
        (date(2027, 3, 4), "is_date"),
        (12.5, "not_whole"),
    ],
)
def test_what_excel_has_spoilt_is_marked_with_the_reason(cell, why):
    (row,) = rows_of_workbook(make_workbook([["A001", cell]]))

    assert isinstance(row[1], SpoiltCell)
    assert row[1].why == why


def test_a_formula_without_a_value_and_an_error_are_empty():
    (row,) = rows_of_workbook(make_workbook([["A001", "=NOW()", "#N/A", "B"]]))

    assert row == ["A001", "", "", "B"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_empty_table_is_all_text_and_known_again(language):
    with translation.override(language):
        body = template_file()

    sheet = load_workbook(io.BytesIO(body)).worksheets[0]
    (names, *_rows) = rows_of_workbook(body)
    assert [named_field(name) for name in names] == ["card_no", "secret", "expires_on"]
    assert {cell.number_format for cell in sheet[2]} == {"@"}


def test_hidden_sheets_are_passed_over_and_line_numbers_are_the_sheets():
    book = load_workbook(io.BytesIO(make_workbook([["HIDDEN"]], shown=[[], [], ["A", "B"]])))
    book["Sheet"].sheet_state = "hidden"
    book.active = book.index(book["shown"])
    book["shown"].merge_cells("A4:B5")
    body = io.BytesIO()
    book.save(body)

    rows = list(rows_of_workbook(body.getvalue()))

    assert rows[:3] == [["", ""], ["", ""], ["A", "B"]]
    assert not any(any(row) for row in rows[3:])


def test_a_bomb_is_refused_by_what_it_declares():
    body = rebuilt(make_workbook([["A"]]), "xl/worksheets/sheet1.xml", b" " * (MOST_INFLATED + 1))

    with pytest.raises(FileRefused):
        measure(body)


def test_a_bomb_that_declares_little_is_refused_by_what_it_holds():
    size = 8 * 1024 * 1024
    body = rebuilt(make_workbook([["A"]]), "xl/worksheets/sheet1.xml", b" " * size)
    lying = body.replace(struct.pack("<I", size), struct.pack("<I", 1000))
    assert lying != body

    with pytest.raises(FileRefused):
        measure(lying)


def test_two_cells_in_opposite_corners_are_refused():
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row>'
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    body = rebuilt(make_workbook([["A"]]), "xl/worksheets/sheet1.xml", sheet)

    with pytest.raises(FileRefused):
        list(rows_of_workbook(body))


def test_what_is_no_workbook_is_refused():
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("codes.txt", "A001,SECRET")
    whole = make_workbook([["A"]])

    for body in [other.getvalue(), whole[: len(whole) // 2], b"PK\x03\x04rubbish"]:
        with pytest.raises(FileRefused):
            list(rows_of_workbook(body))
