"""One look: facts and counts are held against the rules in force, and the verdict is written down
with the facts, the rules and the versions that spoke."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from core.rows import draft
from core.scope import tenant_atomic
from core.sheets import Sheet
from risk.models import LINKING, Assessment
from risk.selectors import (
    RuleSet,
    counted_in_postgres,
    find_assessment,
    rules_in_force,
)
from risk.selectors.assessments import Digests, digests_of
from risk.selectors.rules import InForce
from risk.services.memory import tally
from risk.services.people import (
    digests_of_case,
    facts_of_case,
    listed,
    ranges_before,
)
from risk.states import SEVERITY, Action, Listing, Moment, Trait, Unanswered
from risk.types import Case, Counter, Facts, Spoken, Value, Verdict
from tenants.selectors import zone_here

BLOCKED, ALLOWED, WATCHED = (f"list:{one}" for one in (Listing.BLOCK, Listing.ALLOW, Listing.WATCH))
Counts = Mapping[Counter, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What a look stands on."""

    rules: RuleSet
    moment: str
    facts: Facts
    digests: Digests
    listed: frozenset[str]
    ranges: frozenset[str]
    now: datetime
    once: str = ""
    before: Assessment | None = None  # the look when it was placed

    def said_before(self, rule: InForce) -> bool | None:
        """Whether the rule spoke then; None if it was another then, could not say, or was not
        asked: no rule is of who is always allowed."""
        if self.before is None or rule.since > self.before.at:
            return None
        if any(one["rule"] == ALLOWED for one in self.before.spoken):
            return None
        found = [one for one in self.before.spoken if one["rule"] == rule.ref]
        return None if any(one["is_unanswered"] for one in found) else bool(found)


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
    digests = digests_of_case(case)
    rules = rules_in_force()
    lists = listed(rules, digests, case=case, now=now)
    stands = _Look(
        rules=rules,
        moment=case.moment,
        facts=_with_time(facts_of_case(case), now=now),
        digests=digests,
        listed=lists.all,
        ranges=lists.by_range,
        now=now,
        once=case.once,
    )
    verdict = _verdict(stands, _counts(stands, is_new=True))
    return Assessed(verdict=verdict, row=_written(stands, case, verdict))


@tenant_atomic(savepoint=False)
def look_again(*, subject: str, now: datetime) -> Again:
    """The verdict on an order that is paid now, not written down yet: for who has not locked it.

    What a rule said when it was placed stands: who orders at the same address later does not make
    an earlier order suspicious. Rules that came or changed since, those that could not say, and
    the lists are asked now. It is not counted once more.
    """
    rules = rules_in_force()
    found = find_assessment(subject=subject) if rules.has_something_to_say else None
    if found is None:
        return Again(verdict=Verdict(action=Action.PASS))
    digests = digests_of(found)
    ranges = ranges_before(found)
    stands = _Look(
        rules=rules,
        moment=Moment.ORDER,
        facts=found.facts,
        digests=digests,
        listed=ranges | listed(rules, digests, now=now).all,
        ranges=ranges,
        now=now,
        before=found,
    )
    verdict = _verdict(stands, _counts(stands, is_new=False) if _is_open(stands) else {})
    if verdict.action == Action.VERIFY and not found.verified:  # it is paid: nobody can be asked
        verdict = replace(verdict, action=Action.HOLD)
    return Again(verdict=verdict, before=found)


@tenant_atomic(savepoint=False)
def keep_again(*, again: Again, now: datetime) -> Verdict:
    """Write down what is harder than what was said at first, which is kept beside it."""
    found, verdict = again.before, again.verdict
    if found is not None and SEVERITY[Action(verdict.action)] > SEVERITY[Action(found.action)]:
        found.first_said = {"action": found.action, "spoken": found.spoken}
        found.again_at = now
        found.action, found.score = verdict.action, _score(verdict)
        found.spoken = [asdict(one) for one in verdict.spoken]
        found.save(update_fields=["action", "score", "spoken", "first_said", "again_at"])
    return verdict


@tenant_atomic(savepoint=False)
def judge_again(*, subject: str, now: datetime) -> Verdict:
    """`look_again`, written down at once: for who has the order locked already."""
    return keep_again(again=look_again(subject=subject, now=now), now=now)


def _is_open(look: _Look) -> bool:
    """Whether some rule has still to be asked, so that counts are needed."""
    if Listing.ALLOW in look.listed:
        return False
    return any(look.said_before(rule) is None for rule in look.rules.rules)


def _with_time(facts: Facts, *, now: datetime) -> Facts:
    here = now.astimezone(zone_here(now=now))
    return {**facts, "hour": here.hour, "weekday": here.isoweekday()}


def _counts(look: _Look, *, is_new: bool) -> Counts:
    """What each counter of the rules says, this one included. What the memory does not know just
    now is asked of Postgres, within its time."""
    counters = look.rules.counters
    if not counters:
        return {}
    adds = {
        one: _weight(one, look.facts) for one in counters if is_new and look.moment in one.moments
    }
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
    spoken = list(_spoken_by_lists(look.listed))
    if Listing.ALLOW not in look.listed:
        for rule in look.rules.at(look.moment, day=day):
            answer = look.said_before(rule)
            if answer is None:
                answer = rule.body.holds(facts, counts)
            if answer is not False:
                spoken.append(_spoke(rule, look.rules, is_unanswered=answer is None))
    return _summed_up(look.rules, spoken)


def _spoken_by_lists(listed: Iterable[str]) -> Iterable[Spoken]:
    """Who is always allowed is not blocked either: the merchant knows him."""
    names = set(listed)
    if Listing.ALLOW in names:
        yield Spoken(rule=ALLOWED, version=0, name="", action=Action.PASS)
    elif Listing.BLOCK in names:
        yield Spoken(rule=BLOCKED, version=0, name="", action=Action.DENY)
    if Listing.WATCH in names:
        yield Spoken(rule=WATCHED, version=0, name="", action=Action.TAG)


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


def _summed_up(rules: RuleSet, spoken: list[Spoken]) -> Verdict:
    acting = [one for one in spoken if not one.is_shadow] if rules.policy.is_on else []
    action = max((Action(one.action) for one in acting), key=SEVERITY.__getitem__, default=None)
    # Where nobody can be asked for a proof, it is held as the rules that wanted one say.
    waits = Action.VERIFY if action == Action.VERIFY else Action.HOLD
    holding = [
        rule.body
        for rule in rules.rules
        if any(one.rule == rule.ref and one.action == waits for one in acting)
    ]
    minutes = [body.hold_minutes or rules.policy.hold_minutes for body in holding]
    # Of several holds the one that ends first counts, and money back is the safer end.
    then = "release" if holding and all(body.then == "release" for body in holding) else "pay_back"
    return Verdict(
        action=action or Action.PASS,
        spoken=tuple(spoken),
        hold_minutes=min(minutes, default=rules.policy.hold_minutes),
        then=then,
    )


def _score(verdict: Verdict) -> int:
    return sum(one.score for one in verdict.spoken if not one.is_shadow)


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
        ranges=",".join(sorted(look.ranges)),
        action=verdict.action,
        score=_score(verdict),
        spoken=[asdict(one) for one in verdict.spoken],
    )
