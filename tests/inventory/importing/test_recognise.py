"""What a file is: encoding, line ends, delimiter, header, columns."""

import codecs

import pytest

from core.uploads import FRAME, seal_bytes
from inventory.errors import FileRefused
from inventory.services.importing.columns import Field, guess_layout
from inventory.services.importing.sniffing import (
    DASHES,
    NONE,
    SPACES,
    find_delimiter,
    find_encoding,
    foreign_kind,
    splitter,
)
from inventory.services.importing.source import TEXT, Source
from inventory.services.importing.text import MOST_LINE, blocks_of_lines

TABLE = "卡号,卡密\r\nA001,密码一二三\r\nA002,密码四五六\r\n"
ENCODED = [
    (TABLE.encode(), "utf-8"),
    (codecs.BOM_UTF8 + TABLE.encode(), "utf-8"),
    (TABLE.encode("gb18030"), "gb18030"),
    (codecs.BOM_UTF8 + TABLE.encode("gb18030"), "gb18030"),
    (codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le"), "utf-16-le"),
    (codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"), "utf-16-be"),
]


def read_rows(body: bytes, *, delimiter: str = ",", has_header: bool = False) -> list:
    encoding = find_encoding(body[:FRAME], [body[FRAME:]])
    source = Source(sealed=seal_bytes(body), kind=TEXT, encoding=encoding)
    return list(source.rows(delimiter=delimiter, has_header=has_header))


@pytest.mark.parametrize(("body", "encoding"), ENCODED)
def test_the_encoding_is_found_and_the_rows_come_out_the_same(body, encoding):
    assert find_encoding(body, []) == encoding
    assert read_rows(body, has_header=True) == [
        (2, ["A001", "密码一二三"]),
        (3, ["A002", "密码四五六"]),
    ]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_its_zeros(encoding):
    assert find_encoding("A001,SECRET\r\n".encode(encoding) * 5, []) == encoding


def test_chinese_words_that_also_read_as_utf_8_do_not_decide_the_encoding():
    """影院 in GB18030 is two good UTF-8 letters, Ӱ and Ժ."""
    body = "卡密,备注\n".encode("gb18030") + "A001,影院\n".encode("gb18030") * 30

    assert "影院".encode("gb18030").decode("utf-8") == "ӰԺ"
    assert find_encoding(body, []) == "gb18030"


def test_european_letters_in_utf_8_stay_utf_8():
    assert find_encoding("A001,Café\n".encode() * 30, []) == "utf-8"


def test_chinese_after_a_megabyte_of_ascii_decides_the_encoding():
    body = b"A001,SECRET-0001\n" * 70_000 + "尾,密码\n".encode("gb18030")

    rows = read_rows(body)

    assert rows[-1] == (70_001, ["尾", "密码"])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_one(end):
    body = end.join(["A,1", "B,2", "", "C,3"]).encode()

    assert read_rows(body) == [(1, ["A", "1"]), (2, ["B", "2"]), (4, ["C", "3"])]


def test_line_ends_may_lie_across_two_frames():
    frames = [b"A\r", b"\nB\r", b"C"]

    assert [line for block in blocks_of_lines(frames, "utf-8") for line in block] == ["A", "B", "C"]


def test_bytes_of_another_encoding_spoil_their_own_line_only():
    body = "好的,1\n".encode() * 20 + "坏的".encode("gb18030") + b",2\n" + "好的,3\n".encode()

    rows = read_rows(body)

    assert "\ufffd" in rows[20][1][0]
    assert rows[21] == (22, ["好的", "3"])


def test_a_line_that_never_ends_is_cut_and_not_collected():
    frames = [b"x" * FRAME] * 20 + [b"\nNEXT\n"]

    lines = [line for block in blocks_of_lines(frames, "utf-8") for line in block]

    assert [len(line) for line in lines] == [MOST_LINE + 1, 4] or len(lines[0]) > MOST_LINE


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [
        (["A001----S1", "A002----S2"], DASHES),
        (["A001 --- S1", "A002---S2"], DASHES),
        (["A001\tS1", "A002\tS2"], "\t"),
        (["A001,S1", "A002,S2"], ","),
        (["A001，S1", "A002，S2"], "，"),
        (["A001;S1", "A002;S2"], ";"),
        (["A001|S1", "A002|S2"], "|"),
        (["A001 S1", "A002  S2"], SPACES),
        (["ABCD EFGH IJKL", "ABCD EFGH IJKM"], NONE),
        (["ABCD-EFGH-IJKL", "ABCD-EFGH-IJKM"], NONE),
        ([], NONE),
    ],
)
def test_the_delimiter_is_the_one_that_cuts_evenly(lines, delimiter):
    assert find_delimiter(lines) == delimiter


@pytest.mark.parametrize(
    ("line", "delimiter", "cells"),
    [
        ("卡号：A001 密码：X1", SPACES, ["A001", "X1"]),
        ("卡号:A001密码: X1", SPACES, ["A001", "X1"]),
        ("卡号：A001，密码：X1", "，", ["A001", "X1"]),
        ("兑换码：X1", NONE, ["X1"]),
        ("https://a.example/x?code=1", NONE, ["https://a.example/x?code=1"]),
    ],
)
def test_names_before_each_value_are_left_out(line, delimiter, cells):
    assert find_delimiter([line] * 3) == delimiter
    assert [cell.strip() for cell in splitter(delimiter)(line)] == cells


def test_quotes_are_understood_and_an_open_one_spoils_its_own_line_only():
    split = splitter(",")

    assert split('"A,1","S ""x"""') == ["A,1", 'S "x"']
    assert split('"A,1') == ["A,1"]
    assert split("A,1") == ["A", "1"]


@pytest.mark.parametrize(
    ("rows", "has_header", "columns"),
    [
        (
            [["卡号", "密码", "有效期至", "面值", "成本价", "备注"]],
            True,
            ("card_no", "secret", "expires_on", "face_value", "cost", "note"),
        ),
        ([["Card No.", "PIN", "Expiry date"]], True, ("card_no", "secret", "expires_on")),
        ([["兑换码"], ["ABCD-1234"]], True, ("secret",)),
        ([["卡号"], ["ABCD-1234"]], True, ("secret",)),
        ([["ABCD-1234"], ["ABCD-1235"]], False, ("secret",)),
        ([["A001", "S-1"], ["A002", "S-2"]], False, ("card_no", "secret")),
        ([["S-1", "2027-12-31"], ["S-2", "2027-12-31"]], False, ("secret", "expires_on")),
        (
            [["A001", "S-1", "2027/1/31"], ["A002", "S-2", "2027年2月1日"]],
            False,
            ("card_no", "secret", "expires_on"),
        ),
    ],
)
def test_the_columns_are_guessed_from_names_or_values(rows, has_header, columns):
    layout = guess_layout(rows, delimiter=",")

    assert layout.has_header is has_header
    assert layout.columns == tuple(Field(column) for column in columns)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "xls"),
        (b"Rar!\x1a", "RAR"),
        (b"A,1", ""),
    ],
)
def test_files_that_are_not_text_are_known_by_their_signature(body, kind):
    assert foreign_kind(body) == kind


def test_binary_is_refused():
    with pytest.raises(FileRefused):
        find_encoding(bytes(range(32)) * 100, [])
