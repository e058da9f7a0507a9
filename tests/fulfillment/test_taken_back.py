"""Goods that were delivered, and that their supplier takes back: a person looks at it."""

from datetime import timedelta

import pytest

from core.scope import tenant_atomic
from orders.models import Case
from orders.selectors import messages_of
from orders.services.cases import ANSWER_WITHIN
from tests.fulfillment.buying import HOUR, cards_here, look, rows, says, send_first, states
from tests.orders.factories import open_case
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("shop")
LATER = NOON + 9 * HOUR
SAID = "What was delivered may not be valid any more. We look at it."


@pytest.fixture
def desk(judge):
    judge.desk.reset()
    return judge.desk


@pytest.fixture
def bought(judge, desk):
    """An order of somebody who reads English, delivered by its supplier."""
    order = cards_here(judge)
    with tenant_atomic():
        order.__class__.objects.update(language="en")
    send_first()
    look(NOON + HOUR)
    assert states() == ["delivered"]
    return order


@tenant_atomic
def texts():
    return [[said.text.reveal() for said in messages_of(case_id=one.pk)] for one in cases()]


def cases():
    return list(Case.objects.order_by("pk"))


def test_a_case_is_opened_in_the_buyer_s_language(bought):
    says("failed", now=LATER)

    assert texts() == [[SAID]]
    assert rows(Case.objects.all(), "kind", "due_at") == [("other", LATER + ANSWER_WITHIN)]


def test_where_all_of_the_order_is_looked_at_already_it_is_said_there(bought):
    """Nobody had heard of it: the notice was dropped where a case was open."""
    with tenant_atomic():
        case = open_case(bought, text="It says: used already.", now=NOON + HOUR)
        Case.objects.update(due_at=NOON + timedelta(days=9))

    says("failed", now=LATER)

    assert texts() == [["It says: used already.", SAID]]
    assert rows(Case.objects.all(), "pk", "due_at") == [(case.pk, LATER + ANSWER_WITHIN)]
