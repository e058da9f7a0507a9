"""A condition written as an expression, read into the JSON that `risk.conditions` reads.

    ip_orders_10m > 3 and (is_first_order or refunds_before + 2 * complaints_before >= 3)
    22 <= hour or hour < 6
    ip_province not in ["广东", "浙江"] and starts(phone_prefix, "17")

Python's own parser says what belongs to what; nothing of it is ever run. Each sign and each word is
looked at before the parser sees it, and each part of its tree after, so that only what a condition
can be is left: `docs/adr/0025` says why. Names are the facts', and those of counts
(`risk.spelling`).
"""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from risk.conditions import MOST_VALUES, read
from risk.errors import ConditionWrong
from risk.facts import FACTS, Fact, Kind
from risk.possible import check
from risk.signs import PARAM, plain, wrong
from risk.spelling import Json, count_named

LONGEST_NUMBER = 20
_FLAGS = {"true": True, "false": False}
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_OPS: dict[type, str] = {
    ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "=", ast.NotEq: "!=",
    ast.In: "in", ast.NotIn: "not_in",
}  # fmt: skip
_TURNED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}


def when_of(text: str) -> Json:
    """The condition as JSON, always in "all" or "any". Raises ConditionWrong, which says where."""
    reader = _Reader(plain(text), text)
    when = reader.whole()
    with reader.telling_where():
        read(when)
    return when


def new_when_of(text: str) -> Json:
    """`when_of` what is written now: that which can never be so is ConditionWrong, too."""
    reader = _Reader(plain(text), text)
    when = reader.whole()
    with reader.telling_where():
        check([(read(when).root, "when")])
    return when


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two sides of one comparison."""

    left: ast.expr
    op: str
    right: ast.expr


@dataclass(slots=True)
class _Sum:
    """What is added up, by its name: where it stands and how often; and a number besides."""

    terms: dict[str, tuple[ast.Name, Decimal]] = field(default_factory=dict)
    rest: Decimal = Decimal(0)

    def plus(self, other: "_Sum", *, times: Decimal = Decimal(1)) -> "_Sum":
        terms = dict(self.terms)
        for name, (node, often) in other.terms.items():
            first, so_far = terms.get(name, (node, Decimal(0)))
            terms[name] = (first, so_far + often * times)
        return _Sum(terms, self.rest + other.rest * times)


class _Reader:
    """One text. `places` says where in it a part of the JSON came from."""

    def __init__(self, plain: str, text: str) -> None:
        self._start = len(plain) - len(plain.lstrip())
        self._plain, self._text = plain.strip(), text
        self._bytes = self._plain.encode()
        self._places: dict[str, int] = {}

    def whole(self) -> Json:
        if not self._plain:
            raise ConditionWrong(_("Say at least one condition."), param=PARAM)
        try:
            root = ast.parse(self._plain, mode="eval").body
        except SyntaxError as why:
            at = self._start + (why.offset or len(self._plain) + 1) - 1
            raise self.wrong(_("This cannot be read as an expression."), at) from why
        name = "any" if isinstance(root, ast.BoolOp) and isinstance(root.op, ast.Or) else "all"
        parts = self._several(root, f"when.{name}")
        is_several = len(parts) == 1 and parts[0].keys() & {"all", "any"}
        return parts[0] if is_several else {name: parts}

    @contextmanager
    def telling_where(self) -> Iterator[None]:
        """What is wrong with a part of the JSON is wrong where that came from."""
        try:
            yield
        except ConditionWrong as why:
            raise self.wrong(str(why.message), self.place_of(why.param or "")) from why

    def wrong(self, why: str, at: int) -> ConditionWrong:
        return wrong(self._text, why, at)

    def _wrong_at(self, node: ast.expr, why: str) -> ConditionWrong:
        return self.wrong(why, self._at(node))

    def _at(self, node: ast.expr) -> int:
        return self._start + len(self._bytes[: node.col_offset].decode())

    def place_of(self, param: str) -> int:
        """Of the part, or of what it is a part of."""
        while param and param not in self._places:
            param = param.rpartition(".")[0]
        return self._places.get(param, self._start)

    def _several(self, node: ast.expr, at: str) -> list[Json]:
        """What stands side by side; so do the pairs of a chain, where all must hold."""
        parts: list[ast.expr | _Pair] = []
        is_or = isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or)
        for one in node.values if isinstance(node, ast.BoolOp) else [node]:
            pairs = _pairs(one)
            parts += pairs if pairs and (len(pairs) == 1 or not is_or) else [one]
        return [self._part(one, f"{at}.{number}") for number, one in enumerate(parts)]

    def _part(self, node: ast.expr | _Pair, at: str) -> Json:
        self._places[at] = self._at(node.left if isinstance(node, _Pair) else node)
        match node:
            case _Pair():
                return self._pair(node, at)
            case ast.BoolOp():
                name = "any" if isinstance(node.op, ast.Or) else "all"
                return {name: self._several(node, f"{at}.{name}")}
            case ast.Compare():  # of more than two
                return {"all": self._several(node, f"{at}.all")}
            case ast.UnaryOp(op=ast.Not()):
                pairs = _pairs(node.operand)
                inner = pairs[0] if len(pairs) == 1 else node.operand
                return {"not": self._part(inner, f"{at}.not")}
            case ast.Name():
                return self._flag(node)
            case ast.Call():
                return self._starts(node)
        raise self._wrong_at(node, _("Say what it is compared with."))

    def _flag(self, node: ast.Name) -> Json:
        fact = self._fact(node)
        if not isinstance(fact, Fact) or fact.kind != Kind.FLAG:
            raise self._wrong_at(node, _("Say what it is compared with."))
        return {"fact": node.id, "op": "=", "value": True}

    def _starts(self, node: ast.Call) -> Json:
        match node:
            case ast.Call(
                func=ast.Name(id="starts"), args=[ast.Name() as name, ast.Constant(value=str(text))]
            ):
                fact = self._fact(name)
                if isinstance(fact, Fact) and fact.kind == Kind.TEXT:
                    return {"fact": fact.name, "op": "starts", "value": text}
        raise self._wrong_at(node, _('What a text begins with is starts(phone_prefix, "17").'))

    def _fact(self, node: ast.expr) -> Fact | Json:
        """A fact, or a count."""
        name = node.id if isinstance(node, ast.Name) else ""
        found = FACTS.get(name) or count_named(name)
        if found is None:
            said = _("There is no “%(name)s” to be asked.") % {"name": name[:40]}
            raise self._wrong_at(node, said if name else _("The name of a fact stands here."))
        return found

    def _pair(self, pair: _Pair, at: str) -> Json:
        left, op, right = pair.left, pair.op, pair.right
        if op in ("in", "not_in"):
            return self._listed(pair)
        if _word(left) is not None:
            left, op, right = right, _TURNED.get(op, op), left
        value = _word(right)
        if value is None:
            return self._compared(pair, at)
        fact = self._fact(left)
        kind = Kind.FLAG if isinstance(value, bool) else Kind.TEXT
        if not isinstance(fact, Fact) or fact.kind != kind:
            raise self._wrong_at(right, _("What stands before is not compared with this."))
        value = fact.value_of(value) if isinstance(value, str) else value
        return {"fact": fact.name, "op": op, "value": value}

    def _listed(self, pair: _Pair) -> Json:
        fact, right = self._fact(pair.left), pair.right
        nodes = right.elts if isinstance(right, ast.List | ast.Tuple) else [right]
        words = [_word(one) for one in nodes]
        if isinstance(fact, Fact) and fact.kind == Kind.TEXT:
            texts = [one for one in words if isinstance(one, str)]
            if len(texts) == len(nodes):
                meant = [fact.value_of(one) for one in texts[: MOST_VALUES + 1]]
                return {"fact": fact.name, "op": pair.op, "value": meant}
        if isinstance(fact, Fact) and fact.kind == Kind.NUMBER:
            name, op = ("any", "=") if pair.op == "in" else ("all", "!=")
            values = [_json(self._number(one)) for one in nodes]
            each = [{"fact": fact.name, "op": op, "value": one} for one in values]
            return each[0] if len(each) == 1 else {name: each}
        raise self._wrong_at(right, _('Several values are written ["web", "api"].'))

    def _compared(self, pair: _Pair, at: str) -> Json:
        left, op, right = self._sum(pair.left), pair.op, self._sum(pair.right)
        if not left.terms:
            left, op, right = right, _TURNED.get(op, op), left
        total = left.plus(right, times=Decimal(-1))
        terms = [(node, often) for node, often in total.terms.values() if often]
        if not terms:
            raise self._wrong_at(pair.left, _("Two values are compared: nothing is asked."))
        facts = [self._fact(node) for node, _often in terms]
        is_money = _kind(facts[0]) == Kind.MONEY
        value = -total.rest if total.rest else Decimal(0)
        if len(terms) == 1 and abs(terms[0][1]) == 1:
            if terms[0][1] < 0:
                op, value = _TURNED.get(op, op), -value
            said = f"{value:f}" if is_money else _json(value)
            return _named(facts[0]) | {"op": op, "value": said}
        for number, (node, _often) in enumerate(terms):
            self._places[f"{at}.sum.{number}"] = self._at(node)
        pairs = zip(facts, terms, strict=True)
        return {
            "sum": [_named(fact) | _times(often) for fact, (_node, often) in pairs],
            "op": op,
            "value": f"{value:f}" if is_money else _json(value),
        }

    def _sum(self, node: ast.expr) -> _Sum:
        match node:
            case ast.Name():
                if _kind(self._fact(node)) not in (Kind.MONEY, Kind.NUMBER):
                    raise self._wrong_at(node, _("This is no number."))
                return _Sum({node.id: (node, Decimal(1))})
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign):
                times = Decimal(-1 if isinstance(sign, ast.USub) else 1)
                return _Sum().plus(self._sum(node.operand), times=times)
            case ast.BinOp(op=ast.Add() | ast.Sub() as sign):
                times = Decimal(-1 if isinstance(sign, ast.Sub) else 1)
                return self._sum(node.left).plus(self._sum(node.right), times=times)
            case ast.BinOp(op=ast.Mult()):
                left, right = self._sum(node.left), self._sum(node.right)
                if left.terms and right.terms:
                    raise self._wrong_at(node.right, _("A number stands on one side of *."))
                more, times = (right, left.rest) if right.terms else (left, right.rest)
                return _Sum().plus(more, times=times)
        return _Sum(rest=self._number(node))

    def _number(self, node: ast.expr) -> Decimal:
        said = self._bytes[node.col_offset : node.end_col_offset].decode()
        if not _NUMBER.fullmatch(said) or len(said) > LONGEST_NUMBER:
            raise self._wrong_at(node, _("Write a number such as 3 or 12.50."))
        return Decimal(said)


def _pairs(node: ast.expr) -> list[_Pair]:
    """A chain of comparisons, two by two; none of what is no comparison."""
    if not isinstance(node, ast.Compare):
        return []
    sides = [node.left, *node.comparators]
    return [
        _Pair(left, _OPS[type(op)], right)
        for left, op, right in zip(sides, node.ops, sides[1:], strict=False)
    ]


def _word(node: ast.expr) -> str | bool | None:
    """A text, or true or false."""
    if isinstance(node, ast.Name):
        return _FLAGS.get(node.id)
    said = node.value if isinstance(node, ast.Constant) else None
    return said if isinstance(said, str | bool) else None


def _kind(what: Fact | Json) -> Kind:
    if isinstance(what, Fact):
        return what.kind
    return Kind.MONEY if what.get("sums") == "amount" else Kind.NUMBER


def _named(what: Fact | Json) -> Json:
    return {"fact": what.name} if isinstance(what, Fact) else {"count": what}


def _times(often: Decimal) -> Json:
    return {} if often == 1 else {"times": _json(often)}


def _json(number: Decimal) -> int | str:
    return int(number) if number == number.to_integral_value() else f"{number:f}"
