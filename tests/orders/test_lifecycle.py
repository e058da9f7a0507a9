"""No order and no case moves outside its table."""

import pytest

from core.actors import SYSTEM
from core.states import MoveRefused
from orders.services.cases import _move_case
from orders.services.moving import _move
from orders.states import CASE_MOVES, MOVES, CaseState, OrderState
from tests.orders.factories import make_case, make_order
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")

FORBIDDEN = [(old, new) for old in OrderState for new in OrderState if new not in MOVES[old]]
CASE_FORBIDDEN = [
    (old, new) for old in CaseState for new in CaseState if new not in CASE_MOVES[old]
]


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_no_order_moves_outside_the_table(old, new):
    order = make_order(state=old)

    with pytest.raises(MoveRefused):
        _move(order, new, by=SYSTEM, reason="test", now=NOON)

    order.refresh_from_db()
    assert order.state == old
    assert not order.moves.exists()


@pytest.mark.parametrize(("old", "new"), CASE_FORBIDDEN)
def test_no_case_moves_outside_the_table(old, new):
    case = make_case(state=old)

    with pytest.raises(MoveRefused):
        _move_case(case, new, by=SYSTEM, reason="test", now=NOON)

    case.refresh_from_db()
    assert case.state == old
    assert not case.moves.exists()


def test_a_path_of_moves_is_one_update_and_a_row_for_each():
    order = make_order(state="paid")

    _move(
        order, OrderState.FULFILLING, OrderState.COMPLETED,
        by=SYSTEM, reason="test", now=NOON, ended_at=NOON,
    )  # fmt: skip

    order.refresh_from_db()
    assert (order.state, order.ended_at) == ("completed", NOON)
    assert list(order.moves.order_by("pk").values_list("old", "new")) == [
        ("paid", "fulfilling"),
        ("fulfilling", "completed"),
    ]


def test_the_database_knows_the_same_states_as_the_code():
    for state in OrderState:
        assert make_order(state=state).state == state
    for case_state in CaseState:
        assert make_case(state=case_state).state == case_state
