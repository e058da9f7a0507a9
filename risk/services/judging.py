"""What a verdict means for who asks: let pass, to prove that he is a person, or stopped."""

from dataclasses import dataclass, replace
from datetime import datetime

from core.scope import tenant_atomic
from core.secrets import Secret
from risk.selectors import find_look
from risk.selectors.persons import proof_wanted
from risk.selectors.values import digest_of
from risk.services.assessing import Assessed, keep_look, look
from risk.services.persons import drop_asked
from risk.states import SEVERITY, Action, is_proof_enough
from risk.types import Case, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What was said: PASS for all that was let pass, and for VERIFY how it is to be proven."""

    action: Action
    proof: str = ""


@tenant_atomic(savepoint=False)
def said_before(
    *, moment: str, subject: str, trait: str, value: Secret, person: str | None = ""
) -> Before | None:
    """What was said when the same was asked by the same before.

    Who was to prove that he is a person, and has by now (`person` says how), is let pass.
    """
    digest = digest_of(trait, value.reveal())
    found = find_look(moment=moment, subject=subject, trait=trait, digest=digest)
    if found is None:
        return None
    if found.action == Action.VERIFY and not found.verified:
        proof = proof_wanted(found)
        if not is_proof_enough(given=person or "", wanted=proof):
            return Before(action=Action.VERIFY, proof=proof)
        found.verified = person or ""
        found.save(update_fields=["verified"])
    action = Action(found.action)
    is_passed = SEVERITY[action] < SEVERITY[Action.HOLD]
    return Before(action=Action.PASS if is_passed else action)


@tenant_atomic(savepoint=False)
def judge(*, case: Case, person: str | None = None, now: datetime) -> Verdict:
    """Look at a sign-up, a coupon's use or a look-up, and write it down at once.

    `person` says how somebody proved to be one, empty while he has not; None where nobody is there
    to be asked: then a person of the shop looks at it instead.
    """
    looked = look(case=replace(case, person=person), now=now)
    if looked.verdict.action == Action.VERIFY:
        looked.row.verified = person or ""
        if person is None:
            looked = held_instead(looked=looked)
        elif person:
            drop_asked(answered=looked.row, now=now)
    keep_look(looked=looked)
    return looked.verdict


def held_instead(*, looked: Assessed) -> Assessed:
    """Nobody is there to prove that he is a person: a person of the shop looks at it."""
    looked.row.action = Action.HOLD
    return replace(looked, verdict=replace(looked.verdict, action=Action.HOLD))
