"""The form of a risk rule: rows that read as a sentence, its condition as an expression, or the
whole rule as JSON."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.states import Channel
from dashboard.asking import grouped
from dashboard.fields import DayInput
from dashboard.naming import SCOPED, in_shop
from dashboard.rule_rows import (
    COUNT_ROWS,
    FACT_ROWS,
    TIMES,
    action_choices,
    action_of,
    body_of,
    expression_of,
    is_same,
    rows_of,
)
from risk.bodies import MOST_SCORE, check_possible, read_body
from risk.errors import ConditionWrong
from risk.selectors.bounds import DAYS
from risk.selectors.sentences import times_words
from risk.signs import LONGEST
from risk.states import LOOKED, Action, Moment, Trait, Unanswered
from risk.types import RuleTerms

LONGEST_JSON = 20_000
UNITS = {"60": _("minutes"), "3600": _("hours"), "86400": _("days")}
_NONE = ("", "—")
_WHAT = {
    TIMES: _("times"),
    "amount": _("money spent"),
    "quantity": _("things ordered"),
    "device": _("different devices"),
    "phone": _("different phone numbers"),
    "account": _("different topped-up accounts"),
    "payer": _("different payers"),
    "ip": _("different IP addresses"),
    "net": _("different networks"),
    "sku": _("different SKUs"),
}
_COUNT_OPS = {">": _("more than"), ">=": _("at least")}
_FACT_OPS = {
    ">": _("more than"), ">=": _("at least"), "<": _("less than"), "<=": _("at most"),
    "=": _("is"), "!=": _("is not"), "in": _("is one of"), "not_in": _("is none of"),
    "starts": _("begins with"),
}  # fmt: skip
# Where a part of the body that the rows do not name stands in the form.
_PLACES = {"schedule.hours": "hour_first", "schedule.days": "days", "schedule.since": "since",
           "schedule.until": "until"}  # fmt: skip


def _choices(named: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(name, label) for name, label in named.items()]


class SeveralField(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class RuleForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    join = forms.ChoiceField(
        label=_("It speaks when"),
        choices=[("all", _("all of these are so")), ("any", _("one of these is so"))],
    )
    moments = SeveralField(
        label=_("It looks when"),
        choices=[(one.value, capfirst(one.label)) for one in LOOKED],
        initial=[Moment.ORDER.value],
    )
    action = forms.ChoiceField(
        label=_("Then"),
        choices=action_choices,
        initial=Action.HOLD,
        help_text=_(
            "A code is sent to who places an order or opens codes; who looks an order up takes the "
            "slider instead. What is held at a look-up is refused."
        ),
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
    score = forms.IntegerField(
        label=_("Score"),
        required=False,
        min_value=0,
        max_value=MOST_SCORE,
        help_text=_("What it adds to an order's risk, 0 to 100."),
    )
    scope_channel = SeveralField(
        label=_("Channels"),
        required=False,
        choices=Channel.choices,
        help_text=_("None: all of them."),
    )
    days = SeveralField(
        label=_("Days of the week"),
        required=False,
        choices=[(str(day), label) for day, label in DAYS.items()],
        help_text=_("None: every day."),
    )
    hour_first = forms.IntegerField(
        label=_("From this hour"), required=False, min_value=0, max_value=23
    )
    hour_last = forms.IntegerField(
        label=_("To this hour"),
        required=False,
        min_value=0,
        max_value=24,
        help_text=_(
            "By the shop's clock; from 22 to 6 is over midnight: on Saturdays, from Saturday 22:00 "
            "to Sunday 6:00."
        ),
    )
    since = forms.DateField(label=_("From this day"), required=False, widget=DayInput)
    until = forms.DateField(
        label=_("Until this day"),
        required=False,
        widget=DayInput,
        help_text=_("That day is still in it."),
    )
    expression = forms.CharField(
        label=_("The condition as an expression"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(
            attrs={"rows": 4, "spellcheck": "false", "class": "qy-mono", "lang": "en"}
        ),
        help_text=_("If something stands here, it is the condition, whatever the rows say."),
    )
    as_json = forms.CharField(
        label=_("The whole rule as JSON"),
        required=False,
        max_length=LONGEST_JSON,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=_("If something stands here, it is the rule, whatever the rows say."),
    )
    sure = forms.BooleanField(label=_("I know that it speaks on many orders"), required=False)

    def __init__(
        self, given: Any, *, rule: Any = None, is_expert: bool = False, is_new: bool = True
    ) -> None:
        super().__init__(given, initial=_typed(rule, is_expert=is_expert) if rule else None)
        self._rule, self._is_new = rule, is_new
        for at in range(1, COUNT_ROWS + 1):
            self._add_count(at)
        for at in range(1, FACT_ROWS + 1):
            self._add_fact(at)
        for name, label in zip(SCOPED, (_("SKUs"), _("Brands"), _("Partners")), strict=True):
            widget = forms.TextInput(attrs={"list": f"scope-{name}"})
            self._add(f"scope_{name}", label, forms.CharField, max_length=2_000, widget=widget)

    def _add_count(self, at: int) -> None:
        by = [_NONE, *((one.value, one.label) for one in Trait)]
        self._add(f"c{at}_by", _("One and the same"), forms.ChoiceField, choices=by)
        self._add(f"c{at}_number", _("within"), forms.IntegerField, min_value=1, max_value=43_200)
        self._add(f"c{at}_unit", _("unit of time"), forms.ChoiceField, choices=_choices(UNITS))
        self._add(f"c{at}_op", _("has"), forms.ChoiceField, choices=_choices(_COUNT_OPS))
        self._add(f"c{at}_value", _("how many"), forms.CharField, max_length=20)
        self._add(f"c{at}_what", _("of what"), forms.ChoiceField, choices=_choices(_WHAT))
        of = [(one.value, capfirst(times_words(one))) for one in LOOKED]
        usual = [Moment.ORDER.value]
        self._add(f"c{at}_of", _("counted are"), SeveralField, choices=of, initial=usual)

    def _add_fact(self, at: int) -> None:
        facts = [_NONE, *grouped()]
        self._add(f"f{at}_fact", _("What"), forms.ChoiceField, choices=facts)
        self._add(f"f{at}_op", _("is it"), forms.ChoiceField, choices=_choices(_FACT_OPS))
        self._add(f"f{at}_value", _("value"), forms.CharField, max_length=500)

    def _add(self, name: str, label: Any, kind: Any, **more: Any) -> None:
        self.fields[name] = kind(label=label, required=False, **more)

    @property
    def counts(self) -> list[list[Any]]:
        names = ("by", "number", "unit", "op", "value", "what", "of")
        return [[self[f"c{at}_{name}"] for name in names] for at in range(1, COUNT_ROWS + 1)]

    @property
    def facts(self) -> list[list[Any]]:
        names = ("fact", "op", "value")
        return [[self[f"f{at}_{name}"] for name in names] for at in range(1, FACT_ROWS + 1)]

    @property
    def is_expert(self) -> bool:
        """Its condition is written as an expression."""
        return bool(self["expression"].value() or self["expression"].errors)

    @property
    def has_wrong_rows(self) -> bool:
        return any(field.errors for row in [*self.counts, *self.facts] for field in row)

    @property
    def scopes(self) -> list[Any]:
        return [self[f"scope_{name}"] for name in SCOPED]

    @property
    def has_bounds(self) -> bool:
        names = [f"scope_{name}" for name in SCOPED]
        names += ["scope_channel", "days", "hour_first", "hour_last", "since", "until", "score"]
        return any(self[name].value() not in (None, "", []) or self[name].errors for name in names)

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        self._rows: list[str] = []
        try:
            if self.cleaned_data["as_json"]:
                self.body = self._from_json()
            else:
                self.body, self._rows = body_of(self.cleaned_data)
            read_body(self.body)
            check_possible(self.body)
            if self._is_new:  # what stands may name what the shop had
                self.body = in_shop(self.body)
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

    def _place_of(self, param: str | None) -> str | None:
        """The row that a part of the body came from."""
        if self.cleaned_data.get("as_json"):
            return "as_json"
        parts = (param or "").split(".")
        if parts[0] == "when" and self.cleaned_data["expression"]:
            return "expression"
        if len(parts) > 2 and parts[2].isdigit():
            return self._rows[int(parts[2])]
        found = _PLACES.get(".".join(parts[:2]), "_".join(parts[:2]))
        return found if found in self.fields else None

    def terms(self) -> RuleTerms:
        """A rule that says the same as before in another order is that one."""
        is_kept = self._rule is not None and is_same(self.body, self._rule.body)
        body = self._rule.body if is_kept else self.body
        return RuleTerms(name=self.cleaned_data["name"], body=body)


class PolicyForm(forms.Form):
    is_on = forms.BooleanField(label=_("The rules act"), required=False)
    unanswered = forms.ChoiceField(
        label=_("A rule that cannot be answered just now"),
        choices=[(one.value, capfirst(one.label)) for one in Unanswered],
    )
    hold_minutes = forms.IntegerField(label=_("Minutes to decide"), min_value=5, max_value=10_080)


def _typed(rule: Any, *, is_expert: bool) -> dict[str, Any]:
    """The rule in the form's rows; a condition that they cannot say, or who wants that, as an
    expression, and what no field can say or this program cannot read any more as JSON only."""
    body = rule.body
    found = {
        "name": rule.name, "action": action_of(body), "then": body.get("then", "pay_back"),
        "hold_minutes": body.get("hold_minutes"), "moments": body["moments"],
    }  # fmt: skip
    with suppress(ConditionWrong):
        read_body(body)
        for rows in (None if is_expert else rows_of(body), expression_of(body)):
            if rows is not None and _say(found | rows, body):
                return found | rows
    return found | {"as_json": json.dumps(body, ensure_ascii=False, indent=2)}


def _say(rows: dict[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether it would be read from these rows again: looking at a rule must not change it."""
    form = RuleForm(rows, is_new=False)
    return form.is_valid() and is_same(form.body, body)
