"""Pages of a list: the newest first, by a cursor that is the last thing's own key."""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from api.errors import CursorUnknown
from core.errors import InvalidInput

M = TypeVar("M", bound=Model)
USUAL, MOST = 20, 100
_CURSOR = re.compile(r"c[0-9a-f]{1,15}")


def page_of(
    request: Request, found: "QuerySet[M]", told: Callable[[Sequence[M]], list[dict[str, Any]]]
) -> dict[str, Any]:
    """`{object, data, has_more, next}`: what comes after the cursor `after`, at most `limit`.

    `found` is in the order of its keys, the highest first: a row made meanwhile moves no page.
    """
    limit, after = _limit(request), request.query_params.get("after", "")
    if after:
        found = found.filter(pk__lt=_key(after))
    rows = list(found[: limit + 1])
    shown = rows[:limit]
    has_more = len(rows) > limit
    return {
        "object": "list",
        "data": told(shown),
        "has_more": has_more,
        "next": f"c{shown[-1].pk:x}" if has_more else None,
    }


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(USUAL))
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MOST):
        raise InvalidInput(_("A page has 1 to %(most)s things.") % {"most": MOST}, param="limit")
    return int(text)


def _key(cursor: str) -> int:
    if not _CURSOR.fullmatch(cursor):
        raise CursorUnknown(_("Go on with the “next” that the last page gave."), param="after")
    return int(cursor[1:], 16)
