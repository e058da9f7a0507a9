"""Pages of a list: the newest first, by a cursor that is the last thing's own key, enciphered: keys
are counted through over all shops, and would tell how much the others sell."""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.db.models import Model, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from api.errors import CursorUnknown
from core.errors import InvalidInput
from core.scope import require_tenant

M = TypeVar("M", bound=Model)
USUAL, MOST = 20, 100
PARAMETERS = ("limit", "after")
BYTES, ZEROS = 8, bytes(8)  # a key, and what tells a cursor of ours
CURSOR = "c[0-9a-f]{32}"


def page_of(
    request: Request, found: "QuerySet[M]", told: Callable[[Sequence[M]], list[dict[str, Any]]]
) -> dict[str, Any]:
    """`{object, data, has_more, next}`: what comes after the cursor `after`, at most `limit`.

    `found` is in the order of its keys, the highest first: a row made meanwhile moves no page.
    """
    limit, after = _limit(request), request.query_params.get("after", "")
    if after:
        found = found.filter(pk__lt=_key(after, of=found.model))
    rows = list(found[: limit + 1])
    shown = rows[:limit]
    has_more = len(rows) > limit
    return {
        "object": "list",
        "data": told(shown),
        "has_more": has_more,
        "next": _cursor(shown[-1].pk, of=found.model) if has_more else None,
    }


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(USUAL))
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MOST):
        raise InvalidInput(_("A page has 1 to %(most)s things.") % {"most": MOST}, param="limit")
    return int(text)


def _cursor(key: int, *, of: type[Model]) -> str:
    enciphering = _cipher(of).encryptor()
    block = ZEROS + key.to_bytes(BYTES)
    return f"c{(enciphering.update(block) + enciphering.finalize()).hex()}"


def _key(cursor: str, *, of: type[Model]) -> int:
    if re.fullmatch(CURSOR, cursor):
        deciphering = _cipher(of).decryptor()
        block = deciphering.update(bytes.fromhex(cursor[1:])) + deciphering.finalize()
        if block.startswith(ZEROS):
            return int.from_bytes(block[BYTES:])
    raise CursorUnknown(_("Go on with the “next” that the last page gave."), param="after")


def _cipher(of: type[Model]) -> Cipher[modes.ECB]:
    """The shop's and the list's own, of one block: the same key is always the same cursor, and is
    none in another list."""
    whose = f"{require_tenant()}|{of._meta.label}"
    secret = salted_hmac("api.paging", whose, algorithm="sha256").digest()
    return Cipher(algorithms.AES(secret), modes.ECB())  # noqa: S305 -- a block alone
