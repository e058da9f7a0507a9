"""From a merchant's JSON to a recipe, or to the name of the key that is wrong."""

import json

from suppliers.adapters.connector_call import FIELDS, SIGN, read_call, read_signature
from suppliers.adapters.connector_section import Section
from suppliers.adapters.connector_types import ABSENT, TIMES, Codes, Reading, Recipe
from suppliers.types import Outcome

LONGEST = 20_000
_BALANCE = frozenset({"app_id", "time", SIGN})
_QUERY = _BALANCE | {"number"}
_ORDER = _QUERY | {"product", "quantity", "target", "face_value", FIELDS}
_SAID_TO_ORDER = ("success", "accepted", "rejected", "failed")
_SAID_TO_QUERY = ("success", "accepted", "failed", ABSENT)


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
    order, query = top.part("order"), top.part("query")
    balance = top.part("balance") if top.has("balance") else None
    top.close()
    recipe = Recipe(
        time=time,
        order=read_call(order, signature, _ORDER),
        order_reading=_reading(order, _SAID_TO_ORDER),
        query=read_call(query, signature, _QUERY),
        query_reading=_reading(query, _SAID_TO_QUERY),
        balance=read_call(balance, signature, _BALANCE) if balance else None,
        amount=balance.text("amount") if balance else "",
    )
    for section in (order, query, balance):
        if section is not None:
            section.close()
    return recipe


def _reading(part: Section, words: tuple[str, ...]) -> Reading:
    return Reading(
        state=part.texts("state"),
        outcomes=_outcomes(part, words),
        reference=part.text("reference", ""),
        message=part.text("message", ""),
        cost=part.text("cost", ""),
        number=part.text("number", ""),
        product=part.text("product", ""),
        quantity=part.text("quantity", ""),
        target=part.text("target", ""),
        codes=_codes(part.part("codes")) if part.has("codes") else None,
    )


def _outcomes(part: Section, words: tuple[str, ...]) -> dict[str, Outcome | str]:
    found = part.table("outcomes")
    if not found:
        raise part.wrong("outcomes", "is missing, or empty")
    for word, said in found.items():
        if said not in words:
            raise part.wrong(f"outcomes.{word}", f"one of {', '.join(words)} is wanted here")
    return {word: said if said == ABSENT else Outcome(said) for word, said in found.items()}


def _codes(part: Section) -> Codes:
    found = Codes(
        path=part.text("list"), secret=part.text("secret", ""), number=part.text("number", "")
    )
    if found.number and not found.secret:
        raise part.wrong("secret", "is missing: a code's number alone is no code")
    part.close()
    return found
