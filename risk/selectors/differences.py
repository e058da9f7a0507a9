"""What two versions of a rule say differently, in words."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from risk.facts import FACTS
from risk.models import RuleVersion
from risk.selectors.bounds import Words, bounds_of, plain
from risk.selectors.sentences import action_words, conditions_of
from risk.tree import Compared, Counted, Node, Summed


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Of one part: nothing `old` was added, nothing `new` was taken away."""

    what: str
    old: str = ""
    new: str = ""


def differences(
    *, old: RuleVersion, new: RuleVersion, currency: str, words: Words = plain
) -> list[Difference]:
    """Conditions first, then all else. Raises ConditionWrong for what cannot be read any more."""
    parts = [conditions_of(body=one.body, currency=currency, words=words) for one in (old, new)]
    said, says = _rest(old, words), _rest(new, words)
    names = list(dict.fromkeys([*said, *says]))
    rest = [
        Difference(what=_named(name), old=said.get(name, ""), new=says.get(name, ""))
        for name in names
        if said.get(name) != says.get(name)
    ]
    return [*_conditions(*parts), *rest]


_Parts = list[tuple[Node, str]]


def _conditions(old: _Parts, new: _Parts) -> Iterator[Difference]:
    """What is of the same fact or count on both sides has changed."""
    gone, come = _without(old, new), _without(new, old)
    what = _("Condition")
    for node, text in gone:
        found = next((one for one in come if _about(one[0]) == _about(node)), None)
        if found is not None:
            come.remove(found)
        yield Difference(what=what, old=text, new=found[1] if found else "")
    for _node, text in come:
        yield Difference(what=what, new=text)


def _without(parts: _Parts, others: _Parts) -> _Parts:
    left = [text for _node, text in others]
    found: _Parts = []
    for node, text in parts:
        if text in left:
            left.remove(text)
        else:
            found.append((node, text))
    return found


def _about(node: Node) -> Hashable:
    match node:
        case Compared():
            return node.fact.name
        case Counted():
            counter = node.counter
            return (counter.by, counter.sums, counter.differ)
        case Summed():
            return tuple(what for _times, what in node.terms)
    return type(node).__name__


def _rest(version: RuleVersion, words: Words) -> dict[str, str]:
    body: Mapping[str, Any] = version.body
    joined = {"all": _("all of these are so"), "any": _("one of these is so")}
    then = {"pay_back": _("the money goes back"), "release": _("it is delivered")}
    found = {
        "name": version.name,
        "join": joined.get(next(iter(body["when"])), ""),
        "action": action_words(body["action"], body.get("proof", "")),
        "then": then[body.get("then", "pay_back")],
        "hold_minutes": str(body.get("hold_minutes") or ""),
    }
    return {name: text for name, text in found.items() if text} | dict(
        bounds_of(body=body, words=words)
    )


def _named(part: str) -> str:
    named = {
        "name": _("Name"), "join": _("It speaks when"), "moments": _("It looks when"),
        "action": _("Then"), "then": _("If nobody decides"),
        "hold_minutes": _("Minutes to decide"), "score": _("Score"),
    }  # fmt: skip
    if part.startswith("scope."):
        return str(FACTS[part.removeprefix("scope.")].label)
    return named.get(part) or _("At which times")
