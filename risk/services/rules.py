"""Rules are written, changed, switched; each version is kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import InvalidInput
from core.refs import new_ref
from core.scope import require_tenant, tenant_atomic
from core.states import check_move
from risk.bodies import LONGEST_HOLD, SHORTEST_HOLD, check_possible, read_body
from risk.errors import ConditionWrong, MatchesEverything, RuleNameTaken
from risk.models import Policy, Rule, RuleMove, RuleVersion
from risk.selectors import tried_on_past
from risk.selectors.rules import forget_rules
from risk.selectors.trials import Trial
from risk.services import memory
from risk.states import RULE_MOVES, RuleState, Unanswered
from risk.types import Counter, RuleTerms
from tenants import audit

LONGEST_NAME, MOST_RULES = 80, 200
FEW, TOO_MUCH = 20, 0.5  # looks that say nothing yet; the share of them that asks for a yes


@tenant_atomic
def make_rule(*, terms: RuleTerms, by: Actor, now: datetime) -> Rule:
    """A rule that is off. Raises InvalidInput, ConditionWrong, RuleNameTaken."""
    name, body = _checked(terms)
    if Rule.objects.count() >= MOST_RULES:
        raise InvalidInput(_("A shop has at most %(most)s rules.") % {"most": MOST_RULES})
    rule = Rule(ref=new_ref(), name=name, body=body, made_at=now)
    _store(rule, by=by, now=now)
    audit.record(by=by, action="rule.made", target=rule.ref, now=now, data={"name": name})
    return rule


@tenant_atomic
def change_rule(
    *, rule_id: int, terms: RuleTerms, by: Actor, now: datetime, is_sure: bool = False
) -> Rule:
    """From now on it says this; the same again changes nothing.

    One that is on is changed as it would be switched on: MatchesEverything, unless who changes it
    `is_sure`.
    """
    name, body = _checked(terms)
    rule = _locked(rule_id)
    if (rule.name, rule.body) == (name, body):
        return rule
    if rule.state == RuleState.ON and rule.body != body and not is_sure:
        _check_reach_of(body, now=now)
    rule.name, rule.body, rule.version = name, body, rule.version + 1
    _store(rule, by=by, now=now)
    audit.record(
        by=by, action="rule.changed", target=rule.ref, now=now, data={"version": rule.version}
    )
    return rule


def _checked(terms: RuleTerms) -> tuple[str, Mapping[str, Any]]:
    name = terms.name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidInput(
            _("Write a name of 1 to %(most)s characters.") % {"most": LONGEST_NAME}, param="name"
        )
    read_body(terms.body)
    check_possible(terms.body)
    return name, dict(terms.body)


def _store(rule: Rule, *, by: Actor, now: datetime) -> None:
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as why:
        if "rule_name_once" not in str(why):
            raise
        raise RuleNameTaken(_("Another rule has this name."), param="name") from None
    RuleVersion.objects.create(
        rule=rule, version=rule.version, name=rule.name, body=rule.body, by=by.label[:80],
        made_at=now,
    )  # fmt: skip
    _take_effect(rule)


@tenant_atomic
def switch_rule(
    *,
    rule_id: int,
    state: RuleState,
    by: Actor,
    reason: str,
    now: datetime,
    is_sure: bool = False,
) -> Rule:
    """Off, on trial, or on. Raises MoveRefused where it is so already.

    One that would have spoken on half of a week's looks, or always does, is switched on by who
    `is_sure` only: else MatchesEverything says on how many.
    """
    rule = _locked(rule_id)
    if state == RuleState.ON and not is_sure:
        _check_reach_of(rule.body, now=now)
    _move(rule, state, by=by, reason=reason, now=now)
    audit.record(by=by, action=f"rule.{state}", target=rule.ref, reason=reason, now=now)
    _take_effect(rule)
    return rule


def _take_effect(rule: Rule) -> None:
    """Once it is stored, this process sees the rule as it is, and its counts are made anew."""
    counters = _counters(rule)

    def see() -> None:
        forget_rules()
        memory.forget(counters=counters)

    transaction.on_commit(see)


def _counters(rule: Rule) -> frozenset[Counter]:
    """Of one that cannot be read any more none, for it was left out: it can be switched off."""
    try:
        return read_body(rule.body).condition.counters
    except ConditionWrong:
        return frozenset()


def _check_reach_of(body: Mapping[str, Any], *, now: datetime) -> None:
    trial = tried_on_past(body=read_body(body), days=7, now=now)
    check_reach(trial, is_always=_always_holds(body))


def _always_holds(body: Mapping[str, Any]) -> bool:
    """A rule that can never hold, from before that was told, does not."""
    try:
        return check_possible(body)
    except ConditionWrong:
        return False


def check_reach(trial: Trial, *, is_always: bool = False) -> None:
    """Raises MatchesEverything, if a week's trial says that it would have spoken on half of it, or
    its condition that it always does."""
    if is_always:
        why = _(
            "Its condition always holds: it speaks whenever it looks, in the last 7 days on "
            "%(spoken)s of %(all)s. Confirm that you want that."
        )
    elif trial.looked_at >= FEW and trial.share >= TOO_MUCH:
        why = _(
            "In the last 7 days it would have spoken on %(spoken)s of %(all)s. "
            "Confirm that you want that."
        )
    else:
        return
    raise MatchesEverything(
        why % {"spoken": f"{trial.spoken:,}", "all": f"{trial.looked_at:,}"},
        param="sure",
        spoken=trial.spoken,
        looked_at=trial.looked_at,
    )


def _move(rule: Rule, new: RuleState, *, by: Actor, reason: str, now: datetime) -> None:
    old = RuleState(rule.state)
    check_move(RULE_MOVES, old, new)
    rule.state = new
    rule.save(update_fields=["state"])
    RuleMove.objects.create(
        rule=rule, old=old, new=new, by=by.label[:80], reason=reason[:60], at=now
    )


def _locked(rule_id: int) -> Rule:
    return Rule.objects.select_for_update(of=("self",), no_key=True).get(pk=rule_id)


@tenant_atomic
def set_policy(
    *, is_on: bool, unanswered: Unanswered, hold_minutes: int, by: Actor, now: datetime
) -> Policy:
    """What holds for all rules; `is_on` False: none of them acts, all are written down still."""
    if not SHORTEST_HOLD <= hold_minutes <= LONGEST_HOLD:
        raise InvalidInput(
            _("Write a whole number from %(least)s to %(most)s.")
            % {"least": SHORTEST_HOLD, "most": LONGEST_HOLD},
            param="hold_minutes",
        )
    said = {"is_on": is_on, "unanswered": unanswered, "hold_minutes": hold_minutes}
    kept, _is_new = Policy.objects.update_or_create(tenant_id=require_tenant(), defaults=said)
    audit.record(
        by=by, action="rule.settings", target="", now=now,
        data={"is_on": is_on, "unanswered": str(unanswered), "hold_minutes": hold_minutes},
    )  # fmt: skip
    transaction.on_commit(forget_rules)
    return kept
