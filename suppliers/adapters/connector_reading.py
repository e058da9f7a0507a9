"""How a recipe describes an answer: where in it what stands, and what its words mean."""

from suppliers.adapters.connector_section import Section
from suppliers.adapters.connector_types import ABSENT, OTHERS, Codes, Reading
from suppliers.types import Outcome


def read_reading(
    part: Section, outcomes: tuple[str, ...], *, others: tuple[str, ...], words: tuple[str, ...]
) -> Reading:
    found = Reading(
        state=part.texts("state"),
        outcomes=_outcomes(part, "outcomes", outcomes, others),
        words=_outcomes(part, "words", words, ()),
        reference=part.text("reference", ""),
        message=part.text("message", ""),
        cost=part.text("cost", ""),
        number=part.text("number", ""),
        product=part.text("product", ""),
        quantity=part.text("quantity", ""),
        target=part.text("target", ""),
        codes=_codes(part.part("codes")) if part.has("codes") else None,
    )
    if not found.outcomes:
        raise part.wrong("outcomes", "is missing, or empty")
    if not found.message and (found.words or OTHERS in found.outcomes):
        raise part.wrong("message", "is missing: without their words none of it can be told")
    return found


def _outcomes(
    part: Section, key: str, among: tuple[str, ...], others: tuple[str, ...]
) -> dict[str, Outcome | str]:
    found = part.table(key)
    for word, said in found.items():
        wanted = others if word == OTHERS else among
        if said not in wanted:
            raise part.wrong(f"{key}.{word}", f"one of {', '.join(wanted)} is wanted here")
    return {word: said if said == ABSENT else Outcome(said) for word, said in found.items()}


def _codes(part: Section) -> Codes:
    found = Codes(
        path=part.text("list"),
        secret=part.text("secret", ""),
        number=part.text("number", ""),
        may_be_number=part.flag("may_be_number"),
    )
    if found.number and not found.secret:
        raise part.wrong("secret", "is missing: a code's number alone is no code")
    part.close()
    return found
