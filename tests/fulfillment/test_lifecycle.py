"""No unit moves outside its table."""

import pytest

from core.actors import SYSTEM
from core.money import share_out
from core.states import MoveRefused
from fulfillment.models import Unit
from fulfillment.services.moving import Moving
from fulfillment.states import ENDED, MOVES, Source, UnitState
from tests.orders.factories import make_item, make_order
from tests.times import NOON

FORBIDDEN = [(old, new) for old in UnitState for new in UnitState if new not in MOVES[old]]


def make_unit(*, state):
    order = make_order(state="fulfilling")
    return Unit.objects.create(
        order=order, item=make_item(order), position=1, state=state, source=Source.BY_HAND,
        paid_e4=0, opened_at=NOON, hand_text=b"sealed", delivered_at=NOON,
    )  # fmt: skip


@pytest.mark.usefixtures("scope")
@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_no_move_outside_the_table(old, new):
    unit = make_unit(state=old)
    moving = Moving(order=unit.order, by=SYSTEM, now=NOON)

    with pytest.raises(MoveRefused):
        moving.move(unit, new, reason="test")
    moving.store()

    unit.refresh_from_db()
    assert unit.state == old
    assert not unit.moves.exists()


@pytest.mark.usefixtures("scope")
def test_the_database_knows_the_same_states_as_the_code():
    for state in UnitState:
        assert make_unit(state=state).state == state


def test_what_ended_moves_on_only_from_delivered():
    assert {state for state in ENDED if MOVES[state]} == {UnitState.DELIVERED}


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (300, [1, 1, 1], [100, 100, 100]),
        (1000, [1, 1, 1], [300, 300, 400]),
        (100, [1, 1, 1], [0, 0, 100]),
        (0, [5, 5], [0, 0]),
        (400, [0, 0], [200, 200]),
        (99_000, [100_000, 10_000], [90_000, 9_000]),
    ],
)
def test_shares_are_whole_cents_and_sum_to_the_total(total, weights, shares):
    assert share_out(total, weights=weights) == shares
