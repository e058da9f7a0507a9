"""From a merchant's JSON to a recipe, or to the name of the key that is wrong."""

import json

from suppliers.adapters.connector_call import FIELDS, SIGN, read_call
from suppliers.adapters.connector_reading import read_reading
from suppliers.adapters.connector_sealing import read_signature
from suppliers.adapters.connector_section import Section
from suppliers.adapters.connector_types import (
    ABSENT,
    TIMES,
    Balance,
    Exchange,
    Recipe,
    Signature,
)
from suppliers.types import Kind

LONGEST = 20_000
_BALANCE = frozenset({"app_id", "time", SIGN})
_QUERY = _BALANCE | {"number"}
_ORDER = _QUERY | {"product", "quantity", "target", "face_value", "most", "most_each", FIELDS}
_SAID_TO_ORDER = ("success", "accepted", "rejected", "failed")
_SAID_TO_QUERY = ("success", "accepted", "failed", ABSENT)
_UNSURE = ("accepted", "unknown")  # what a piece of a message may make of an answer


def read_recipe(text: str) -> Recipe:
    """Raises ValueError, whose message begins with the key that is wrong."""
    if len(text) > LONGEST:
        raise ValueError("recipe: is too long")
    try:
        found = json.loads(text)
    except json.JSONDecodeError as why:
        raise ValueError(f"recipe: is no JSON from line {why.lineno} on") from None
    except (ValueError, RecursionError):  # a number or a depth beyond reason
        raise ValueError("recipe: is no JSON") from None
    return _recipe(Section(found))


def _recipe(top: Section) -> Recipe:
    time = top.text("time", "seconds", among=tuple(TIMES))
    signature = read_signature(top.part(SIGN)) if top.has(SIGN) else None
    buys = top.has("order") or top.has("query") or not top.has("balance")
    order, query = (top.part("order"), top.part("query")) if buys else (None, None)
    balance = top.part("balance") if top.has("balance") else None
    top.close()
    return Recipe(
        time=time,
        sells=_sells(order) if order else frozenset(),
        most_quantity=order.count("most_quantity") if order else None,
        order=_order(order, signature) if order else None,
        query=_query(query, signature) if query else None,
        balance=_balance(balance, signature) if balance else None,
    )


def _order(part: Section, signature: Signature | None) -> Exchange:
    found = Exchange(
        call=read_call(part, signature, _ORDER),
        reading=read_reading(part, _SAID_TO_ORDER, others=("rejected",), words=_UNSURE),
    )
    part.close()
    return found


def _query(part: Section, signature: Signature | None) -> Exchange:
    found = Exchange(
        call=read_call(part, signature, _QUERY),
        reading=read_reading(part, _SAID_TO_QUERY, others=(), words=(*_UNSURE, ABSENT)),
    )
    part.close()
    return found


def _balance(part: Section, signature: Signature | None) -> Balance:
    has_state = part.has("state")
    found = Balance(
        call=read_call(part, signature, _BALANCE),
        amount=part.text("amount"),
        state=part.text("state", ""),
        done=part.text("done") if has_state else "",
        message=part.text("message", ""),
    )
    part.close()
    return found


def _sells(part: Section) -> frozenset[Kind]:
    said = part.texts("sells") if part.has("sells") else tuple(Kind)
    if not set(said) <= set(Kind):
        raise part.wrong("sells", f"of {', '.join(Kind)} some are wanted here")
    return frozenset(Kind(each) for each in said)
