"""What a verdict means for who asks: let pass, to prove that he is a person, or stopped."""

from dataclasses import replace
from datetime import datetime

from core.scope import tenant_atomic
from core.secrets import Secret
from risk.selectors import find_look
from risk.selectors.values import digest_of
from risk.services.assessing import Assessed, keep_look, look
from risk.services.persons import drop_asked
from risk.states import SEVERITY, Action, Moment, Trait
from risk.types import Case, Verdict


@tenant_atomic(savepoint=False)
def said_before(
    *, moment: str, subject: str, trait: str, value: Secret, person: str = ""
) -> Action | None:
    """What was said when the same was asked by the same before: PASS for all that was let pass.

    Who was to prove that he is a person, and has by now (`person` says how), is let pass.
    """
    digest = digest_of(trait, value.reveal())
    found = find_look(moment=moment, subject=subject, trait=trait, digest=digest)
    if found is None:
        return None
    if found.action == Action.VERIFY and not found.verified:
        if not person:
            return Action.VERIFY
        found.verified = person
        found.save(update_fields=["verified"])
    action = Action(found.action)
    return Action.PASS if SEVERITY[action] < SEVERITY[Action.HOLD] else action


@tenant_atomic(savepoint=False)
def judge(*, case: Case, person: str | None = None, now: datetime) -> Verdict:
    """Look at a sign-up, a coupon's use or a look-up, and write it down at once.

    `person` says how somebody proved to be one, empty while he has not; None where nobody is there
    to be asked: then a person of the shop looks at it instead.
    """
    looked = look(case=case, now=now)
    if looked.verdict.action == Action.VERIFY:
        looked.row.verified = person or ""
        if person is None:
            looked = held_instead(looked=looked)
        elif person and (device := case.traits.get(Trait.DEVICE)):
            drop_asked(device=device.reveal(), moment=Moment(case.moment), now=now)
    keep_look(looked=looked)
    return looked.verdict


def held_instead(*, looked: Assessed) -> Assessed:
    """Nobody is there to prove that he is a person: a person of the shop looks at it."""
    looked.row.action = Action.HOLD
    return replace(looked, verdict=replace(looked.verdict, action=Action.HOLD))
