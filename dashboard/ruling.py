"""The form of a risk rule: rows that read as a sentence, or the whole rule as JSON."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dashboard.asking import grouped
from risk.bodies import read_body
from risk.errors import ConditionWrong
from risk.facts import FACTS, Kind
from risk.states import Action, Moment, Trait, Unanswered
from risk.types import RuleTerms

COUNT_ROWS, FACT_ROWS = 2, 3
LONGEST_JSON = 20_000
UNITS = {"60": _("minutes"), "3600": _("hours"), "86400": _("days")}
_NONE = ("", "—")
_WHAT = {
    "order": _("orders"),
    "amount": _("money spent"),
    "quantity": _("things ordered"),
    "device": _("different devices"),
    "phone": _("different phone numbers"),
    "account": _("different topped-up accounts"),
    "ip": _("different IP addresses"),
    "net": _("different networks"),
    "sku": _("different SKUs"),
}
_SUMS = frozenset({"amount", "quantity"})
_COUNT_OPS = {">": _("more than"), ">=": _("at least")}
_FACT_OPS = {
    ">": _("more than"), ">=": _("at least"), "<": _("less than"), "<=": _("at most"),
    "=": _("is"), "!=": _("is not"), "in": _("is one of"), "not_in": _("is none of"),
    "starts": _("begins with"),
}  # fmt: skip
_YES = {"yes": True, "no": False, "是": True, "否": False}


def _choices(named: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(name, label) for name, label in named.items()]


class RuleForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    join = forms.ChoiceField(
        label=_("It speaks when"),
        choices=[("all", _("all of these are so")), ("any", _("one of these is so"))],
    )
    action = forms.ChoiceField(
        label=_("Then"),
        choices=[(one.value, capfirst(one.label)) for one in Action if one != Action.PASS],
        initial=Action.HOLD,
    )
    hold_minutes = forms.IntegerField(
        label=_("Minutes to decide"),
        required=False,
        min_value=5,
        max_value=10_080,
        help_text=_("Of what is held. Empty: as the settings say."),
    )
    then = forms.ChoiceField(
        label=_("If nobody decides"),
        choices=[("pay_back", _("the money goes back")), ("release", _("it is delivered"))],
    )
    as_json = forms.CharField(
        label=_("The whole rule as JSON"),
        required=False,
        max_length=LONGEST_JSON,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=_("If something stands here, it is the rule, whatever the rows say."),
    )

    def __init__(self, given: Any, *, rule: Any = None) -> None:
        super().__init__(given, initial=_typed(rule) if rule else None)
        for at in range(1, COUNT_ROWS + 1):
            self._add_count(at)
        for at in range(1, FACT_ROWS + 1):
            self._add_fact(at)

    def _add_count(self, at: int) -> None:
        by = [_NONE, *((one.value, one.label) for one in Trait)]
        self._add(f"c{at}_by", _("One and the same"), forms.ChoiceField, choices=by)
        self._add(f"c{at}_number", _("within"), forms.IntegerField, min_value=1, max_value=43_200)
        self._add(f"c{at}_unit", _("unit of time"), forms.ChoiceField, choices=_choices(UNITS))
        self._add(f"c{at}_op", _("has"), forms.ChoiceField, choices=_choices(_COUNT_OPS))
        self._add(f"c{at}_value", _("how many"), forms.CharField, max_length=20)
        self._add(f"c{at}_what", _("of what"), forms.ChoiceField, choices=_choices(_WHAT))

    def _add_fact(self, at: int) -> None:
        facts = [_NONE, *grouped()]
        self._add(f"f{at}_fact", _("What"), forms.ChoiceField, choices=facts)
        self._add(f"f{at}_op", _("is it"), forms.ChoiceField, choices=_choices(_FACT_OPS))
        self._add(f"f{at}_value", _("value"), forms.CharField, max_length=500)

    def _add(self, name: str, label: Any, kind: Any, **more: Any) -> None:
        self.fields[name] = kind(label=label, required=False, **more)

    @property
    def counts(self) -> list[list[Any]]:
        names = ("by", "number", "unit", "op", "value", "what")
        return [[self[f"c{at}_{name}"] for name in names] for at in range(1, COUNT_ROWS + 1)]

    @property
    def facts(self) -> list[list[Any]]:
        names = ("fact", "op", "value")
        return [[self[f"f{at}_{name}"] for name in names] for at in range(1, FACT_ROWS + 1)]

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        try:
            self.body = self._from_json() if self.cleaned_data["as_json"] else self._from_rows()
            if not self.errors:
                read_body(self.body)
        except ConditionWrong as why:
            self.add_error(self._place_of(why.param), str(why.message))
        return cleaned

    def _from_json(self) -> dict[str, Any]:
        try:
            found = json.loads(self.cleaned_data["as_json"])
        except (ValueError, RecursionError) as why:
            raise ConditionWrong(gettext("This is no JSON."), param="as_json") from why
        if not isinstance(found, dict):
            raise ConditionWrong(gettext("This is no JSON."), param="as_json")
        return found

    def _from_rows(self) -> dict[str, Any]:
        told = self.cleaned_data
        self._rows: list[str] = []
        parts = [*self._counted(), *self._compared()]
        if not parts:
            self.add_error(None, gettext("Say at least one condition."))
            return {}
        body = {"moments": [Moment.ORDER.value], "when": {told["join"]: parts},
                "action": told["action"], "then": told["then"]}  # fmt: skip
        return body | ({"hold_minutes": told["hold_minutes"]} if told["hold_minutes"] else {})

    def _counted(self) -> Iterator[dict[str, Any]]:
        told = self.cleaned_data
        for at in range(1, COUNT_ROWS + 1):
            if not told[f"c{at}_by"]:
                continue
            what, value = told[f"c{at}_what"], told[f"c{at}_value"]
            count: dict[str, Any] = {
                "by": told[f"c{at}_by"],
                "within": (told[f"c{at}_number"] or 0) * int(told[f"c{at}_unit"]),
                "of": [Moment.ORDER.value],
            }
            if what in _SUMS:
                count["sums"] = what
            elif what != "order":
                count["differ"] = what
            self._rows.append(f"c{at}_value")
            yield {"count": count, "op": told[f"c{at}_op"],
                   "value": value.strip() if what == "amount" else _whole(value)}  # fmt: skip

    def _compared(self) -> Iterator[dict[str, Any]]:
        told = self.cleaned_data
        for at in range(1, FACT_ROWS + 1):
            name, op, text = (told[f"f{at}_{part}"] for part in ("fact", "op", "value"))
            if not name:
                continue
            self._rows.append(f"f{at}_value")
            yield {"fact": name, "op": op, "value": _value(name, op, text)}

    def _place_of(self, param: str) -> str | None:
        """The row that a part of the condition came from."""
        if self.cleaned_data.get("as_json"):
            return "as_json"
        parts = param.split(".")
        if len(parts) > 2 and parts[2].isdigit():
            return self._rows[int(parts[2])]
        return param if param in self.fields else None

    def terms(self) -> RuleTerms:
        return RuleTerms(name=self.cleaned_data["name"], body=self.body)


class PolicyForm(forms.Form):
    is_on = forms.BooleanField(label=_("The rules act"), required=False)
    unanswered = forms.ChoiceField(
        label=_("A rule that cannot be answered just now"),
        choices=[(one.value, capfirst(one.label)) for one in Unanswered],
    )
    hold_minutes = forms.IntegerField(label=_("Minutes to decide"), min_value=5, max_value=10_080)


def _whole(text: str) -> Any:
    return int(text) if text.strip().isascii() and text.strip().isdigit() else text


def _value(name: str, op: str, text: str) -> Any:
    fact, text = FACTS[name], text.strip()
    kind = fact.kind
    if op in ("in", "not_in"):
        texts = text.replace("，", ",").split(",")
        return [fact.value_of(one.strip()) for one in texts if one.strip()]
    if kind == Kind.NUMBER:
        return _whole(text)
    if kind == Kind.FLAG:
        return _YES.get(text.lower(), text)
    return text if op == "starts" else fact.value_of(text)


def _typed(rule: Any) -> dict[str, Any]:
    """The rule in the form's rows; one that does not fit them stands as JSON only."""
    body = rule.body
    found = {
        "name": rule.name, "action": body["action"], "then": body.get("then", "pay_back"),
        "hold_minutes": body.get("hold_minutes"),
    }  # fmt: skip
    rows = _rows_of(body)
    if rows is None:
        return found | {"as_json": json.dumps(body, ensure_ascii=False, indent=2)}
    return found | rows


def _rows_of(body: Mapping[str, Any]) -> dict[str, Any] | None:
    when = body["when"]
    join, parts = next(iter(when.items()))
    if join not in ("all", "any") or {"scope", "schedule", "score"} & body.keys():
        return None
    if body["moments"] != [Moment.ORDER.value]:
        return None
    counts = [part for part in parts if "count" in part and _fits(part)]
    facts = [part for part in parts if "fact" in part]
    if len(counts) > COUNT_ROWS or len(facts) > FACT_ROWS or len(counts + facts) < len(parts):
        return None
    found: dict[str, Any] = {"join": join}
    for at, part in enumerate(counts, start=1):
        found |= _count_row(at, part)
    for at, part in enumerate(facts, start=1):
        found |= _fact_row(at, part)
    return found


def _fact_row(at: int, part: Mapping[str, Any]) -> dict[str, Any]:
    value, words = part["value"], FACTS[part["fact"]].words
    if isinstance(value, list):
        value = ", ".join(map(words, value))
    elif isinstance(value, bool):
        value = gettext("yes") if value else gettext("no")
    elif isinstance(value, str) and part["op"] != "starts":
        value = words(value)
    return {f"f{at}_fact": part["fact"], f"f{at}_op": part["op"], f"f{at}_value": value}


def _fits(part: Mapping[str, Any]) -> bool:
    """Whether the form can say it: what it cannot must not be changed by being looked at."""
    count = part["count"]
    is_offered = part["op"] in _COUNT_OPS and _what(count) in _WHAT
    return is_offered and count["within"] % 60 == 0 and count.get("of") == [Moment.ORDER.value]


def _what(count: Mapping[str, Any]) -> str:
    return str(count.get("sums") or count.get("differ") or "order")


def _count_row(at: int, part: Mapping[str, Any]) -> dict[str, Any]:
    count = part["count"]
    unit = next(each for each in (86_400, 3_600, 60) if count["within"] % each == 0)
    told = {
        "by": count["by"], "number": count["within"] // unit, "unit": str(unit), "op": part["op"],
        "value": part["value"], "what": _what(count),
    }  # fmt: skip
    return {f"c{at}_{name}": value for name, value in told.items()}
