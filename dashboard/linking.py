"""What links an order to others, as a picture that is drawn here and as rows of a table."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dashboard.tones import tone_of
from orders.selectors import Outcome, outcomes_of
from risk.models import Assessment
from risk.selectors import Links, links_of
from risk.states import Action, Trait

MOST_DRAWN = 30  # with the traits and the order itself less than forty nodes
STEP, TOP = 24, 18  # of a line of the picture; above the first
AT_CASE, AT_TRAITS, AT_OTHERS = 10, 84, 176  # from the left
# As they fit into the picture.
SHORT: dict[str, Promise] = {
    Trait.IP: _("IP"),
    Trait.NET: _("/24 net"),
    Trait.DEVICE: _("Device"),
    Trait.PHONE: _("Phone"),
    Trait.MAIL: _("Mail"),
    Trait.ACCOUNT: _("Account"),
    Trait.PAYER: _("Payer"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    x: int
    y: int
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`lines` go from (x, y) to (x, y)."""

    height: int
    middle: int
    traits: list[Node]
    others: list[Node]
    lines: list[tuple[int, int, int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Linkage:
    """Empty `rows`: nothing is linked. `left_out` stand in the table and not in the picture."""

    rows: list[dict[str, Any]]
    counts: list[tuple[str, int, bool]]  # a trait, how many others, whether there are more
    more: int
    left_out: int
    picture: Picture | None


def linkage(*, looks: list[Assessment]) -> Linkage:
    links = links_of(looks=looks)
    outcomes = outcomes_of(numbers=[one.subject for one in links.shown])
    rows = [
        {
            "subject": one.subject,
            "at": one.at,
            "traits": [str(Trait(trait).label) for trait in one.traits],
            "outcome": outcomes.get(one.subject),
            "tone": _tone(outcomes.get(one.subject), one.action),
        }
        for one in links.shown
    ]
    return Linkage(
        rows=rows,
        counts=[
            (str(Trait(trait).label), count, trait in links.full)
            for trait, count in links.counts.items()
        ],
        more=links.more,
        left_out=max(0, len(rows) - MOST_DRAWN),
        picture=_drawn(links, rows) if rows else None,
    )


def _tone(outcome: Outcome | None, action: str) -> str:
    """What never became an order was refused, or is about codes that were asked for."""
    if outcome is None:
        return "bad" if action == Action.DENY else ""
    if outcome.is_paid_back or outcome.is_complained_of:
        return "bad"
    return tone_of(outcome.state)


def _drawn(links: Links, rows: list[dict[str, Any]]) -> Picture:
    """Three columns: this order, what it shares, and with whom."""
    shown = list(zip(links.shown, rows, strict=True))[:MOST_DRAWN]
    others = [
        Node(x=AT_OTHERS, y=TOP + at * STEP, text=one.subject, tone=row["tone"])
        for at, (one, row) in enumerate(shown)
    ]
    height = TOP + max(len(others), 2 * len(links.counts)) * STEP
    middle, between = height // 2, height // (len(links.counts) + 1)
    traits = {
        trait: Node(x=AT_TRAITS, y=between * at, text=str(SHORT[trait]))
        for at, trait in enumerate(links.counts, start=1)
    }
    lines = [(AT_CASE, middle, node.x, node.y) for node in traits.values()]
    lines += [
        (traits[trait].x, traits[trait].y, node.x, node.y)
        for node, (one, _row) in zip(others, shown, strict=True)
        for trait in one.traits
    ]
    return Picture(
        height=height, middle=middle, traits=list(traits.values()), others=others, lines=lines
    )
