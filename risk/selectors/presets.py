"""What a preset would change of the rules that stand."""

from dataclasses import dataclass
from enum import StrEnum

from risk.models import Rule
from risk.presets import Ready, rules_of
from risk.states import Preset, RuleState
from tenants.selectors import get_shop


class Change(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    OWN = "own"  # changed by hand: it is kept as it is
    GONE = "gone"  # not in this preset: it is switched off


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetChange:
    """`ready` is what the preset says, `rule` what stands; one of them may be missing."""

    change: Change
    ready: Ready | None
    rule: Rule | None


def preset_changes(*, preset: Preset) -> list[PresetChange]:
    """The preset's rules in its order, then those of another preset that it has not."""
    standing = {rule.preset: rule for rule in Rule.objects.exclude(preset="")}
    ready = rules_of(preset=preset, currency=get_shop().currency)
    found = [_changed(one, standing.pop(one.key, None)) for one in ready]
    return found + [
        PresetChange(
            change=Change.OWN if rule.is_changed_by_hand else Change.GONE, ready=None, rule=rule
        )
        for rule in standing.values()
        if rule.state != RuleState.OFF
    ]


def _changed(ready: Ready, rule: Rule | None) -> PresetChange:
    if rule is None:
        change = Change.NEW
    elif rule.is_changed_by_hand:
        change = Change.OWN
    else:
        change = Change.SAME if rule.body == ready.body else Change.CHANGED
    return PresetChange(change=change, ready=ready, rule=rule)


def name_of(*, rule: Rule) -> str:
    """In the reader's language, where a preset brought it and nobody named it since."""
    if not rule.preset or rule.is_changed_by_hand:
        return rule.name
    names = {one.key: one.name for one in rules_of(preset=Preset.STRICT, currency="")}
    return str(names.get(rule.preset, rule.name))
