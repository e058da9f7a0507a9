"""An order's history, as far as the risk rules had their say in it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import OpeningMove, Order
from orders.selectors.reading import find_opening
from orders.states import HeldThen, OpeningState
from orders.types import Thing, TimelineRow
from risk.selectors import assessments_of, look_ups_of, said_then
from risk.states import Action, Moment, Proof
from risk.types import ALLOWED, BLOCKED, FAILED, IN_VAIN, WATCHED

if TYPE_CHECKING:
    from risk.models import Assessment

_RISK: dict[str, str | Promise] = {
    Action.PASS: gettext_lazy("Let pass by the risk rules: %(rules)s."),
    Action.TAG: gettext_lazy("Tagged by the risk rules: %(rules)s."),
    Action.WARN: gettext_lazy("The risk rules warn: %(rules)s."),
    Action.VERIFY: gettext_lazy("The risk rules want proof that a person ordered: %(rules)s."),
    Action.HOLD: gettext_lazy("The risk rules want a person to look at it: %(rules)s."),
    Action.DENY: gettext_lazy("Refused by the risk rules: %(rules)s."),
}
_PROVEN: dict[str, str | Promise] = {
    Moment.ORDER: gettext_lazy(
        "Proven that a person ordered, by %(how)s, as wanted by: %(rules)s."
    ),
    Moment.OPEN: gettext_lazy(
        "Its codes were opened by a person, proven by %(how)s, as wanted by: %(rules)s."
    ),
    Moment.LOOK_UP: gettext_lazy(
        "A person looked it up, proven by %(how)s, as wanted by: %(rules)s."
    ),
}
_RISK_OPENING: dict[str, str | Promise] = {
    Action.PASS: gettext_lazy("Its codes were opened, let pass by the risk rules: %(rules)s."),
    Action.TAG: gettext_lazy("Its codes were opened, tagged by the risk rules: %(rules)s."),
    Action.WARN: gettext_lazy("Its codes were opened, the risk rules warn: %(rules)s."),
    Action.VERIFY: gettext_lazy("Its codes were asked for, and a rule wants proof: %(rules)s."),
    Action.HOLD: gettext_lazy("Its codes were asked for, and stay closed by a rule: %(rules)s."),
    Action.DENY: gettext_lazy("Its codes were asked for, and a rule refused: %(rules)s."),
}
_RISK_LOOK_UP: dict[str, str | Promise] = {
    Action.PASS: gettext_lazy("It was looked up, let pass by the risk rules: %(rules)s."),
    Action.TAG: gettext_lazy("It was looked up, tagged by the risk rules: %(rules)s."),
    Action.WARN: gettext_lazy("It was looked up, the risk rules warn: %(rules)s."),
    Action.VERIFY: gettext_lazy("Somebody looked it up, and a rule wants proof: %(rules)s."),
    Action.HOLD: gettext_lazy("Somebody looked it up, and a rule refused: %(rules)s."),
    Action.DENY: gettext_lazy("Somebody looked it up, and a rule refused: %(rules)s."),
}
_RISK_AT = {Moment.OPEN: _RISK_OPENING, Moment.LOOK_UP: _RISK_LOOK_UP}
_OPENING: dict[str, str | Promise] = {
    OpeningState.HELD: gettext_lazy("The codes stay closed until a person looks at it."),
    OpeningState.ALLOWED: gettext_lazy("The codes may be opened."),
    OpeningState.REFUSED: gettext_lazy("The codes stay closed."),
}
_OPENING_THEN: dict[HeldThen, str | Promise] = {
    HeldThen.RELEASE: gettext_lazy("A person decides; otherwise the codes may be opened."),
    HeldThen.PAY_BACK: gettext_lazy("A person decides; otherwise the money goes back."),
}
_LISTED: dict[str, str | Promise] = {
    BLOCKED: gettext_lazy("on the block list"),
    ALLOWED: gettext_lazy("on the allow list"),
    WATCHED: gettext_lazy("on the watch list"),
    FAILED: gettext_lazy("the rules could not be asked"),
    IN_VAIN: gettext_lazy("on the allow list by what was only typed: the block counts"),
}


def rows_of_risk(order: Order) -> list[TimelineRow]:
    """What the rules said when it was placed, paid and opened, and what became of its codes."""
    looks = list(assessments_of(subject=order.number))
    rows = list(_risk_rows(order, [*looks, *look_ups_of(subject=order.number)]))
    if any(looked.moment == Moment.OPEN for looked in looks):
        rows += _opening_rows(order)
    return rows


def _risk_rows(order: Order, looks: "Iterable[Assessment]") -> Iterable[TimelineRow]:
    """What the risk rules said of it, in their words of then; of a trial's rules nothing."""
    spoken_at = [
        (looked, spoken)
        for looked in looks
        if (spoken := [one for one in looked.spoken if not one["is_shadow"]])
    ]
    rules = {(one["rule"], one["version"]) for _look, spoken in spoken_at for one in spoken}
    said = said_then(spoken=rules, currency=order.currency) if rules else {}
    for looked, spoken in spoken_at:
        names = _(", ").join(_rule_words(one, said) for one in spoken)
        yield TimelineRow(
            at=looked.at,
            thing=Thing.RISK,
            text=_said_by_rules(looked, names),
            by="system",
            state=looked.action,
            ref=order.number,
        )


def _said_by_rules(looked: "Assessment", names: str) -> str:
    if looked.action == Action.VERIFY and looked.verified:
        how = Proof(looked.verified).label
        return str(_PROVEN[looked.moment]) % {"how": how, "rules": names}
    said = _RISK_AT.get(Moment(looked.moment), _RISK)
    return str(said[looked.action]) % {"rules": names}


def _opening_rows(order: Order) -> Iterable[TimelineRow]:
    opening = find_opening(order_id=order.pk)
    if opening is None:
        return
    moves = OpeningMove.objects.filter(opening=opening).order_by("at", "pk")
    steps = [(opening.asked_at, OpeningState.HELD, "system", "")]
    steps += [(move.at, OpeningState(move.new), move.by, move.reason) for move in moves]
    waits = opening.state == OpeningState.HELD
    then = (str(_OPENING_THEN[HeldThen(opening.held_then)]), opening.decide_by)
    for at, state, by, reason in steps:
        yield TimelineRow(
            at=at, thing=Thing.OPENING, text=str(_OPENING[state]), by=by, state=state,
            reason=reason, ref=order.number,
            next_text=then[0] if waits else "", next_at=then[1] if waits else None,
        )  # fmt: skip


def _rule_words(spoken: dict[str, Any], said: dict[tuple[str, int], str]) -> str:
    listed = _LISTED.get(spoken["rule"])
    if listed is not None:
        return str(listed)
    words = said.get((spoken["rule"], spoken["version"]))
    if words is None:
        return f"“{spoken['name']}”"
    return _("“%(name)s” (%(sentence)s)") % {"name": spoken["name"], "sentence": words}
