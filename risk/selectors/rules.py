"""The rules of a shop as each look needs them: read once, compiled, kept for a moment."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import structlog
from django.db.models import Max, QuerySet

from core.errors import NotFound
from core.kept import Kept
from core.scope import require_tenant
from risk.bodies import Body, read_body
from risk.models import ListEntry, Policy, Rule
from risk.selectors.listed import lengths_listed
from risk.selectors.values import MAIL_DOMAIN
from risk.states import Action, RuleState, Trait
from risk.types import Counter


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """One rule, read."""

    ref: str
    name: str
    version: int
    body: Body
    is_shadow: bool
    since: datetime  # it says this, and is switched so

    @property
    def asks_payer(self) -> bool:
        return any(one.is_of(Trait.PAYER) for one in self.body.condition.counters)


@dataclass(frozen=True, kw_only=True)
class RuleSet:
    """All that a look of one shop asks before it knows whom it is about."""

    policy: Policy
    rules: tuple[InForce, ...]
    has_entries: bool  # somebody is listed
    has_domains: bool
    lengths: frozenset[tuple[int, int]]  # of the networks that are listed

    def at(self, moment: str, *, day: date) -> list[InForce]:
        return [
            rule
            for rule in self.rules
            if moment in rule.body.moments and rule.body.is_in_force(day)
        ]

    @property
    def has_something_to_say(self) -> bool:
        return bool(self.rules or self.has_entries)

    def looks_at(self, moment: str) -> bool:
        """Whether somebody has something to say or to count then."""
        counted = any(moment in one.moments for one in self.counters)
        return self.has_entries or counted or any(moment in one.body.moments for one in self.rules)

    @cached_property
    def wants_persons(self) -> bool:
        asked = self.facts_asked & {"is_phone_proven", "is_mail_proven"}
        return bool(asked) or any(rule.body.action == Action.VERIFY for rule in self.rules)

    @cached_property
    def facts_asked(self) -> frozenset[str]:
        """What is dear to find out is found out only if a rule asks."""
        return frozenset(one for rule in self.rules for one in rule.body.condition.facts)

    @cached_property
    def counters(self) -> frozenset[Counter]:
        return frozenset(one for rule in self.rules for one in rule.body.condition.counters)


log = structlog.get_logger(__name__)
_sets: Kept[RuleSet] = Kept(most=10_000)


def policy() -> Policy:
    """The shop's; one that is not stored until it is changed."""
    return Policy.objects.first() or Policy(tenant_id=require_tenant())


def rules() -> QuerySet[Rule]:
    return Rule.objects.all()


def find_rule(*, ref: str) -> Rule:
    """Raises NotFound."""
    found = Rule.objects.filter(ref=ref).first()
    if found is None:
        raise NotFound
    return found


def rules_in_force() -> RuleSet:
    """The shop's, a moment old at most."""
    return _sets.get(require_tenant(), _read)


def forget_rules() -> None:
    """Have what was just changed seen at once by this process."""
    _sets.forget()


def _in_force(rule: Any) -> InForce | None:
    """One that cannot be read, by a newer version of the program or at all, refuses no orders: it
    is left out, and the log says so."""
    try:
        body = read_body(rule.body)
    except Exception as why:
        log.exception("rule_unreadable", rule=rule.ref, at=getattr(why, "param", ""))
        return None
    return InForce(
        ref=rule.ref, name=rule.name, version=rule.version, body=body,
        is_shadow=rule.state == RuleState.SHADOW, since=max(rule.written_at, rule.switched_at),
    )  # fmt: skip


def _read() -> RuleSet:
    found = Rule.objects.exclude(state=RuleState.OFF).order_by("pk").annotate(
        written_at=Max("versions__made_at"), switched_at=Max("moves__at")
    )  # fmt: skip
    entries = ListEntry.objects.all()
    return RuleSet(
        policy=policy(),
        rules=tuple(read for rule in found if (read := _in_force(rule)) is not None),
        has_entries=entries.exists(),
        has_domains=entries.filter(trait=MAIL_DOMAIN).exists(),
        lengths=lengths_listed(),
    )
