"""The risk rules: written as sentences, tried on the past, switched, and what holds for all."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import NotFound
from core.money import Money
from dashboard.access import allows, shop_of
from dashboard.asking import offers, scoped
from dashboard.casework import fact_words
from dashboard.frame import Deed, back_to, deed, draw, page, saved
from dashboard.measuring import measurement
from dashboard.naming import in_shop
from dashboard.ruling import PolicyForm, RuleForm
from orders.models import Order
from payments.models import Payment
from risk import services as risk
from risk.bodies import read_body
from risk.errors import ConditionWrong
from risk.facts import SUMMED
from risk.models import Assessment, Rule
from risk.selectors import find_rule, name_of, policy, rules, sentence, tried_on_past
from risk.selectors.trials import Trial
from risk.spelling import DIFFERENT, MOMENTS, text_of
from risk.states import LOOKED, RuleState, Trait, Unanswered
from risk.types import RuleTerms

DAYS = (7, 30, 90)
TONES = {RuleState.ON: "good", RuleState.SHADOW: "warn", RuleState.OFF: ""}


@page("risk.view")
def all_rules(request: HttpRequest) -> HttpResponse:
    kept = policy()
    given = {
        "is_on": kept.is_on, "unanswered": kept.unanswered, "hold_minutes": kept.hold_minutes
    }  # fmt: skip
    form = PolicyForm(request.POST or None, initial=given)
    days = _days(request)
    measured = measurement(days=days, now=timezone.now())
    may_edit = allows(request, "risk.edit")
    if may_edit and saved(request, form, partial(_keep, form), done=_("Saved.")):
        return back_to("office_rules")
    return draw(
        request,
        "dashboard/rules.html",
        title=_("Risk rules"),
        rows=[(_row(request, rule), measured.of.get(rule.ref)) for rule in rules()],
        days=days,
        choices=DAYS,
        is_whole=measured.is_whole,
        form=form,
        policy=kept,
        may_edit=may_edit,
        is_refused=form.is_bound and bool(form.errors),
    )


def _keep(form: PolicyForm, **who_and_when: Any) -> None:
    told = form.cleaned_data
    risk.set_policy(
        is_on=told["is_on"],
        unanswered=Unanswered(told["unanswered"]),
        hold_minutes=told["hold_minutes"],
        **who_and_when,
    )


def _row(request: HttpRequest, rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule,
        "name": name_of(rule=rule),
        "sentence": said_by(request, rule.body),
        "tone": TONES[RuleState(rule.state)],
        "others": [one for one in RuleState if one != rule.state],
    }


def said_by(request: HttpRequest, body: Mapping[str, Any]) -> str:
    """One that this program cannot read any more says why, and hides no other one."""
    try:
        return sentence(body=body, currency=shop_of(request).currency, words=fact_words)
    except ConditionWrong as why:
        return str(why.message)


@page("risk.edit")
def new_rule(request: HttpRequest) -> HttpResponse:
    form = RuleForm(request.POST or None)
    made: list[Rule] = []

    def make(**who_and_when: Any) -> None:
        made.append(risk.make_rule(terms=form.terms(), **who_and_when))

    done = _("The rule is written. Try it on the past, then switch it on.")
    if saved(request, form, make, done=done):
        return back_to("office_rule", made[0].ref)
    return _draw_form(request, form, title=_("New rule"))


@page("risk.view")
def rule(request: HttpRequest, ref: str) -> HttpResponse:
    """The rule, what it would have said of the last days, and its versions."""
    found = find_rule(ref=ref)
    days, now = _days(request), timezone.now()
    trial, expression = _tried(found, days=days, now=now)
    measured = measurement(days=days, now=now)
    return draw(
        request,
        "dashboard/rule.html",
        title=name_of(rule=found),
        row=_row(request, found),
        expression=expression,
        measured=measured.of.get(found.ref),
        is_whole=measured.is_whole,
        days=days,
        choices=DAYS,
        trial=trial,
        amount=Money(trial.amount_e4, shop_of(request).currency) if trial else "",
        refunded=_refunded(trial) if trial else 0,
        latest=_shown(request, trial) if trial else [],
        versions=[(one, said_by(request, one.body)) for one in found.versions.all()[:20]],
        may_edit=allows(request, "risk.edit"),
        may_see_orders=allows(request, "orders.view"),
    )


def _tried(rule: Rule, *, days: int, now: datetime) -> tuple[Trial | None, str]:
    """On the past, and as an expression; neither of one that this program cannot read any more."""
    try:
        body = read_body(rule.body)
    except ConditionWrong:
        return None, ""
    return tried_on_past(body=body, days=days, now=now), text_of(rule.body["when"])


def _days(request: HttpRequest) -> int:
    given = request.GET.get("days", "")
    return int(given) if given in {str(one) for one in DAYS} else DAYS[0]


def _refunded(trial: Trial) -> int:
    """Of those it would have spoken on, how many were paid back later."""
    found = Order.objects.filter(number__in=[one.subject for one in trial.latest])
    back = Payment.objects.filter(payable_id__in=found.values("pk"), refunded_e4__gt=0)
    return back.values("payable_id").distinct().count()


def _shown(request: HttpRequest, trial: Trial) -> list[dict[str, Any]]:
    numbers = [one.subject for one in trial.latest]
    known = dict(Order.objects.filter(number__in=numbers).values_list("number", "pk"))
    return [_look(request, one, known.get(one.subject)) for one in trial.latest]


def _look(request: HttpRequest, look: Assessment, order_id: int | None) -> dict[str, Any]:
    return {
        "look": look,
        "order_id": order_id,
        "amount": Money(look.amount_e4, shop_of(request).currency),
    }


@page("risk.edit")
def edit_rule(request: HttpRequest, ref: str) -> HttpResponse:
    found = find_rule(ref=ref)
    is_expert = request.GET.get("as") == "expression"
    form = RuleForm(request.POST or None, rule=found, is_expert=is_expert)

    def change(**who_and_when: Any) -> None:
        is_sure = form.cleaned_data["sure"]
        risk.change_rule(rule_id=found.pk, terms=form.terms(), is_sure=is_sure, **who_and_when)

    if saved(request, form, change, done=_("Saved. It counts from now on.")):
        return back_to("office_rule", found.ref)
    back = reverse("office_rule", args=[ref])
    return _draw_form(request, form, title=_("Edit the rule"), back=back)


def _draw_form(request: HttpRequest, form: RuleForm, *, title: str, back: str = "") -> HttpResponse:
    return draw(
        request,
        "dashboard/rule_form.html",
        title=title,
        form=form,
        back=back or reverse("office_rules"),
        offers=offers(),
        names=_names(),
        scoped=scoped(),
        is_refused=form.is_bound and bool(form.errors),
    )


def _names() -> list[tuple[str, list[str]]]:
    """What a count's name is made of, in the order in which it says it."""
    return [
        (_("by whom or what"), [str(one) for one in Trait]),
        (_("what is done"), [MOMENTS[one] for one in LOOKED]),
        (_("what is counted, if not that"), [*SUMMED, *DIFFERENT.values()]),
        (_("within which time"), ["10m", "1h", "7d"]),
    ]


@deed("risk.edit", back="office_rule", of="ref")
def switch(request: HttpRequest, ref: str, verb: str) -> Deed:
    """`on`, `shadow` or `off`; on only when it is known what that would have done."""
    if verb not in RuleState.values:
        raise NotFound
    found = find_rule(ref=ref)
    do = partial(
        risk.switch_rule,
        rule_id=found.pk,
        state=RuleState(verb),
        reason=request.POST.get("reason", "").strip()[:60],
        is_sure=request.POST.get("sure") == "on",
    )
    return Deed(do, done=_DONE[RuleState(verb)]())


@deed("risk.edit", back="office_rule", of="ref")
def restore(request: HttpRequest, ref: str, version: int) -> Deed:
    """The rule says again what it said in an earlier version: that is a new version of it."""
    found = find_rule(ref=ref)
    kept = found.versions.filter(version=version).first()
    if kept is None:
        raise NotFound

    def do(**who_and_when: Any) -> None:
        read_body(kept.body)
        terms = RuleTerms(name=kept.name, body=in_shop(kept.body))
        is_sure = request.POST.get("sure") == "on"
        risk.change_rule(rule_id=found.pk, terms=terms, is_sure=is_sure, **who_and_when)

    return Deed(
        do, done=_("It says again what it said in version %(version)s.") % {"version": version}
    )


_DONE = {
    RuleState.ON: lambda: _("It is on, from this moment."),
    RuleState.SHADOW: lambda: _("It is on trial: it writes down what it would do."),
    RuleState.OFF: lambda: _("It is off."),
}
