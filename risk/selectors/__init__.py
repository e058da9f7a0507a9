"""Reads of risk: the rules in force, who is listed, what was counted."""

from risk.selectors.assessments import (
    assessments_of,
    due_to_forget,
    find_assessment,
    find_look,
)
from risk.selectors.counts import counted_in_postgres
from risk.selectors.listed import find_listed
from risk.selectors.presets import preset_changes
from risk.selectors.rules import RuleSet, find_rule, policy, rules, rules_in_force
from risk.selectors.sentences import sentence
from risk.selectors.trials import tried_on_past, tried_together

__all__ = [
    "RuleSet",
    "assessments_of",
    "counted_in_postgres",
    "due_to_forget",
    "find_assessment",
    "find_listed",
    "find_look",
    "find_rule",
    "policy",
    "preset_changes",
    "rules",
    "rules_in_force",
    "sentence",
    "tried_on_past",
    "tried_together",
]
