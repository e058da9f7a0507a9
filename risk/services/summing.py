"""A verdict, from all that spoke."""

from risk.selectors import RuleSet
from risk.states import SEVERITY, Action, hardest_proof
from risk.types import Spoken, Verdict


def summed_up(rules: RuleSet, spoken: list[Spoken]) -> Verdict:
    """What all that spoke want together."""
    acting = [one for one in spoken if not one.is_shadow] if rules.policy.is_on else []
    action = max((Action(one.action) for one in acting), key=SEVERITY.__getitem__, default=None)
    # Where nobody can be asked for a proof, it is held as the rules that wanted one say.
    waits = Action.VERIFY if action == Action.VERIFY else Action.HOLD
    holding = [
        rule.body
        for rule in rules.rules
        if any(one.rule == rule.ref and one.action == waits for one in acting)
    ]
    proof = hardest_proof(body.proof for body in holding) if action == Action.VERIFY else ""
    minutes = [body.hold_minutes or rules.policy.hold_minutes for body in holding]
    # Of several holds the one that ends first counts, and money back is the safer end.
    then = "release" if holding and all(body.then == "release" for body in holding) else "pay_back"
    return Verdict(
        action=action or Action.PASS,
        spoken=tuple(spoken),
        hold_minutes=min(minutes, default=rules.policy.hold_minutes),
        then=then,
        proof=proof,
    )


def score_of(verdict: Verdict) -> int:
    return sum(one.score for one in verdict.spoken if not one.is_shadow)
