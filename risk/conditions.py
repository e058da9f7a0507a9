"""A rule's condition: read from JSON into a tree, and held against facts and counts.

    {"all": [node, …]} | {"any": [node, …]} | {"not": node}
    {"fact": "amount", "op": ">=", "value": "100.00"}
    {"count": {"by": "ip", "within": 600, "of": ["order", "open"]}, "op": ">", "value": 3}
    {"count": {"by": "device", "within": 86400, "of": ["order"], "sums": "amount"}, …}
    {"count": {"by": "device", "within": 86400, "of": ["order"], "differ": "account"}, …}
    {"sum": [{"fact": "amount"}, {"fact": "discount", "times": "-0.5"}, {"count": {…}}], "op": "<",
     "value": "100.00"}

What the tree says is in `risk.tree`.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.money import E4, read_e4
from risk.errors import ConditionWrong
from risk.facts import (
    COUNTED_BY,
    FACTS,
    LONGEST,
    MOST_COUNTED,
    MOST_DIFFERENT,
    SHORTEST,
    SUMMED,
    Fact,
    Kind,
)
from risk.states import PAID, Moment, Trait
from risk.tree import (
    ALL_OPS,
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
    Summed,
    kind_of,
)
from risk.types import Counter, Facts

MOST_DEEP, MOST_NODES, MOST_VALUES, LONGEST_TEXT, MOST_TERMS = 6, 60, 500, 200, 10
MOST_NUMBER = 10**9
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?")
_SIGNED = re.compile(rf"-?{_AMOUNT.pattern}")


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
            case ["op", "sum", "value"]:
                return _summed(body, at)
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


def _fact(named: object, at: str) -> Fact:
    fact = FACTS.get(named) if isinstance(named, str) else None
    if fact is None:
        known = ", ".join(FACTS)
        raise ConditionWrong(
            _("There is no such fact. Known are: %(known)s.") % {"known": known}, param=f"{at}.fact"
        )
    return fact


def _compared(body: Mapping[str, Any], at: str) -> Node:
    fact = _fact(body["fact"], at)
    op, value = body["op"], body["value"]
    if fact.kind == Kind.TEXT and op in (IN, NOT_IN):
        texts = _texts(value, f"{at}.value", fact.label)
        return Compared(fact, op, texts)
    if fact.kind == Kind.TEXT and op == STARTS:
        return Compared(fact, op, _text(value, f"{at}.value"))
    if op not in OPS_OF_KIND[fact.kind]:
        raise ConditionWrong(_("This fact is not compared so."), param=f"{at}.op")
    return Compared(fact, op, _value(fact, value, f"{at}.value"))


def _value(fact: Fact, value: object, at: str) -> Any:
    match fact.kind:
        case Kind.TEXT:
            return _text(value, at)
        case Kind.FLAG if isinstance(value, bool):
            return value
        case Kind.NUMBER:
            return _number(value, at, fact.label, fact.least or 0, fact.most)
        case Kind.MONEY:
            return _money(value, at, fact.label)
    raise _wrong(at)


def _text(value: object, at: str) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not 1 <= len(text) <= LONGEST_TEXT or not text.isprintable():
        raise ConditionWrong(
            _("Write 1 to %(most)s characters.") % {"most": LONGEST_TEXT}, param=at
        )
    return text


def _texts(value: object, at: str, what: str | Promise) -> frozenset[str]:
    if value == []:
        raise ConditionWrong(
            _("“%(what)s”: name at least one value, or take this condition away.") % {"what": what},
            param=at,
        )
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_VALUES:
        raise ConditionWrong(
            _("Name 1 to %(most)s values; longer ones belong on a list.") % {"most": MOST_VALUES},
            param=at,
        )
    return frozenset(_text(one, f"{at}.{number}") for number, one in enumerate(value))


def _number(
    value: object, at: str, what: str | Promise, least: int = 0, most: int | None = None
) -> int:
    if type(value) is not int or not 0 <= value <= MOST_NUMBER:
        given = {"what": what, "least": least, "most": most}
        why = (
            _("“%(what)s” is a whole number, %(least)s or more: write one without a sign.")
            if most is None
            else _("“%(what)s” is a whole number from %(least)s to %(most)s: write one of them.")
        )
        raise ConditionWrong(why % given, param=at)
    return value


def _money(value: object, at: str, what: str | Promise) -> int:
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
        raise ConditionWrong(
            _("“%(what)s” is an amount, never below zero: write one such as 12.50.")
            % {"what": what},
            param=at,
        )
    return read_e4(value)


def _counted(body: Mapping[str, Any], at: str) -> Node:
    if body["op"] not in ORDERED:
        raise ConditionWrong(_("A count is more or less than a number."), param=f"{at}.op")
    counter = _counter(body["count"], f"{at}.count")
    if counter.sums == "amount":
        spent = _("money spent")
        return Counted(counter, body["op"], _money(body["value"], f"{at}.value", spent))
    # More different ones than are told apart there never are.
    most = MOST_DIFFERENT - 1 if counter.differ else MOST_COUNTED
    value = _number(body["value"], f"{at}.value", called(counter), most=most)
    if value > most or (body["op"], value) == ("<", 0):
        raise ConditionWrong(
            _("A count is held against 0 to %(most)s.") % {"most": most},
            param=f"{at}.value",
        )
    return Counted(counter, body["op"], value)


def called(counter: Counter) -> str:
    return _("count by %(trait)s") % {"trait": Trait(counter.by).label}


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
    if by == Trait.PAYER and PAID.isdisjoint(moments):
        raise ConditionWrong(
            _("“%(what)s” is known of paid orders only: have orders or openings of codes counted.")
            % {"what": Trait.PAYER.label},
            param=f"{at}.of",
        )
    sums, differ = said.get("sums", ""), said.get("differ", "")
    if not isinstance(sums, str) or (sums and (sums not in SUMMED or differ)):
        raise ConditionWrong(_("This cannot be added up."), param=f"{at}.sums")
    if not isinstance(differ, str) or (differ and (differ not in COUNTED_BY or differ == by)):
        raise ConditionWrong(_("This cannot be counted as different ones."), param=f"{at}.differ")
    return Counter(
        by=by, within=within, moments=tuple(sorted(set(moments))), sums=sums, differ=differ
    )


def _summed(body: Mapping[str, Any], at: str) -> Node:
    said = body["sum"]
    if not isinstance(said, list) or not 1 <= len(said) <= MOST_TERMS:
        raise ConditionWrong(_("Add up 1 to %(most)s.") % {"most": MOST_TERMS}, param=f"{at}.sum")
    if body["op"] not in ALL_OPS:
        raise ConditionWrong(_("Sums are not compared so."), param=f"{at}.op")
    terms = tuple(_term(one, f"{at}.sum.{number}") for number, one in enumerate(said))
    kinds = [kind_of(what) for _times, what in terms]
    for number, kind in enumerate(kinds):
        if kind not in (Kind.MONEY, Kind.NUMBER):
            raise ConditionWrong(_("This cannot be added up."), param=f"{at}.sum.{number}")
        if kind != kinds[0]:
            raise ConditionWrong(
                _("Money and numbers cannot be added up."), param=f"{at}.sum.{number}"
            )
    value = _scaled(body["value"], f"{at}.value")
    return Summed(terms, body["op"], value * E4 if kinds[0] == Kind.MONEY else value)


def _term(said: object, at: str) -> tuple[int, Fact | Counter]:
    if not isinstance(said, dict) or len(said.keys() & {"fact", "count"}) != 1:
        raise _wrong(at)
    if not said.keys() <= {"fact", "count", "times"}:
        raise _wrong(at)
    times = _scaled(said.get("times", 1), f"{at}.times")
    if not times:
        raise _wrong(f"{at}.times")
    if "count" in said:
        return times, _counter(said["count"], f"{at}.count")
    return times, _fact(said["fact"], at)


def _scaled(value: object, at: str) -> int:
    """In 1/10,000."""
    text = str(value) if type(value) is int else value
    if not isinstance(text, str) or not _SIGNED.fullmatch(text):
        raise ConditionWrong(_("Write a number such as 3 or 12.50."), param=at)
    return int(Decimal(text) * E4)
