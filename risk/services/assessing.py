"""One look: facts and counts are held against the rules in force, and the verdict is written down
with the facts, the rules and the versions that spoke."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from core.rows import draft
from core.scope import tenant_atomic
from core.secrets import Secret
from core.sheets import Sheet
from risk.models import LINKING, Assessment
from risk.selectors import (
    RuleSet,
    counted_in_postgres,
    find_assessment,
    rules_in_force,
)
from risk.selectors.assessments import Digests, digests_of, known_of_orders
from risk.selectors.listed import lists_in
from risk.selectors.rules import InForce
from risk.selectors.values import digest_of
from risk.services.memory import tally
from risk.services.people import (
    digests_of_case,
    facts_of_case,
    listed,
    ranges_before,
    ranges_of_look,
    spoken_by_lists,
)
from risk.services.summing import score_of, summed_up
from risk.states import (
    SEVERITY,
    Action,
    Listing,
    Moment,
    Trait,
    Unanswered,
    is_proof_enough,
)
from risk.types import ALLOWED, FAILED, Case, Counter, Facts, Spoken, Value, Verdict
from tenants.selectors import zone_here

Counts = Mapping[Counter, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What a look stands on."""

    rules: RuleSet
    moment: str
    facts: Facts
    digests: Digests
    listed: frozenset[str]  # the lists that count
    ranges: str
    now: datetime
    once: str = ""
    before: Assessment | None = None  # the look when it was placed
    is_payer_new: bool = False

    def said_before(self, rule: InForce) -> bool | None:
        """Whether the rule spoke then; None if it was another then, could not say, or was not
        asked: no rule is of who is always allowed, and none knew who pays."""
        if self.before is None or rule.since > self.before.at:
            return None
        if any(one["rule"] == ALLOWED for one in self.before.spoken):
            return None
        found = [one for one in self.before.spoken if one["rule"] == rule.ref]
        if any(one["is_unanswered"] for one in (*found, *self.failed)):
            return None
        return None if not found and self.is_payer_new and rule.asks_payer else bool(found)

    @property
    def failed(self) -> list[dict[str, Any]]:
        """That it could not be looked at then, if so: nothing else is known of it."""
        before = self.before.spoken if self.before else []
        return [one for one in before if one["rule"] == FAILED]

    def adds(self, one: Counter) -> bool:
        """Whether this is counted there; when it is paid, by its payer only, who is known now."""
        if self.moment not in one.moments:
            return False
        return self.before is None or (self.is_payer_new and one.is_of(Trait.PAYER))


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """A verdict, and the row that says so; who has it looked stores that one."""

    verdict: Verdict
    row: Assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """The verdict on an order that is paid now, and the look when it was placed."""

    verdict: Verdict
    before: Assessment | None = None
    is_payer_new: bool = False

    @property
    def has_news(self) -> bool:
        """Whether something of it is to be written down."""
        return self.before is not None and (self.is_payer_new or self.is_harder)

    @property
    def is_harder(self) -> bool:
        """Than what was said at first."""
        first = Action(self.before.action) if self.before else Action.PASS
        return SEVERITY[Action(self.verdict.action)] > SEVERITY[first]


@tenant_atomic
def keep_look(*, looked: Assessed) -> None:
    """Write a look down, in a transaction that what was looked at may not have survived."""
    sheet = Sheet()
    sheet.insert(looked.row)
    sheet.write()


@tenant_atomic(savepoint=False)
def look(*, case: Case, now: datetime) -> Assessed:
    """Judge what happens in this moment, and count it.

    Never raises for what risk itself cannot do: what cannot be counted is unanswered.
    """
    digests = digests_of_case(case) | _payer_of(case)
    rules = rules_in_force()
    facts = _with_time(facts_of_case(case), now=now)
    stands_on = listed(rules, digests, case=case, now=now)
    stands = _Look(
        rules=rules,
        moment=case.moment,
        facts=facts,
        digests=digests,
        listed=lists_in(stands_on, facts=facts),
        ranges=ranges_of_look(stands_on),
        now=now,
        once=case.once,
    )
    verdict = _verdict(stands, _counts(stands))
    return Assessed(verdict=verdict, row=_written(stands, case, verdict))


def _payer_of(case: Case) -> Digests:
    """Who paid the order whose codes are opened, as far as known."""
    if case.moment != Moment.OPEN:
        return {}
    found = known_of_orders(subjects=[case.subject], trait=Trait.PAYER)
    return {Trait.PAYER: found[case.subject]} if found else {}


@tenant_atomic(savepoint=False)
def look_again(*, subject: str, payer: Secret | None = None, now: datetime) -> Again:
    """The verdict on an order that is paid now, not written down yet: for who has not locked it.

    What a rule said when it was placed stands: who orders at the same address later does not make
    an earlier order suspicious. Rules that came or changed since, those that could not say, those
    of the `payer`, and the lists are asked now. It is not counted once more, but by its payer.
    """
    rules = rules_in_force()
    found = find_assessment(subject=subject) if rules.has_something_to_say else None
    if found is None:
        return Again(verdict=Verdict(action=Action.PASS))
    is_payer_new = payer is not None and found.payer is None
    if payer is not None and is_payer_new:
        found.payer = digest_of(Trait.PAYER, payer.reveal())
    digests = digests_of(found)
    stands_on = ranges_before(found) | listed(rules, digests, now=now)
    stands = _Look(
        rules=rules,
        moment=Moment.ORDER,
        facts=found.facts,
        digests=digests,
        listed=lists_in(stands_on, facts=found.facts),
        ranges=found.ranges,
        now=now,
        once=f"{subject}:payer",
        before=found,
        is_payer_new=is_payer_new,
    )
    verdict = _verdict(stands, _counts(stands) if _is_open(stands) else {})
    is_proven = is_proof_enough(given=found.verified, wanted=verdict.proof)
    if verdict.action == Action.VERIFY and not is_proven:  # it is paid: nobody can be asked
        verdict = replace(verdict, action=Action.HOLD)
    return Again(verdict=verdict, before=found, is_payer_new=is_payer_new)


@tenant_atomic(savepoint=False)
def keep_again(*, again: Again, now: datetime) -> Verdict:
    """Write down who paid, and what is harder than what was said at first, which is kept beside
    it."""
    found, verdict = again.before, again.verdict
    if found is not None and again.is_payer_new:
        found.save(update_fields=["payer"])
    if found is not None and again.is_harder:
        found.first_said = {"action": found.action, "spoken": found.spoken}
        found.again_at = now
        found.action, found.score = verdict.action, score_of(verdict)
        found.spoken = [asdict(one) for one in verdict.spoken]
        found.save(update_fields=["action", "score", "spoken", "first_said", "again_at"])
    return verdict


def _is_open(look: _Look) -> bool:
    """Whether something has still to be counted, or some rule to be asked."""
    if any(map(look.adds, look.rules.counters)):
        return True
    if Listing.ALLOW in look.listed:
        return False
    return any(look.said_before(rule) is None for rule in look.rules.rules)


def _with_time(facts: Facts, *, now: datetime) -> Facts:
    here = now.astimezone(zone_here(now=now))
    return {**facts, "hour": here.hour, "weekday": here.isoweekday()}


def _counts(look: _Look) -> Counts:
    """What each counter of the rules says, this one included. What the memory does not know just
    now is asked of Postgres, within its time."""
    counters = look.rules.counters
    if not counters:
        return {}
    adds = {one: _weight(one, look.facts) for one in counters if look.adds(one)}
    found: dict[Counter, int | None] = dict.fromkeys(counters, 0)
    found |= tally(counters=counters, values=look.digests, adds=adds, now=look.now, once=look.once)
    unknown = [one for one, count in found.items() if count is None]
    if unknown:
        stored = counted_in_postgres(
            counters=unknown, digests=look.digests, adds=adds, now=look.now
        )
        found |= dict.fromkeys(unknown) if stored is None else stored
    return found


def _weight(one: Counter, facts: Facts) -> int:
    return int(facts.get(one.sums, 0)) if one.sums else 1


def _verdict(look: _Look, counts: Counts) -> Verdict:
    day = look.now.astimezone(zone_here(now=look.now)).date()
    facts = {**look.facts, "is_watched": Listing.WATCH in look.listed}
    spoken = [*(Spoken(**one) for one in look.failed), *spoken_by_lists(look.listed)]
    if Listing.ALLOW not in look.listed:
        for rule in look.rules.at(look.moment, day=day):
            answer = look.said_before(rule)
            if answer is None:
                answer = rule.body.holds(facts, counts)
            if answer is not False:
                spoken.append(_spoke(rule, look.rules, is_unanswered=answer is None))
    return summed_up(look.rules, spoken)


def _spoke(rule: InForce, rules: RuleSet, *, is_unanswered: bool) -> Spoken:
    action = rule.body.action
    if is_unanswered:
        wanted = Action.HOLD if rules.policy.unanswered == Unanswered.HOLD else Action.TAG
        action = min(action, wanted, key=SEVERITY.__getitem__)
    return Spoken(
        rule=rule.ref,
        version=rule.version,
        name=rule.name,
        action=action,
        score=0 if is_unanswered else rule.body.score,
        is_shadow=rule.is_shadow,
        is_unanswered=is_unanswered,
    )


def _written(look: _Look, case: Case, verdict: Verdict) -> Assessment:
    def text(trait: str) -> str:
        return str(look.digests.get(trait, ""))

    def number(fact: str) -> int:
        value: Value = look.facts.get(fact, 0)
        return int(value)

    return draft(
        Assessment,
        moment=case.moment,
        at=look.now,
        subject=case.subject,
        **{trait: look.digests.get(trait) for trait in LINKING},
        partner=text(Trait.PARTNER)[:12],
        sku=text(Trait.SKU)[:40],
        amount_e4=number("amount"),
        quantity=number("quantity"),
        facts=dict(look.facts),
        ranges=look.ranges,
        action=verdict.action,
        score=score_of(verdict),
        spoken=[asdict(one) for one in verdict.spoken],
    )
