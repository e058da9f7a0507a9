"""What a recipe understands of an answer: nothing that is not on its map."""

from typing import Any

from core.secrets import Secret
from suppliers.adapters.canon import read_exact
from suppliers.adapters.connector_types import ABSENT, Codes, Reading
from suppliers.errors import NoAnswer
from suppliers.types import Answer, BoughtCode, Outcome, Reply, read_e4


def object_of(reply: Reply) -> dict[str, Any]:
    if not 200 <= reply.status < 300:
        raise NoAnswer(f"HTTP {reply.status}")
    found = read_exact(reply)
    if not isinstance(found, dict):
        raise NoAnswer("the body is no JSON object")
    return found


def read_answer(found: dict[str, Any], reading: Reading, *, number: str) -> Answer:
    """Raises NoAnswer for a word that is not on the map, or an answer about another order."""
    state = "/".join(word_at(found, path) for path in reading.state)
    outcome = reading.outcomes.get(state)
    if outcome is None:
        raise NoAnswer(f"state {state!r} is not on the map"[:200])
    reason = (word_at(found, reading.message) or f"state {state}")[:200]
    if outcome == ABSENT:
        return Answer(outcome=Outcome.UNKNOWN, reason=reason, is_absent=True)
    outcome = Outcome(outcome)
    is_done = outcome is Outcome.SUCCESS
    _check_number(word_at(found, reading.number), reading, number=number, is_done=is_done)
    cost, quantity = word_at(found, reading.cost), word_at(found, reading.quantity)
    return Answer(
        outcome=outcome,
        supplier_ref=word_at(found, reading.reference),
        codes=_codes(found, reading.codes) if is_done and reading.codes else (),
        cost_e4=read_e4(cost) if cost else None,
        reason=reason,
        product=word_at(found, reading.product),
        quantity=int(quantity) if quantity else None,
        target=word_at(found, reading.target),
    )


def word_at(found: Any, path: str) -> str:
    """The text at a dotted path, "" if there is none; raises NoAnswer for what is no text."""
    value = _at(found, path) if path else None
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        raise NoAnswer(f"what stands at {path} is no text")
    return value


def _at(found: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(found, dict):
            found = found.get(step)
        elif isinstance(found, list) and step.isdecimal() and int(step) < len(found):
            found = found[int(step)]
        else:
            return None
    return found


def _check_number(said: str, reading: Reading, *, number: str, is_done: bool) -> None:
    """Where the number is said, it is ours; a success that is to say it says it."""
    if said != number and (said or (reading.number and is_done)):
        raise NoAnswer("an answer about another order")


def _codes(found: Any, where: Codes) -> tuple[BoughtCode, ...]:
    cards = _at(found, where.path)
    if cards is None:
        return ()
    if not isinstance(cards, list):
        raise NoAnswer(f"what stands at {where.path} is no list")
    return tuple(_code(card, where) for card in cards)


def _code(card: Any, where: Codes) -> BoughtCode:
    secret = word_at(card, where.secret) if where.secret else card
    if not isinstance(secret, str) or not secret:
        raise NoAnswer("a code that is no text")
    number = word_at(card, where.number)
    return BoughtCode(secret=Secret(secret), number=Secret(number) if number else None)
