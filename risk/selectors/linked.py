"""Whom else the same traits were seen at: what links one order to others."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from risk.models import LINKING, Assessment
from risk.states import SEVERITY, Action, Moment

MOST_LOOKS, MOST_LINKED = 500, 50  # of one trait; of all that is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Something else that was looked at: the hardest that was said of it, and the traits that it
    has in common."""

    subject: str
    at: datetime
    action: str
    traits: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """`counts` says of each trait how many others have it, of the newest looks at most MOST_LOOKS;
    `full` are the traits of which there were more. `more` are linked and not among `shown`."""

    shown: tuple[Linked, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    full: frozenset[str] = frozenset()
    more: int = 0


def links_of(*, looks: Iterable[Assessment]) -> Links:
    """What shares a trait with these looks at one thing; what shares most stands first, then the
    newest. One query for each trait, each of them bounded."""
    asked = list(looks)
    own = {look.subject for look in asked}
    shared: dict[str, set[str]] = defaultdict(set)
    seen: dict[str, tuple[datetime, str]] = {}
    counts, full = {}, set()
    for trait in LINKING:
        digests = {bytes(value) for look in asked if (value := getattr(look, trait))}
        rows = _with_trait(trait, digests)
        others = {subject for subject, _at, _action in rows} - own
        for subject, at, action in rows:
            seen[subject] = _harder(seen.get(subject), (at, action))
        for subject in others:
            shared[subject].add(trait)
        if others:
            counts[str(trait)] = len(others)
        if len(rows) == MOST_LOOKS:
            full.add(str(trait))
    first = sorted(shared, key=lambda one: (len(shared[one]), seen[one][0]), reverse=True)
    return Links(
        shown=tuple(
            Linked(
                subject=one, at=seen[one][0], action=seen[one][1],
                traits=tuple(str(trait) for trait in LINKING if trait in shared[one]),
            )
            for one in first[:MOST_LINKED]
        ),
        counts=counts,
        full=frozenset(full),
        more=max(0, len(first) - MOST_LINKED),
    )  # fmt: skip


def _with_trait(trait: str, digests: set[bytes]) -> list[tuple[str, datetime, str]]:
    """The newest looks by the trait's own index; one trait has few digests, mostly one."""
    rows: list[tuple[str, datetime, str]] = []
    for digest in sorted(digests):
        found = Assessment.objects.filter(**{trait: digest}).order_by("-at")
        found = found.exclude(moment=Moment.LOOK_UP)  # of whatever number a stranger typed
        rows += found.values_list("subject", "at", "action")[:MOST_LOOKS]
    return rows[:MOST_LOOKS]


def _harder(
    known: tuple[datetime, str] | None, found: tuple[datetime, str]
) -> tuple[datetime, str]:
    if known is None:
        return found
    action = max(known[1], found[1], key=lambda one: SEVERITY[Action(one)])
    return max(known[0], found[0]), action
