"""What of a call may be kept: its shape, and no secret of it."""

import json
import re
from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl, quote

from suppliers.hiding import hide_codes

HIDDEN = "•••"
SECRETS = frozenset({"code", "card_no", "secret", "buyer"})  # goods, keys, and buyers' accounts
# What a partner's program may send, and what of it is in a person's own words or an address of his.
# Under a name that is not here anything may stand: a misspelt buyer, say.
FIELDS = frozenset(
    {
        "amount", "buyer", "events", "kind", "max_amount", "orders", "partner_order_no", "position",
        "quantity", "reference", "return_url", "since", "sku", "state", "text", "type", "until",
        "url",
    }
)  # fmt: skip
WORDS = frozenset({"text", "reference"})
QUERY = frozenset(
    {
        "after", "created_since", "created_until", "endpoint", "event", "limit", "partner_order_no",
        "state", "type",
    }
)  # fmt: skip
REFUSAL = "error"  # its `code` is a name, and no goods
LONGEST = 4_000
_KEY = re.compile(r"qy_(live|test)_[A-Za-z0-9_-]+")


def masked_body(text: str) -> str:
    """What was sent, as JSON, with only what is known to be none of a secret."""
    return _masked(text, known=FIELDS)


def masked_answer(text: str) -> str:
    """What we said, as JSON with its secrets hidden; what is no JSON is not kept at all."""
    return _masked(text)


def masked_path(path: str) -> str:
    """An address as it was called, with what stands behind the “?” where that is harmless."""
    path, _mark, query = path.partition("?")
    told = [
        f"{name if name in QUERY else hide_codes(_without_keys(name))}="
        f"{quote(_without_keys(value), safe=':') if name in QUERY else HIDDEN}"
        for name, value in parse_qsl(query, keep_blank_values=True)
    ]
    return _without_keys(path) + ("?" + "&".join(told) if told else "")


def _masked(text: str, *, known: Collection[str] = ()) -> str:
    try:
        found = json.loads(text)
    except ValueError:
        return ""
    return json.dumps(_hide(found, known=known), ensure_ascii=False)[:LONGEST]


def _hide(value: Any, *, known: Collection[str], in_refusal: bool = False) -> Any:
    if isinstance(value, list):
        return [_hide(each, known=known) for each in value]
    if isinstance(value, str):
        return _without_keys(value)
    if not isinstance(value, dict):
        return value
    return {
        _shown_name(name, known): HIDDEN
        if _is_secret(name, known) and inner and not in_refusal
        else hide_codes(inner)
        if name in WORDS and isinstance(inner, str)
        else _hide(inner, known=known, in_refusal=name == REFUSAL)
        for name, inner in value.items()
    }


def _is_secret(name: str, known: Collection[str]) -> bool:
    return name in SECRETS or (bool(known) and name not in known)


def _shown_name(name: str, known: Collection[str]) -> str:
    return name if not known or name in known else hide_codes(_without_keys(name))


def _without_keys(text: str) -> str:
    return _KEY.sub(rf"qy_\1_{HIDDEN}", text)
