"""A preset's rules are brought into a shop, or replaced by those of another preset."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import translation

from core.actors import Actor
from core.scope import require_tenant, tenant_atomic
from risk.bodies import read_body
from risk.models import Policy, Rule
from risk.presets import Ready
from risk.selectors import preset_changes
from risk.selectors.presets import Change
from risk.selectors.rules import forget_rules
from risk.selectors.trials import tried_together
from risk.services.rules import LONGEST_NAME, change_rule, check_reach, make_rule, switch_rule
from risk.states import Preset, RuleState
from risk.types import RuleTerms
from tenants import audit
from tenants.selectors import get_shop

REASON = "preset"


@tenant_atomic
def install(
    *, preset: Preset, state: RuleState, by: Actor, now: datetime, is_sure: bool = False
) -> Mapping[str, int]:
    """Have the shop's preset rules be those of `loose`, `standard` or `strict`, all in one state
    (`shadow`: on trial, `on`, `off`); returns how many rules there were of each `Change`.

    Rules of the shop's own stay; so do a preset's that were changed by hand, as they are. What the
    new preset has not is switched off. Raises MatchesEverything, and changes nothing, where they
    would have stopped half of a week's looks and nobody `is_sure`.
    """
    preset = Preset(preset)
    kept = _alone()
    changes = preset_changes(preset=preset)
    if state == RuleState.ON and not is_sure:
        bodies = [read_body(one.ready.body) for one in changes if one.ready]
        check_reach(tried_together(bodies=bodies, days=7, now=now).all)
    for one in changes:
        if one.change == Change.GONE and one.rule:
            _switch(one.rule, RuleState.OFF, by=by, now=now)
        elif one.change != Change.OWN and one.ready:
            rule = _write(one.ready, one.rule, by=by, now=now)
            _switch(rule, state, by=by, now=now)
    kept.preset = preset
    kept.save(update_fields=["preset"])
    audit.record(
        by=by, action="rule.preset", target="", now=now,
        data={"preset": str(preset), "state": str(state)},
    )  # fmt: skip
    transaction.on_commit(forget_rules)
    return Counter(str(one.change) for one in changes)


def _alone() -> Policy:
    """The shop's, locked: a button that is pressed twice makes no rule twice."""
    Policy.objects.get_or_create(tenant_id=require_tenant())
    return Policy.objects.select_for_update(of=("self",), no_key=True).get()


@tenant_atomic
def install_first(*, by: Actor, now: datetime) -> None:
    """A shop begins with the standard rules on trial: nobody waits by numbers that this shop has
    not looked at, and after a week it sees what they would have done."""
    with translation.override(get_shop().language):
        install(preset=Preset.STANDARD, state=RuleState.SHADOW, by=by, now=now)


def _write(ready: Ready, rule: Rule | None, *, by: Actor, now: datetime) -> Rule:
    if rule is None:
        terms = RuleTerms(name=_free_name(str(ready.name)), body=ready.body)
        rule = make_rule(terms=terms, by=by, now=now)
    else:
        terms = RuleTerms(name=rule.name, body=ready.body)
        rule = change_rule(rule_id=rule.pk, terms=terms, by=by, now=now, is_sure=True)
    rule.preset, rule.preset_version = ready.key, rule.version
    rule.save(update_fields=["preset", "preset_version"])
    return rule


def _free_name(name: str) -> str:
    """The shop may have a rule of its own by this name."""
    taken = set(Rule.objects.filter(name__startswith=name).values_list("name", flat=True))
    names = [name, *(f"{name} ({number})" for number in range(2, len(taken) + 2))]
    return next(one for one in names if one not in taken)[:LONGEST_NAME]


def _switch(rule: Rule, state: RuleState, *, by: Actor, now: datetime) -> None:
    if rule.state != state:
        switch_rule(rule_id=rule.pk, state=state, by=by, reason=REASON, now=now, is_sure=True)
