"""Every write of risk: rules, lists, verdicts; and what is remembered of how often."""

from datetime import datetime

from core.scope import tenant_atomic
from risk.selectors import due_challenges, due_to_forget, due_to_unlist, rules_in_force
from risk.services import memory
from risk.services.assessing import (
    Again,
    Assessed,
    keep_again,
    keep_look,
    look,
    look_again,
)
from risk.services.failsafe import (
    judge_again,
    judged,
    keep_not_looked,
    keep_paid,
    look_at_paid,
    not_looked,
)
from risk.services.files import bring_rules
from risk.services.judging import held_instead, judge, said_before
from risk.services.lists import (
    add_each_to_list,
    add_to_list,
    drop_from_list,
    put_back_on_list,
)
from risk.services.persons import ask_by_code, ask_person, drop_asked, drop_sent, hear_person
from risk.services.presets import install, install_first
from risk.services.reviewing import block_traits, review
from risk.services.rules import change_rule, make_rule, set_policy, switch_rule

__all__ = [
    "Again",
    "Assessed",
    "add_each_to_list",
    "add_to_list",
    "ask_by_code",
    "ask_person",
    "block_traits",
    "bring_rules",
    "change_rule",
    "drop_asked",
    "drop_from_list",
    "drop_sent",
    "forget_old",
    "hear_person",
    "held_instead",
    "install",
    "install_first",
    "judge",
    "judge_again",
    "judged",
    "keep_again",
    "keep_look",
    "keep_not_looked",
    "keep_paid",
    "look",
    "look_again",
    "look_at_paid",
    "make_rule",
    "not_looked",
    "put_back_on_list",
    "rebuild",
    "review",
    "said_before",
    "set_policy",
    "switch_rule",
]


def rebuild(*, now: datetime) -> int:
    """Count anew what the memory has lost, or never had; returns how many counters that were."""
    with tenant_atomic():
        counters = rules_in_force().counters
    return memory.rebuild(counters=counters, now=now)


def forget_old(now: datetime) -> int:
    """Drop looks that are ninety days old, who is off the lists for as long, and questions that
    nobody can answer any more, across tenants, a batch at a time."""
    old = (due_to_forget(now=now), due_to_unlist(now=now), due_challenges(now=now))
    return sum(rows.delete()[0] for rows in old)
