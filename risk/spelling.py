"""A condition as a text: what `risk.expressions` reads, written in one way only.

A count's name says by what, of what and over how long: `ip_orders_10m`, `ip_orders_opens_1h`,
`device_amount_1d` (money), `net_phones_1h` (different ones). Where it is not of orders, moments
come before what is counted: `ip_opens_devices_1h`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from risk.facts import COUNTED_BY, FACTS, SUMMED, Fact, Kind
from risk.states import Moment, Trait

MOMENTS = {
    Moment.ORDER: "orders", Moment.OPEN: "opens", Moment.LOOK_UP: "lookups",
    Moment.SIGN_UP: "signups", Moment.COUPON: "coupons",
}  # fmt: skip
DIFFERENT = {trait: f"{trait}s" for trait in Trait}
SPANS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
EQUALS = {"=": "==", "!=": "!="}
LONGEST_LINE = 72
_COUNT = re.compile(
    rf"(?P<by>{'|'.join(COUNTED_BY)})(?P<of>(?:_(?:{'|'.join(MOMENTS.values())}))*)"
    rf"(?:_(?P<what>{'|'.join((*SUMMED, *DIFFERENT.values()))}))?_(?P<number>[0-9]{{1,7}})"
    rf"(?P<unit>[{''.join(SPANS)}])"
)

Json = dict[str, Any]


def count_named(name: str) -> Json | None:
    """As JSON; None for what is no name of a count."""
    found = _COUNT.fullmatch(name)
    if found is None or not (found["of"] or found["what"]):
        return None
    said = found["of"].split("_")[1:]
    count: Json = {
        "by": found["by"],
        "within": int(found["number"]) * SPANS[found["unit"]],
        "of": [str(one) for one, word in MOMENTS.items() if word in said] or [str(Moment.ORDER)],
    }
    if found["what"] in SUMMED:
        return count | {"sums": found["what"]}
    differ = [str(trait) for trait, word in DIFFERENT.items() if word == found["what"]]
    return count | ({"differ": differ[0]} if differ else {})


def name_of_count(count: Mapping[str, Any]) -> str:
    of = count.get("of", [Moment.ORDER])
    what = count.get("sums") or DIFFERENT.get(count.get("differ", ""), "")
    moments = [word for one, word in MOMENTS.items() if one in of]
    if what and moments == [MOMENTS[Moment.ORDER]]:
        moments = []
    return "_".join([count["by"], *moments, *([what] if what else []), _span(count["within"])])


def _span(seconds: int) -> str:
    unit = next(one for one, size in SPANS.items() if seconds % size == 0)
    return f"{seconds // SPANS[unit]}{unit}"


def text_of(when: Mapping[str, Any]) -> str:
    """Of a condition that can be read; in lines where it is long."""
    text = _node(when)
    join = next((word for name, word in _JOINS.items() if name in when), "")
    if len(text) <= LONGEST_LINE or not join:
        return text
    return f"\n{join} ".join(_parts(when))


_JOINS = {"all": "and", "any": "or"}


def _node(node: Mapping[str, Any]) -> str:
    for name, join in _JOINS.items():
        if name in node:
            return f" {join} ".join(_parts(node))
    if "not" in node:
        inner = node["not"]
        is_name = inner.get("value") is True and "fact" in inner
        return f"not {_node(inner)}" if is_name else f"not ({_node(inner)})"
    if "sum" in node:
        return f"{_sum(node['sum'])} {EQUALS.get(node['op'], node['op'])} {node['value']}"
    return _compared(node)


def _parts(node: Mapping[str, Any]) -> Iterator[str]:
    """In brackets where they are several themselves."""
    parts = next(node[name] for name in _JOINS if name in node)
    for part in parts:
        several = max(len(part.get(name, ())) for name in _JOINS) > 1
        yield f"({_node(part)})" if several and len(parts) > 1 else _node(part)


def _compared(node: Mapping[str, Any]) -> str:
    op, value = node["op"], node["value"]
    if "count" in node:
        return f"{name_of_count(node['count'])} {op} {value}"
    name = node["fact"]
    match op:
        case "in" | "not_in":
            return f"{name} {op.replace('_', ' ')} [{', '.join(map(_quoted, value))}]"
        case "starts":
            return f"starts({name}, {_quoted(value)})"
    if value is True:
        return str(name)
    return f"{name} {EQUALS.get(op, op)} {_written(FACTS[name], value)}"


def _written(fact: Fact, value: Any) -> str:
    if fact.kind == Kind.TEXT:
        return _quoted(value)
    return str(value).lower() if fact.kind == Kind.FLAG else str(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _sum(terms: list[Json]) -> str:
    text = ""
    for term in terms:
        times = str(term.get("times", 1))
        sign, much = ("-", times[1:]) if times.startswith("-") else ("+", times)
        name = name_of_count(term["count"]) if "count" in term else term["fact"]
        said = name if much == "1" else f"{much} * {name}"
        text += f" {sign} {said}" if text else f"{sign.strip('+')}{said}"
    return text
