"""A rule in words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import E4, Money
from risk.bodies import read_body
from risk.conditions import read
from risk.facts import FACTS, Fact, Kind
from risk.selectors.bounds import Words, bounds_of, plain
from risk.states import SENT, Action, Moment, Proof, Trait
from risk.tree import (
    IN,
    NOT_IN,
    STARTS,
    AnyOf,
    Compared,
    Counted,
    Every,
    Node,
    Not,
    Summed,
    kind_of,
    leaves,
)
from risk.types import Counter, Value


def sentence(*, body: Mapping[str, Any], currency: str, words: Words | None = None) -> str:
    """“When …: hold for a look”, and within which bounds. `words` names what values stand for (a
    SKU's name)."""
    said = _Speaker(currency, words or plain).node(read(body["when"]).root)
    text = _("When %(condition)s: %(action)s") % {
        "condition": said, "action": action_words(body["action"], body.get("proof", ""))
    }  # fmt: skip
    bounds = [text for _name, text in bounds_of(body=body, words=words or plain)]
    if not bounds:
        return text
    return _("%(sentence)s (%(bounds)s)") % {"sentence": text, "bounds": _("; ").join(bounds)}


def action_words(action: str, proof: str = "") -> str:
    """“have it proven that it is a person: a code sent by mail”; how it usually is goes unsaid."""
    said = str(Action(action).label)
    if action != Action.VERIFY or proof not in SENT:
        return said
    return _("%(action)s: %(proof)s") % {"action": said, "proof": Proof(proof).label}


def conditions_of(
    *, body: Mapping[str, Any], currency: str, words: Words | None = None
) -> list[tuple[Node, str]]:
    """What stands next to each other in a rule's condition, each in words."""
    speaker, root = _Speaker(currency, words or plain), read(body["when"]).root
    return [(part, speaker.node(part)) for part in getattr(root, "parts", (root,))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One comparison of a rule in words: of a fact, or of a count."""

    text: str
    fact: str = ""
    counter: Counter | None = None


def parts_of(
    *, body: Mapping[str, Any], currency: str, words: Words | None = None
) -> Iterator[Part]:
    """All that a rule compares, one by one."""
    speaker = _Speaker(currency, words or plain)
    for node in leaves(read_body(body).condition.root):
        if isinstance(node, Counted):
            yield Part(text=speaker.node(node), counter=node.counter)
        elif isinstance(node, Compared):
            yield Part(text=speaker.node(node), fact=node.fact.name)
        elif isinstance(node, Summed):
            yield from (Part(text=speaker.node(node), fact=name) for name in node.facts())
            yield from (Part(text=speaker.node(node), counter=one) for one in node.counters())


def value_words(*, fact: str, value: Value, currency: str, words: Words | None = None) -> str:
    """What a fact says, as people read it."""
    known = FACTS.get(fact)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if known is None or known.kind == Kind.TEXT:
        return (words or plain)(fact, str(value))
    if known.kind == Kind.MONEY:
        return str(Money(int(value), currency))
    return f"{value:,} {known.unit}".strip()


def count_words(*, counter: Counter, count: int, currency: str) -> str:
    """“4 orders within 10 minutes, by IP address”."""
    shown = str(Money(count, currency)) if counter.sums == "amount" else f"{count:,}"
    return _("%(what)s: %(count)s within %(within)s, of one %(by)s") % {
        "what": _what(counter), "count": shown, "within": span(counter.within),
        "by": str(Trait(counter.by).label),
    }  # fmt: skip


class _Speaker:
    def __init__(self, currency: str, words: Words) -> None:
        self._currency, self._words = currency, words

    def node(self, node: Node) -> str:
        match node:
            case AnyOf():
                return _(" or ").join(self._part(part) for part in node.parts)
            case Every():
                return _(" and ").join(self._part(part) for part in node.parts)
            case Not():
                return _("not (%(what)s)") % {"what": self.node(node.part)}
            case Counted():
                return self._count(node)
            case Compared():
                return self._compare(node)
            case Summed():
                return self._sum(node)
        raise TypeError(type(node).__name__)

    def _part(self, node: Node) -> str:
        text = self.node(node)
        return f"({text})" if isinstance(node, Every) and len(node.parts) > 1 else text

    def _compare(self, node: Compared) -> str:
        given = {"fact": str(node.fact.label), "value": self._value(node)}
        if node.fact.kind == Kind.FLAG:
            return given["fact"] if node.value else _("not %(fact)s") % given
        return _OPS[node.op]() % given

    def _value(self, node: Compared) -> str:
        if node.op in (IN, NOT_IN):
            return _(", ").join(str(self._words(node.fact.name, one)) for one in sorted(node.value))
        if node.fact.kind == Kind.MONEY:
            return str(Money(node.value, self._currency))
        if node.fact.kind == Kind.TEXT and node.op != STARTS:
            return self._words(node.fact.name, node.value)
        return f"{node.value} {node.fact.unit}".strip()

    def _count(self, node: Counted) -> str:
        counter = node.counter
        value = node.value
        shown = str(Money(value, self._currency)) if counter.sums == "amount" else f"{value:,}"
        is_plain = not (counter.sums or counter.differ)
        return (_TIMES if is_plain else _COUNTS)[node.op]() % {
            "by": str(Trait(counter.by).label),
            "within": span(counter.within),
            "what": _deeds(counter) if is_plain else _what(counter),
            "value": shown,
        }

    def _sum(self, node: Summed) -> str:
        text = ""
        for times, what in node.terms:
            sign = "−" if times < 0 else "+" if text else ""
            often = "" if abs(times) == E4 else f"{Decimal(abs(times)) / E4:f} × "
            text = f"{text} {sign} {often}{_called(what)}".strip()
        if kind_of(node.terms[0][1]) == Kind.MONEY:
            value = str(Money(node.value // E4, self._currency))
        else:
            value = f"{Decimal(node.value) / E4:f}"
        return _OPS[node.op]() % {"fact": text, "value": value}


def _called(what: Fact | Counter) -> str:
    if isinstance(what, Fact):
        return str(what.label)
    return _("%(what)s within %(within)s, of one %(by)s") % {
        "what": _what(what), "within": span(what.within), "by": str(Trait(what.by).label),
    }  # fmt: skip


def _deeds(counter: Counter) -> str:
    said = {
        Moment.ORDER: _("places orders"),
        Moment.OPEN: _("opens codes"),
        Moment.LOOK_UP: _("looks orders up"),
        Moment.SIGN_UP: _("signs up"),
        Moment.COUPON: _("uses coupons"),
    }
    return _(" or ").join(said[moment] for moment in Moment if moment in counter.moments)


def _what(counter: Counter) -> str:
    if counter.differ:
        return _("different values of: %(trait)s") % {"trait": Trait(counter.differ).label}
    if counter.sums:
        return {"amount": _("money spent"), "quantity": _("things ordered")}[counter.sums]
    return _(" or ").join(times_words(moment) for moment in counter.moments)


def times_words(moment: str) -> str:
    """What is counted then."""
    return {
        Moment.ORDER: _("orders"),
        Moment.OPEN: _("openings of codes"),
        Moment.LOOK_UP: _("look-ups of orders"),
        Moment.SIGN_UP: _("sign-ups"),
        Moment.COUPON: _("uses of coupons"),
    }[Moment(moment)]


def span(seconds: int) -> str:
    """600: “10 minutes”."""
    if seconds % 86_400 == 0:
        count = seconds // 86_400
        return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}
    if seconds % 3_600 == 0:
        count = seconds // 3_600
        return ngettext("%(count)s hour", "%(count)s hours", count) % {"count": count}
    if seconds % 60 == 0:
        count = seconds // 60
        return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}
    return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}


_OPS: dict[str, Callable[[], str]] = {
    ">": lambda: _("%(fact)s is more than %(value)s"),
    ">=": lambda: _("%(fact)s is at least %(value)s"),
    "<": lambda: _("%(fact)s is less than %(value)s"),
    "<=": lambda: _("%(fact)s is at most %(value)s"),
    "=": lambda: _("%(fact)s is %(value)s"),
    "!=": lambda: _("%(fact)s is not %(value)s"),
    IN: lambda: _("%(fact)s is one of %(value)s"),
    NOT_IN: lambda: _("%(fact)s is none of %(value)s"),
    STARTS: lambda: _("%(fact)s begins with %(value)s"),
}
_TIMES: dict[str, Callable[[], str]] = {
    ">": lambda: _("one %(by)s %(what)s more than %(value)s times within %(within)s"),
    ">=": lambda: _("one %(by)s %(what)s at least %(value)s times within %(within)s"),
    "<": lambda: _("one %(by)s %(what)s less than %(value)s times within %(within)s"),
    "<=": lambda: _("one %(by)s %(what)s at most %(value)s times within %(within)s"),
}
_COUNTS: dict[str, Callable[[], str]] = {
    ">": lambda: _("one %(by)s has more than %(value)s %(what)s within %(within)s"),
    ">=": lambda: _("one %(by)s has at least %(value)s %(what)s within %(within)s"),
    "<": lambda: _("one %(by)s has less than %(value)s %(what)s within %(within)s"),
    "<=": lambda: _("one %(by)s has at most %(value)s %(what)s within %(within)s"),
}
