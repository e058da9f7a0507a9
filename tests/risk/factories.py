"""Rules and cases with boring defaults; call them inside the shop's scope."""

from itertools import count
from typing import Any

from core.actors import Actor
from core.secrets import Secret
from risk import services as risk
from risk.models import Rule
from risk.states import Moment, RuleState
from risk.types import Case, RuleTerms, Verdict
from tests.times import NOON

ZHAO = Actor("user:9 zhao@example.com", user_id=None)
MANY_FROM_ONE_ADDRESS = {
    "count": {"by": "ip", "within": 600, "of": ["order", "open"]}, "op": ">", "value": 3,
}  # fmt: skip
_numbers = count(1)


def body(when: Any = None, **more: Any) -> dict[str, Any]:
    return {"moments": ["order"], "when": when or MANY_FROM_ONE_ADDRESS, "action": "hold"} | more


def make_rule(
    when: Any = None, *, name: str = "", state: str = RuleState.ON, now=NOON, **more: Any
) -> Rule:
    terms = RuleTerms(name=name or f"Rule {next(_numbers)}", body=body(when, **more))
    rule = risk.make_rule(terms=terms, by=ZHAO, now=now)
    if state != RuleState.OFF:
        risk.switch_rule(
            rule_id=rule.pk, state=RuleState(state), by=ZHAO, reason="test", is_sure=True, now=now
        )
    return rule


def a_case(*, moment: str = Moment.ORDER, subject: str = "", once: str = "", **more: Any) -> Case:
    """An order of ¥10.00 from one address; `ip=`, `device=` … are its traits, all else facts."""
    traits = {"ip": "203.0.113.7"}
    facts: dict[str, Any] = {"amount": 100_000, "quantity": 1, "channel": "web", "sku": "S1"}
    for name, value in more.items():
        (traits if name in {"ip", "net", "device", "phone", "mail", "account"} else facts)[name] = (
            value
        )
    return Case(
        moment=moment,
        subject=subject or f"20261128-{next(_numbers)}",
        facts=facts,
        traits={name: Secret(text) for name, text in traits.items() if text},
        once=once,
    )


def assess(*, case: Case, now=NOON) -> Verdict:
    """A look that is written down at once, as that at an order is with the order."""
    looked = risk.look(case=case, now=now)
    risk.keep_look(looked=looked)
    return looked.verdict


def names_of(verdict: Verdict) -> tuple[str, ...]:
    """The rules that spoke and act."""
    return tuple(one.name for one in verdict.spoken if not one.is_shadow)
