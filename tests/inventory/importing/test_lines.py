from datetime import date

import pytest

from inventory.services.importing.columns import Field, Layout
from inventory.services.importing.dates import NEVER
from inventory.services.importing.lines import Expected, Format, Judge, Line, Reason, Refused

TODAY = date(2026, 11, 22)
LAYOUT = Layout(
    delimiter=",",
    has_header=False,
    columns=(Field.CARD_NO, Field.SECRET, Field.EXPIRES_ON, Field.FACE_VALUE, Field.COST),
)
FORMATS = {
    "secret": Format.from_json({"pattern": "[A-Z0-9-]+", "min": 4, "max": 5000}),
    "card_no": Format.from_json({"max": 8}),
}


def judge(*cells: str) -> Line | Refused:
    expected = Expected(default_day=NEVER, today=TODAY, face_value_e4=500_000, **FORMATS)
    return Judge(LAYOUT, expected).judge(7, cells)


def test_a_good_line_is_cleaned_and_read():
    assert judge(" A001", "ＳＥＣＲＥＴ－１ ", "2026/11/22", "50.00", "¥9.8750") == Line(
        7, "A001", "SECRET-1", TODAY, 98_750
    )


def test_what_is_left_out_has_its_default():
    assert judge("A001", "SECRET-1") == Line(7, "A001", "SECRET-1", NEVER, None)
    assert judge("A001", "SECRET-1", "长期", "", "") == Line(7, "A001", "SECRET-1", NEVER, None)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["A001"], Reason.TOO_FEW_COLUMNS),
        (["A001", " \u200b "], Reason.EMPTY),
        (["A001", "X" * 4097], Reason.TOO_LONG),
        (["A001", "AB\ufffdCD"], Reason.UNREADABLE),
        (["A001", "1.23E+15"], Reason.SCIENTIFIC),
        (["1.23457E+17", "SECRET-1"], Reason.SCIENTIFIC),
        (["A001", "abc"], Reason.SECRET_FORMAT),
        (["A00100100", "SECRET-1"], Reason.CARD_NO_FORMAT),
        (["A001", "SECRET-1", "31.12.2027"], Reason.BAD_DATE),
        (["A001", "SECRET-1", "2027-02-30"], Reason.BAD_DATE),
        (["A001", "SECRET-1", "2026-11-21"], Reason.EXPIRED),
        (["A001", "SECRET-1", "", "100"], Reason.BAD_FACE_VALUE),
        (["A001", "SECRET-1", "", "fifty"], Reason.BAD_FACE_VALUE),
        (["A001", "SECRET-1", "", "", "-3"], Reason.BAD_COST),
        (["A001", "SECRET-1", "", "", "NaN"], Reason.BAD_COST),
    ],
)
def test_a_line_that_is_not_loaded_has_a_reason(cells, reason):
    refused = judge(*cells)

    assert isinstance(refused, Refused)
    assert (refused.number, refused.reason) == (7, reason)


def test_a_refused_line_holds_masks_and_never_the_values():
    refused = judge("A0010010010010010", "SECRETSECRET0001")

    assert (refused.card_no, refused.secret) == ("A001••••0010", "SECR••••0001")


def test_of_an_empty_code_a_report_shows_nothing():
    refused = judge("A001", "")

    assert (refused.reason, refused.card_no, refused.secret) == (Reason.EMPTY, "••••", "")
