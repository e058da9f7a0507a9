"""Comparisons held against each other."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Any

from django.utils.translation import gettext as _

from risk.errors import ConditionWrong
from risk.facts import Fact, Kind
from risk.possible.left import Left, left_of
from risk.possible.said import NOT_STARTS, Said, said_in
from risk.tree import IN, NOT_IN, STARTS, AnyOf, Every, Node, Not

Place = tuple[Node, str]  # a part of a condition, and the way to it


# By what they compare: what all of them together leave, and they.
Together = dict[object, tuple[Left, tuple[Said, ...]]]


def check(parts: Iterable[Place]) -> bool:
    """Of parts that must all hold: whether they always do, as far as their facts are known.

    Raises ConditionWrong for a part that can never hold; it says why, and what to do.
    """
    return _together(parts, {})


def _together(parts: Iterable[Place], before: Together) -> bool:
    said, flat = dict(before), list(_flat(parts))
    is_always = True
    for node, at in flat:
        if (one := said_in(node, at)) is not None:
            if isinstance(node, Not):
                _check_alone(one.opposite)
            if one.is_sure:
                _check_alone(one)
            left, same = said.get(one.key, (left_of(one.what), ()))
            said[one.key] = left.narrowed(one.op, one.value), (*same, one)
            _check_with(*said[one.key])
            is_always = is_always and one.is_sure and _is_empty([one.opposite])
    for node, at in flat:
        if isinstance(node, AnyOf):
            several = [(part, f"{at}.any.{number}") for number, part in enumerate(node.parts)]
            each = [_together([part], said) for part in several]
            is_always = is_always and (any(each) or _is_all(several))
        elif isinstance(node, Not) and said_in(node, at) is None:
            _together([(node.part, f"{at}.not")], {})
            is_always = False
    return is_always


def _flat(parts: Iterable[Place]) -> Iterator[Place]:
    for node, at in parts:
        if isinstance(node, Every) and not isinstance(node, AnyOf):
            inner = [(part, f"{at}.all.{number}") for number, part in enumerate(node.parts)]
            yield from _flat(inner)
        else:
            yield node, at


def _is_all(several: Iterable[Place]) -> bool:
    """Whether one of these always holds: `hour < 6` or `hour >= 6`."""
    opposites: dict[object, list[Said]] = defaultdict(list)
    for node, at in several:
        if not isinstance(node, Not) and (one := said_in(node, at)):
            opposites[one.key].append(one.opposite)
    return any(map(_is_empty, opposites.values()))


def _is_empty(same: list[Said]) -> bool:
    start = left_of(same[0].what)
    return reduce(lambda left, one: left.narrowed(one.op, one.value), same, start).is_empty


def _check_alone(one: Said) -> None:
    if isinstance(one.what, Fact) and one.what.kind == Kind.TEXT:
        _check_texts(one, one.what)
    if not _is_empty([one]):
        return
    left = left_of(one.what)
    least, most = (None if end is None else one.number(end) for end in (left.least, left.most))
    given = {"what": one.label, "words": one.words, "least": least, "most": most}
    if least is None:
        why = _("“%(what)s” is always one of these. So “%(words)s” is never so: leave one out.")
    elif most is None:
        why = _("“%(what)s” is %(least)s or more. So “%(words)s” is never so: write another value.")
    else:
        why = _(
            "“%(what)s” goes from %(least)s to %(most)s. So “%(words)s” is never so: write another "
            "value."
        )
    raise ConditionWrong(why % given, param=f"{one.at}.value")


def _check_texts(one: Said, fact: Fact) -> None:
    """One that no case can have would make a rule that never speaks, or always."""
    values = sorted(one.value) if one.op in (IN, NOT_IN) else [one.value]
    begins = one.op in (STARTS, NOT_STARTS)
    for value in values:
        given = {"what": fact.label, "value": value[:40], "example": fact.example}
        if fact.is_closed and not any(
            known.startswith(value) if begins else known == value for known in fact.choices
        ):
            given["known"] = _(", ").join(map(_choice, fact.choices.items()))
            why = _("“%(what)s” is never “%(value)s”. Choose of these: %(known)s.")
            raise ConditionWrong(why % given, param=f"{one.at}.value")
        pattern = fact.begins if begins else fact.written
        if pattern and not re.fullmatch(pattern, value):
            why = _("“%(what)s” is never “%(value)s”. It is written like this: %(example)s.")
            raise ConditionWrong(why % given, param=f"{one.at}.value")


def _choice(named: tuple[str, Any]) -> str:
    value, label = named
    return value if value == str(label) else f"{value} ({label})"


def _check_with(left: Left, same: tuple[Said, ...]) -> None:
    if not any(one.is_sure for one in same) or not left.is_empty:
        return
    last = same[-1]
    raise ConditionWrong(
        _(
            "“%(what)s” is never all of this at once: %(words)s. Change one of them, or say that "
            "one of them is enough."
        )
        % {"what": last.label, "words": _("; ").join(one.words for one in same)},
        param=last.at,
    )
