"""A shop's rules, lists and looks, as far as routes and tables ask for them."""

from datetime import datetime
from typing import Any

from core.actors import Actor
from core.scope import tenant_atomic
from risk import services as risk
from risk.models import ListEntry
from risk.states import Judgement, Proof, RuleState, Unanswered
from risk.types import Asked, NewListing, RuleTerms
from tests.risk.factories import a_case, assess, body

CLERK = Actor("user:1 clerk@example.com")


def watched_over(*, mark: str, now: datetime) -> dict[str, Any]:
    """A rule on trial, somebody on a list, a look at somebody, and a question to him."""
    with tenant_atomic():
        terms = RuleTerms(name=f"{mark} rule", body=body())
        rule = risk.make_rule(terms=terms, by=CLERK, now=now)
        risk.switch_rule(rule_id=rule.pk, state=RuleState.SHADOW, by=CLERK, reason=mark, now=now)
        entry = NewListing(listing="watch", trait="account", value=f"{mark} account", reason=mark)
        risk.add_to_list(entries=[entry], by=CLERK, now=now)
        risk.set_policy(is_on=True, unanswered=Unanswered.TAG, hold_minutes=60, by=CLERK, now=now)
        assess(case=a_case(subject=f"{mark[:18]}-1"), now=now)
        asked = Asked(device=mark, about=mark, way=Proof.SLIDER)
        risk.ask_person(asked=asked, now=now)
        risk.review(
            subject=f"{mark[:18]}-1", judgement=Judgement.FRAUD, is_approved=False, reason=mark,
            by=CLERK, now=now,
        )  # fmt: skip
        gone = NewListing(listing="watch", trait="account", value=f"{mark} gone", until=now)
        risk.add_to_list(entries=[gone], by=CLERK, now=now)
        unlisted, listed = ListEntry.objects.values_list("pk", flat=True)  # the latest first
    return {"rule": rule.ref, "listed": listed, "unlisted": unlisted}
