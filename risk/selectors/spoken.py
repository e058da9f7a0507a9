"""How often each rule spoke, and what the people who decided said of it."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from risk.errors import ConditionWrong
from risk.models import Assessment, Review, RuleVersion
from risk.selectors.sentences import sentence
from risk.states import Judgement, Moment

MOST_SPOKEN, MOST_LOOK_UPS_SPOKEN = 10_000, 2_000
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenLook:
    """A look on which rules spoke: by rule what it wanted; of a rule on trial nothing."""

    subject: str
    wanted: Mapping[str, str]


def looks_that_spoke(*, since: datetime, until: datetime) -> list[SpokenLook]:
    """The newest MOST_SPOKEN of them at most. Look-ups are none of them: strangers make as many as
    they like, of whatever number they type."""
    found = _that_spoke(since, until).exclude(moment=Moment.LOOK_UP)
    return _spoken(found[:MOST_SPOKEN])


def look_ups_that_spoke(*, since: datetime, until: datetime) -> list[SpokenLook]:
    """The newest MOST_LOOK_UPS_SPOKEN of them at most."""
    found = _that_spoke(since, until).filter(moment=Moment.LOOK_UP)
    return _spoken(found[:MOST_LOOK_UPS_SPOKEN])


def _that_spoke(since: datetime, until: datetime) -> QuerySet[Assessment]:
    found = Assessment.objects.exclude(spoken=[]).filter(at__gt=since, at__lte=until)
    return found.order_by("-at")


def _spoken(found: QuerySet[Assessment]) -> list[SpokenLook]:
    return [
        SpokenLook(
            subject=subject,
            wanted={one["rule"]: "" if one["is_shadow"] else one["action"] for one in spoken},
        )
        for subject, spoken in found.values_list("subject", "spoken")
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
