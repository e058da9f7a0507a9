"""A risk rule's body from the rows of its form, and back into them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext

from dashboard.naming import SCOPED
from risk.bodies import WANTS
from risk.errors import ConditionWrong
from risk.expressions import new_when_of
from risk.facts import FACTS, Kind
from risk.selectors.sentences import action_words
from risk.spelling import text_of
from risk.states import PROOFS, Action, Moment

COUNT_ROWS, FACT_ROWS = 2, 3
TIMES, SUMS = "times", frozenset({"amount", "quantity"})
_YES = {"yes": True, "no": False, "是": True, "否": False}
_HOURS = (0, 24)

Told = Mapping[str, Any]
Json = dict[str, Any]


def body_of(told: Told) -> tuple[Json, list[str]]:
    """And for each part of its condition the row that it came from. Raises ConditionWrong."""
    when, rows = _condition(told)
    body = {
        "moments": told["moments"], "when": when, "then": told["then"],
    }  # fmt: skip
    action, _dot, proof = told["action"].partition(".")
    bounds = {
        "action": action, "proof": proof,
        "hold_minutes": told["hold_minutes"], "score": told["score"], "scope": _scope(told),
        "schedule": _schedule(told),
    }  # fmt: skip
    return body | {name: said for name, said in bounds.items() if said}, rows


def _condition(told: Told) -> tuple[Json, list[str]]:
    if told["expression"]:
        return new_when_of(told["expression"]), []
    parts = [*_counted(told), *_compared(told)]
    if not parts:
        raise ConditionWrong(gettext("Say at least one condition."))
    return {told["join"]: [part for _row, part in parts]}, [row for row, _part in parts]


def action_choices() -> Iterator[tuple[str, str]]:
    """What a rule may want; a proof by a code is a choice of its own."""
    for one in WANTS:
        yield one.value, capfirst(action_words(one))
        if one == Action.VERIFY:
            for proof in PROOFS[1:]:
                yield f"{one}.{proof}", capfirst(action_words(one, proof))


def action_of(body: Mapping[str, Any]) -> str:
    """The choice that says the same."""
    proof = body.get("proof", PROOFS[0])
    return body["action"] if proof == PROOFS[0] else f"{body['action']}.{proof}"


def _counted(told: Told) -> Iterator[tuple[str, Json]]:
    for at in range(1, COUNT_ROWS + 1):
        if not told[f"c{at}_by"]:
            continue
        what, value = told[f"c{at}_what"], told[f"c{at}_value"]
        count: Json = {
            "by": told[f"c{at}_by"],
            "within": (told[f"c{at}_number"] or 0) * int(told[f"c{at}_unit"]),
            "of": told[f"c{at}_of"] or [Moment.ORDER.value],
        }
        if what in SUMS:
            count["sums"] = what
        elif what != TIMES:
            count["differ"] = what
        part = {"count": count, "op": told[f"c{at}_op"],
                "value": value.strip() if what == "amount" else _whole(value)}  # fmt: skip
        yield f"c{at}_value", part


def _compared(told: Told) -> Iterator[tuple[str, Json]]:
    for at in range(1, FACT_ROWS + 1):
        name, op, text = (told[f"f{at}_{part}"] for part in ("fact", "op", "value"))
        if not name:
            continue
        yield f"f{at}_value", {"fact": name, "op": op, "value": _value(name, op, text)}


def _whole(text: str) -> Any:
    return int(text) if text.strip().isascii() and text.strip().isdigit() else text


def _value(name: str, op: str, text: str) -> Any:
    fact, text = FACTS[name], text.strip()
    if op in ("in", "not_in"):
        return [fact.value_of(one) for one in _texts(text)]
    if fact.kind == Kind.NUMBER:
        return _whole(text)
    if fact.kind == Kind.FLAG:
        return _YES.get(text.lower(), text)
    return text if op == "starts" else fact.value_of(text)


def _texts(text: str) -> list[str]:
    return [one.strip() for one in text.replace("，", ",").split(",") if one.strip()]


def _scope(told: Told) -> Json:
    found = {name: _texts(told[f"scope_{name}"]) for name in SCOPED}
    found["channel"] = told["scope_channel"]
    return {name: said for name, said in found.items() if said}


def _schedule(told: Told) -> Json:
    days = {name: told[name].isoformat() for name in ("since", "until") if told[name]}
    hours = [told["hour_first"], told["hour_last"]]
    if hours != [None, None]:
        pairs = zip(hours, _HOURS, strict=True)
        days["hours"] = [usual if said is None else said for said, usual in pairs]
    return days | ({"days": [int(one) for one in told["days"]]} if told["days"] else {})


def rows_of(body: Mapping[str, Any]) -> Json | None:
    """As it would be typed; None for what has no rows at all. What the rows lose of it shows when
    they are read again."""
    join = next((one for one in ("all", "any") if one in body["when"]), None)
    if join is None:
        return None
    parts = body["when"][join]
    counts = [part for part in parts if "count" in part]
    facts = [part for part in parts if "fact" in part]
    if len(counts) > COUNT_ROWS or len(facts) > FACT_ROWS or len(counts + facts) < len(parts):
        return None
    found: Json = {"join": join} | _bounds_of(body)
    for at, part in enumerate(counts, start=1):
        found |= _count_row(at, part)
    for at, part in enumerate(facts, start=1):
        found |= _fact_row(at, part)
    return found


def expression_of(body: Mapping[str, Any]) -> Json:
    """As it would be typed with its condition as an expression."""
    return {"join": "all", "expression": text_of(body["when"])} | _bounds_of(body)


def _bounds_of(body: Mapping[str, Any]) -> Json:
    scope, schedule = body.get("scope", {}), body.get("schedule", {})
    found: Json = {f"scope_{name}": ", ".join(scope.get(name, [])) for name in SCOPED}
    first, last = schedule.get("hours", (None, None))
    return found | {
        "moments": body["moments"], "score": body.get("score"),
        "scope_channel": scope.get("channel", []),
        "since": schedule.get("since"), "until": schedule.get("until"),
        "hour_first": first, "hour_last": last,
        "days": [str(day) for day in schedule.get("days", [])],
    }  # fmt: skip


def _fact_row(at: int, part: Mapping[str, Any]) -> Json:
    value, words = part["value"], FACTS[part["fact"]].words
    if isinstance(value, list):
        value = ", ".join(map(words, value))
    elif isinstance(value, bool):
        value = gettext("yes") if value else gettext("no")
    elif isinstance(value, str) and part["op"] != "starts":
        value = words(value)
    return {f"f{at}_fact": part["fact"], f"f{at}_op": part["op"], f"f{at}_value": value}


def _count_row(at: int, part: Mapping[str, Any]) -> Json:
    count = part["count"]
    unit = next((each for each in (86_400, 3_600, 60) if count["within"] % each == 0), 60)
    told = {
        "by": count["by"], "number": count["within"] // unit, "unit": str(unit), "op": part["op"],
        "value": part["value"], "what": count.get("sums") or count.get("differ") or TIMES,
        "of": count.get("of", [Moment.ORDER.value]),
    }  # fmt: skip
    return {f"c{at}_{name}": value for name, value in told.items()}


def is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two bodies say the same: in another order, or where one leaves out what is usual."""
    return bool(_plain({**_USUAL, **one}) == _plain({**_USUAL, **other}))


_USUAL: Json = {"then": "pay_back", "proof": PROOFS[0], "score": 0, "hold_minutes": 0,
                "scope": {}, "schedule": {}}  # fmt: skip


def _plain(said: Any) -> Any:
    if isinstance(said, Mapping):
        parts: list[Any] = said.get("all") or said.get("any") or []
        if len(parts) == 1:
            return _plain(parts[0])
        found = {name: one if name == "hours" else _plain(one) for name, one in said.items()}
        return {"of": [Moment.ORDER.value]} | found if "within" in found else found
    if isinstance(said, list):
        return sorted(
            (_plain(one) for one in said), key=lambda one: json.dumps(one, sort_keys=True)
        )
    return said
