"""A rule's condition: read from JSON into a tree, and held against facts and counts.

    {"all": [node, …]} | {"any": [node, …]} | {"not": node}
    {"fact": "amount", "op": ">=", "value": "100.00"}
    {"count": {"by": "ip", "within": 600, "of": ["order", "open"]}, "op": ">", "value": 3}
    {"count": {"by": "device", "within": 86400, "of": ["order"], "sums": "amount"}, …}
    {"count": {"by": "device", "within": 86400, "of": ["order"], "differ": "account"}, …}

What the tree says is in `risk.tree`.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.money import read_e4
from risk.errors import ConditionWrong
from risk.facts import COUNTED_BY, FACTS, LONGEST, MOST_COUNTED, SHORTEST, SUMMED, Fact, Kind
from risk.states import Moment
from risk.tree import (
    IN,
    NOT_IN,
    OPS_OF_KIND,
    ORDERED,
    STARTS,
    Answer,
    AnyOf,
    Compared,
    Counted,
    Counts,
    Every,
    Node,
    Not,
)
from risk.types import Counter, Facts

MOST_DEEP, MOST_NODES, MOST_VALUES, LONGEST_TEXT = 6, 60, 500, 200
_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,4})?")


class Condition:
    """A whole condition."""

    def __init__(self, root: Node) -> None:
        self.root = root

    def holds(self, facts: Facts, counts: Counts) -> Answer:
        return self.root.holds(facts, counts)

    @cached_property
    def counters(self) -> frozenset[Counter]:
        return frozenset(self.root.counters())

    @cached_property
    def facts(self) -> frozenset[str]:
        return frozenset(self.root.facts())


def read(body: object, *, at: str = "when") -> Condition:
    """Raises ConditionWrong; `param` is the way, from `at`, to the part that cannot be read."""
    return Condition(_Reader().node(body, at, deep=0))


class _Reader:
    def __init__(self) -> None:
        self._nodes = 0

    def node(self, body: object, at: str, *, deep: int) -> Node:
        self._nodes += 1
        if deep > MOST_DEEP or self._nodes > MOST_NODES:
            raise ConditionWrong(
                _("The condition is too large: at most %(most)s parts, %(deep)s deep.")
                % {"most": MOST_NODES, "deep": MOST_DEEP},
                param=at,
            )
        if not isinstance(body, dict) or not isinstance(body.get("op", ""), str):
            raise _wrong(at)
        match sorted(body):
            case ["all"] | ["any"] as named:
                return self._several(body[named[0]], f"{at}.{named[0]}", named[0], deep=deep)
            case ["not"]:
                return Not(self.node(body["not"], f"{at}.not", deep=deep + 1))
            case ["fact", "op", "value"]:
                return _compared(body, at)
            case ["count", "op", "value"]:
                return _counted(body, at)
        raise _wrong(at)

    def _several(self, parts: object, at: str, named: str, *, deep: int) -> Node:
        if not isinstance(parts, list) or not parts:
            raise ConditionWrong(_("Say at least one condition."), param=at)
        found = tuple(
            self.node(part, f"{at}.{number}", deep=deep + 1) for number, part in enumerate(parts)
        )
        return Every(found) if named == "all" else AnyOf(found)


def _wrong(at: str) -> ConditionWrong:
    return ConditionWrong(_("This part of the condition cannot be read."), param=at)


def _compared(body: Mapping[str, Any], at: str) -> Node:
    fact = FACTS.get(body["fact"]) if isinstance(body["fact"], str) else None
    if fact is None:
        known = ", ".join(FACTS)
        raise ConditionWrong(
            _("There is no such fact. Known are: %(known)s.") % {"known": known}, param=f"{at}.fact"
        )
    op, value = body["op"], body["value"]
    if fact.kind == Kind.TEXT and op in (IN, NOT_IN):
        texts = _texts(value, f"{at}.value")
        _known(fact, sorted(texts), f"{at}.value")
        return Compared(fact, op, texts)
    if fact.kind == Kind.TEXT and op == STARTS:
        return Compared(fact, op, _text(value, f"{at}.value"))
    if op not in OPS_OF_KIND[fact.kind]:
        raise ConditionWrong(_("This fact is not compared so."), param=f"{at}.op")
    return Compared(fact, op, _value(fact, value, f"{at}.value"))


def _known(fact: Fact, values: Iterable[str], at: str) -> None:
    """One that no case can have would make a rule that is never asked."""
    unknown = [one for one in values if one not in fact.choices]
    if fact.is_closed and unknown:
        raise ConditionWrong(
            _("There is no “%(value)s”. Known are: %(known)s.")
            % {"value": unknown[0][:40], "known": ", ".join(fact.choices)},
            param=at,
        )


def _value(fact: Fact, value: object, at: str) -> Any:
    match fact.kind:
        case Kind.TEXT:
            text = _text(value, at)
            _known(fact, [text], at)
            return text
        case Kind.FLAG if isinstance(value, bool):
            return value
        case Kind.NUMBER:
            return _number(value, at)
        case Kind.MONEY:
            return _money(value, at)
    raise _wrong(at)


def _text(value: object, at: str) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not 1 <= len(text) <= LONGEST_TEXT or not text.isprintable():
        raise ConditionWrong(
            _("Write 1 to %(most)s characters.") % {"most": LONGEST_TEXT}, param=at
        )
    return text


def _texts(value: object, at: str) -> frozenset[str]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_VALUES:
        raise ConditionWrong(
            _("Name 1 to %(most)s values; longer ones belong on a list.") % {"most": MOST_VALUES},
            param=at,
        )
    return frozenset(_text(one, f"{at}.{number}") for number, one in enumerate(value))


def _number(value: object, at: str) -> int:
    if type(value) is not int or not 0 <= value <= 10**9:
        raise ConditionWrong(_("Write a whole number."), param=at)
    return value


def _money(value: object, at: str) -> int:
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
        raise ConditionWrong(_("Write an amount such as 12.50."), param=at)
    return read_e4(value)


def _counted(body: Mapping[str, Any], at: str) -> Node:
    if body["op"] not in ORDERED:
        raise ConditionWrong(_("A count is more or less than a number."), param=f"{at}.op")
    counter = _counter(body["count"], f"{at}.count")
    if counter.sums == "amount":
        return Counted(counter, body["op"], _money(body["value"], f"{at}.value"))
    value = _number(body["value"], f"{at}.value")
    if value > MOST_COUNTED or (body["op"], value) == ("<", 0):
        raise ConditionWrong(
            _("A count is held against 0 to %(most)s.") % {"most": MOST_COUNTED},
            param=f"{at}.value",
        )
    return Counted(counter, body["op"], value)


def _counter(said: object, at: str) -> Counter:
    if not isinstance(said, dict) or not said.keys() <= {"by", "within", "of", "sums", "differ"}:
        raise _wrong(at)
    by, within = said.get("by"), said.get("within")
    if by not in COUNTED_BY:
        raise ConditionWrong(_("Nothing is counted by this."), param=f"{at}.by")
    if type(within) is not int or not SHORTEST <= within <= LONGEST:
        raise ConditionWrong(
            _("A count looks back over one minute to thirty days."), param=f"{at}.within"
        )
    moments = said.get("of", [Moment.ORDER])
    known = Moment.values
    if not isinstance(moments, list) or not moments or any(one not in known for one in moments):
        raise ConditionWrong(_("This is not counted."), param=f"{at}.of")
    sums, differ = said.get("sums", ""), said.get("differ", "")
    if not isinstance(sums, str) or (sums and (sums not in SUMMED or differ)):
        raise ConditionWrong(_("This cannot be added up."), param=f"{at}.sums")
    if not isinstance(differ, str) or (differ and (differ not in COUNTED_BY or differ == by)):
        raise ConditionWrong(_("This cannot be counted as different ones."), param=f"{at}.differ")
    return Counter(
        by=by, within=within, moments=tuple(sorted(set(moments))), sums=sums, differ=differ
    )
