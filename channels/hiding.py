"""What of a call may be kept: its shape, and no secret of it."""

import json
from typing import Any

HIDDEN = "•••"
SECRETS = frozenset({"code", "card_no", "secret", "buyer"})  # goods, keys, and buyers' accounts
REFUSAL = "error"  # its `code` is a name, and no goods
LONGEST = 4_000


def masked(text: str) -> str:
    """JSON with its secrets hidden; what is no JSON is not kept at all."""
    try:
        found = json.loads(text)
    except ValueError:
        return ""
    return json.dumps(_hide(found), ensure_ascii=False)[:LONGEST]


def _hide(value: Any, *, in_refusal: bool = False) -> Any:
    if isinstance(value, list):
        return [_hide(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: HIDDEN
        if name in SECRETS and inner and not in_refusal
        else _hide(inner, in_refusal=name == REFUSAL)
        for name, inner in value.items()
    }
