"""Rules that come in a file: none of them acts until somebody switches it on."""

from datetime import datetime

from core.actors import Actor
from core.scope import tenant_atomic
from risk.selectors.files import Brought, InShop, rules_brought
from risk.services.rules import change_rule, make_rule, switch_rule
from risk.states import RuleState
from risk.types import RuleTerms

REASON = "file"


@tenant_atomic
def bring_rules(*, text: str, in_shop: InShop, by: Actor, now: datetime) -> int:
    """Make the new rules of the file, off, and change the others; returns how many those were.

    One that was on and changes goes on trial: what comes in a file acts only after a look. What
    is refused is left out. Raises InvalidInput for what is no file of rules.
    """
    found = [one for one in rules_brought(text=text, in_shop=in_shop) if one.brought in _WRITTEN]
    for one in found:
        terms = RuleTerms(name=one.name, body=one.body)
        if one.rule is None:
            make_rule(terms=terms, by=by, now=now)
            continue
        if one.rule.state == RuleState.ON:
            switch_rule(rule_id=one.rule.pk, state=RuleState.SHADOW, by=by, reason=REASON, now=now)
        change_rule(rule_id=one.rule.pk, terms=terms, by=by, now=now)
    return len(found)


_WRITTEN = frozenset({Brought.NEW, Brought.CHANGED})
