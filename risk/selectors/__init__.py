"""Reads of risk: the rules in force, who is listed, what was counted."""

from risk.selectors.assessments import (
    assessments_of,
    due_to_forget,
    find_assessment,
    find_look,
    look_ups_of,
    score_of,
    scores_by,
)
from risk.selectors.counts import counted_in_postgres, counts_then
from risk.selectors.linked import Links, links_of
from risk.selectors.listed import due_to_unlist, find_listed
from risk.selectors.persons import (
    due_challenges,
    find_asked,
    find_sent,
    known_person,
    tries_left,
)
from risk.selectors.presets import name_of, preset_changes
from risk.selectors.rules import RuleSet, find_rule, policy, rules, rules_in_force
from risk.selectors.sentences import count_words, parts_of, sentence, value_words
from risk.selectors.spoken import (
    find_review,
    judgements_of,
    look_ups_that_spoke,
    looks_that_spoke,
    said_then,
    versions_of,
)
from risk.selectors.trials import tried_on_past, tried_together
from risk.selectors.watching import due_waves, radar, stopped_lately, waves

__all__ = [
    "Links",
    "RuleSet",
    "assessments_of",
    "count_words",
    "counted_in_postgres",
    "counts_then",
    "due_challenges",
    "due_to_forget",
    "due_to_unlist",
    "due_waves",
    "find_asked",
    "find_assessment",
    "find_listed",
    "find_look",
    "find_review",
    "find_rule",
    "find_sent",
    "judgements_of",
    "known_person",
    "links_of",
    "look_ups_of",
    "look_ups_that_spoke",
    "looks_that_spoke",
    "name_of",
    "parts_of",
    "policy",
    "preset_changes",
    "radar",
    "rules",
    "rules_in_force",
    "said_then",
    "score_of",
    "scores_by",
    "sentence",
    "stopped_lately",
    "tried_on_past",
    "tried_together",
    "tries_left",
    "value_words",
    "versions_of",
    "waves",
]
