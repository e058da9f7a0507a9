"""How often each rule spoke, and what the people who decided said of it."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from risk.errors import ConditionWrong
from risk.models import Assessment, Review, RuleVersion
from risk.selectors.sentences import sentence
from risk.states import Judgement

MOST_SPOKEN = 10_000
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenLook:
    """A look on which rules spoke: by rule what it wanted; of a rule on trial nothing."""

    subject: str
    wanted: Mapping[str, str]


def looks_that_spoke(*, since: datetime, until: datetime) -> list[SpokenLook]:
    """The newest MOST_SPOKEN of them at most."""
    found = Assessment.objects.exclude(spoken=[]).filter(at__gt=since, at__lte=until)
    rows = found.order_by("-at").values_list("subject", "spoken")[:MOST_SPOKEN]
    return [
        SpokenLook(
            subject=subject,
            wanted={one["rule"]: "" if one["is_shadow"] else one["action"] for one in spoken},
        )
        for subject, spoken in rows
    ]


def find_review(*, subject: str) -> Review | None:
    return Review.objects.filter(subject=subject).first()


def judgements_of(*, subjects: Collection[str]) -> dict[str, Judgement]:
    """By subject, of those that a person decided about."""
    found: dict[str, Judgement] = {}
    for some in _batches(list(subjects)):
        rows = Review.objects.filter(subject__in=some).values_list("subject", "judgement")
        found |= {subject: Judgement(said) for subject, said in rows}
    return found


def versions_of(*, spoken: Collection[tuple[str, int]]) -> dict[str, RuleVersion]:
    """What each rule said then, by its number."""
    refs = {ref for ref, _version in spoken}
    rows = RuleVersion.objects.filter(rule__ref__in=refs).select_related("rule")
    return {row.rule.ref: row for row in rows if (row.rule.ref, row.version) in set(spoken)}


def said_then(*, spoken: Collection[tuple[str, int]], currency: str) -> dict[tuple[str, int], str]:
    """The sentences of rules by number and version; one that cannot be read any more has none."""
    wanted = set(spoken)
    if not wanted:
        return {}
    refs = {ref for ref, _version in wanted}
    rows = RuleVersion.objects.filter(rule__ref__in=refs).select_related("rule")
    found: dict[tuple[str, int], str] = {}
    for row in rows:
        key = (row.rule.ref, row.version)
        if key in wanted:
            with suppress(ConditionWrong):
                found[key] = sentence(body=row.body, currency=currency)
    return found


def _batches(subjects: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(subjects), _AT_ONCE):
        yield subjects[at : at + _AT_ONCE]
