"""What kind of file this is, told from its first bytes: encoding, line ends, delimiter."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from inventory.errors import FileRefused

ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
_BOMS = (
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FOREIGN = (
    (b"PK\x03\x04", "xlsx"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"%PDF", "PDF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
)
DASHES = "----"
SPACES = "space"
# In the order of trust: the first that splits the lines evenly is taken.
DELIMITERS = (DASHES, "\t", "|", ";", ",", "，", SPACES)
NONE = ""
SAMPLE = 200


def foreign_kind(head: bytes) -> str:
    """The kind of a file that is not text, by its signature; empty for what may be text."""
    return next((kind for sign, kind in _FOREIGN if head.startswith(sign)), "")


def find_encoding(head: bytes, later: Iterable[bytes]) -> str:
    """The encoding of a text file: by BOM, by the zeros of UTF-16, by what decodes.

    A head of plain ASCII says nothing yet, so the first later piece that is not decides.
    """
    if head.startswith(codecs.BOM_UTF8):
        return _best_decoding(head[len(codecs.BOM_UTF8) :])  # some tools put it before GB18030 too
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    if by_zeros := _utf16_by_zeros(head):
        return by_zeros
    if _looks_binary(head):
        raise FileRefused(_("This is not a text file. Save it as CSV, TXT or XLSX."))
    if head.isascii():
        head = next((piece for piece in later if not piece.isascii()), b"")
    return _best_decoding(head)


def _utf16_by_zeros(head: bytes) -> str:
    """ASCII text in UTF-16 has a zero in every second byte."""
    even, odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    half = max(1, len(head[:4096]) // 2)
    if odd > 0.4 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.1 * half:
        return "utf-16-be"
    return ""


def _looks_binary(head: bytes) -> bool:
    """Single NULs are known from real exports; a tenth of control bytes is no text at all."""
    odd_ones = head[:4096].translate(None, bytes(range(0x20, 0x100)) + b"\t\r\n")
    return len(odd_ones) * 10 > len(head[:4096])


def _best_decoding(piece: bytes) -> str:
    """UTF-8 if most lines that are not ASCII are valid in it, which GB18030 text hardly ever is.

    The other way round says nothing: most UTF-8 decodes as some rare GB18030 letters. A few
    Chinese words (影院, 浴室) do read as UTF-8 letters of two bytes: their lines have no vote.
    """
    found = [line for line in piece.replace(b"\r", b"\n").split(b"\n") if not line.isascii()]
    for sample in (found[1:-1], found):  # the piece may begin or end inside a letter
        votes = Counter(_speaks_for(line) for line in sample[:5000])
        if votes["gb18030"] != votes["utf-8"]:
            return "gb18030" if votes["gb18030"] > votes["utf-8"] else "utf-8"
    return "utf-8"


def _speaks_for(line: bytes) -> str:
    """Chinese is three bytes a letter in UTF-8; with two alone the line says nothing."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8" if max(text) > "\u07ff" else ""


def find_delimiter(lines: list[str]) -> str:
    """What separates the columns, or NONE for one code a line."""
    lines = [line for line in lines if line.strip()][:SAMPLE]
    return next((one for one in DELIMITERS if _splits_evenly(lines, one)), NONE)


def _splits_evenly(lines: list[str], delimiter: str) -> bool:
    split = splitter(delimiter)
    counts = Counter(len(split(line)) for line in lines)
    if not counts:
        return False
    width, often = counts.most_common(1)[0]
    # Blanks are also inside codes ("ABCD EFGH IJKL"): only a clear pair counts.
    is_wide = width == 2 if delimiter == SPACES else width >= 2
    return is_wide and often >= 0.8 * len(lines)


# `卡号：A001 密码：X1` is how many lists are sent: the names stand in each line, not above.
_LABEL = re.compile(
    r"(?:卡号|账号|帐号|序列号|卡密|密码|兑换码|激活码|充值码|券码|(?:有效|到期|截止)[期至日时间]{0,3})"
    r"\s*[:：]\s*"
)
_DASH_RUN = re.compile(r"\s*-{3,}\s*")


def splitter(delimiter: str) -> Callable[[str], list[str]]:
    """How to cut a line; names that stand before each value in it are left out."""
    cut = _cutter(delimiter)

    def split(line: str) -> list[str]:
        has_colon = "：" in line or ":" in line
        return cut(_LABEL.sub(" ", line) if has_colon else line)

    return split


def _cutter(delimiter: str) -> Callable[[str], list[str]]:
    """A quoted value is understood where tables quote: in CSV and its kin."""
    if delimiter == NONE:
        return lambda line: [line]
    if delimiter == DASHES:
        return lambda line: _DASH_RUN.split(line, maxsplit=10)
    if delimiter == SPACES:
        return lambda line: line.split()
    return lambda line: _split_table(line, delimiter)


def _split_table(line: str, delimiter: str) -> list[str]:
    if '"' not in line:
        return line.split(delimiter)
    # Line by line on purpose: an unbalanced quote spoils its own line, not the rest of the file.
    return next(csv.reader((line.replace("\0", ""),), delimiter=delimiter), [""])
