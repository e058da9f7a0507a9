"""Rows for `COPY … (FORMAT binary)`: ciphertext and hashes only, into a table of this transaction.

Row-level security refuses `COPY` into the stock table itself, so the rows go into a temporary table
and from there, in one statement, where they belong. Its file is on disk but never in the WAL, and
holds nothing that stock does not hold sealed as well.
"""

import io
import struct
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from inventory.sealing import SealedCode

_SIGN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = struct.pack(">h", -1)
_EPOCH = date(2000, 1, 1).toordinal()
_LENGTH = struct.Struct(">i")
_NULL = _LENGTH.pack(-1)
_HASH_ROW = struct.Struct(">hiii32s")
_CODE_ROW = struct.Struct(">hiiihiii16si32si32s")

HASHES = "(line int, index_hash bytea)"
CODES = (
    "(line int, lane smallint, expires_on date, uid uuid, index_hash bytea, secret_hash bytea,"
    " card_no bytea, secret bytea)"
)


def pack_hash(line: int, index_hash: bytes) -> bytes:
    """A row of HASHES."""
    return _HASH_ROW.pack(2, 4, line, 32, index_hash)


def pack_code(line: int, day: date, uid: UUID, code: SealedCode) -> bytes:
    """A row of CODES; the lane is taken from the random uid."""
    raw = uid.bytes
    lane, days = raw[0] & 15, day.toordinal() - _EPOCH
    hashes = code.index_hash, 32, code.secret_hash
    head = _CODE_ROW.pack(8, 4, line, 2, lane, 4, days, 16, raw, 32, *hashes)
    card = _NULL if code.card_no is None else _LENGTH.pack(len(code.card_no)) + code.card_no
    return head + card + _LENGTH.pack(len(code.secret)) + code.secret


def copy_rows(cursor: Any, columns: str, rows: Iterable[bytes]) -> None:
    """Make the table `incoming` with these rows. `drop_rows` takes it away again."""
    body = io.BytesIO(b"".join((_SIGN, *rows, _END)))
    cursor.execute(f"CREATE TEMP TABLE incoming {columns} ON COMMIT DROP")
    cursor.copy_expert("COPY incoming FROM STDIN (FORMAT binary)", body, size=1 << 16)


def drop_rows(cursor: Any) -> None:
    """For the next stretch of the same transaction; a commit would do it as well."""
    cursor.execute("DROP TABLE incoming")
