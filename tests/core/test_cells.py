"""What a spreadsheet is given."""

import pytest

from core.cells import as_cell, from_cell


@pytest.mark.parametrize("first", "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
def test_no_text_becomes_a_formula(first):
    assert as_cell(f"{first}1+1") == f"'{first}1+1"


@pytest.mark.parametrize("text", ["=1", "\uff0b86", "plain", "'quoted", ""])
def test_a_cell_is_read_as_the_text_that_it_was_made_of(text):
    assert from_cell(as_cell(text)) == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [("x\x1b[31my", "x[31my"), ("\0=1", "'=1"), ("a\uffffb", "ab"), ("a\nb\tc", "a\nb\tc")],
)
def test_what_no_workbook_can_hold_is_left_out(text, cell):
    assert as_cell(text) == cell
