"""What a recipe understands of an answer: nothing that is not on its map."""

from typing import Any

from core.money import read_e4
from core.secrets import Secret
from suppliers.adapters.canon import read_exact
from suppliers.adapters.connector_types import ABSENT, OTHERS, Balance, Codes, Reading
from suppliers.errors import NoAnswer
from suppliers.types import Answer, BoughtCode, Outcome, Reply


def object_of(reply: Reply) -> dict[str, Any]:
    if not 200 <= reply.status < 300:
        raise NoAnswer(f"HTTP {reply.status}")
    found = read_exact(reply)
    if not isinstance(found, dict):
        raise NoAnswer("the body is no JSON object")
    return found


def read_answer(found: dict[str, Any], reading: Reading, *, number: str) -> Answer:
    """Raises NoAnswer for a word that is not on the map, or an answer about another order."""
    state, message = (
        [word_at(found, path) for path in reading.state],
        word_at(found, reading.message),
    )
    outcome = _outcome(state, message, reading)
    reason = (message or f"state {'/'.join(state)}")[:200]
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


def read_balance(found: dict[str, Any], balance: Balance) -> int:
    state = word_at(found, balance.state)
    if balance.state and state != balance.done:
        raise NoAnswer(f"{state} {word_at(found, balance.message)}"[:200])
    return read_e4(word_at(found, balance.amount))


def _outcome(state: list[str], message: str, reading: Reading) -> Outcome | str:
    """What is sure stays so. Of a refusal, or of a word that nobody knows, their message may say
    that it is to be asked after; what says nothing at all is neither."""
    outcome = reading.outcomes.get("/".join(state))
    if outcome in {Outcome.SUCCESS, Outcome.ACCEPTED}:
        return outcome
    if outcome is None and state[0] and message and not _is_known(state[0], reading):
        outcome = reading.outcomes.get(OTHERS)
    if state[0]:
        words = reading.words.items()
        outcome = next((said for piece, said in words if piece in message), outcome)
    if outcome is None:
        raise NoAnswer(f"state {'/'.join(state)!r} is not on the map"[:200])
    return outcome


def _is_known(word: str, reading: Reading) -> bool:
    """Whether the map begins with this word: what follows it may be new to us, and no refusal."""
    return any(each.split("/")[0] == word for each in reading.outcomes)


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
    secret = _at(card, where.secret) if where.secret else card
    number = word_at(card, where.number)
    if secret == "" and where.may_be_number:
        secret, number = number, ""
    if not isinstance(secret, str) or not secret:
        raise NoAnswer("a code that is no text")
    return BoughtCode(secret=Secret(secret), number=Secret(number) if number else None)
