"""Goods that a supplier has delivered: read by staff, or taken back, which a person looks at."""

from datetime import timedelta

import pytest

from core.errors import NotFound, TooManyTries
from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from inventory import services as inventory
from orders import services as orders
from orders.models import Case
from orders.selectors import messages_of
from orders.services import cases as cases_of_orders
from orders.services.cases import ANSWER_WITHIN
from orders.types import OpenCase
from suppliers.models import Attempt, Bought
from tenants import audit
from tenants.models import AuditRow
from tests.catalog.factories import make_sku
from tests.fulfillment.buying import HOUR, cards_here, look, rows, says, send_first, states
from tests.inventory.factories import make_codes
from tests.orders.factories import LI, open_case
from tests.times import NOON

pytestmark = [
    pytest.mark.django_db(transaction=True, databases="__all__"), pytest.mark.usefixtures("shop"),
]  # fmt: skip
LATER = NOON + 19 * HOUR
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
    look(NOON + HOUR, times=9)  # the judge's goods take their time
    assert states() == ["delivered"]
    return order


@tenant_atomic
def read_by_staff():
    unit = Unit.objects.get()
    return fulfillment.reveal_goods(unit_id=unit.pk, by=LI, reason="the buyer asks", now=LATER)


def test_a_supplier_s_code_is_read_by_staff_with_a_reason(bought):
    with tenant_atomic():
        (shown,) = fulfillment.goods_of_order(order_id=bought.pk)

    assert read_by_staff().secret.reveal() == shown.secret.reveal()
    assert rows(AuditRow.objects.filter(action="unit.read"), "target") == [bought.number]


def test_codes_of_any_kind_have_one_quota_of_looks(bought, monkeypatch):
    monkeypatch.setattr(audit, "MOST_LOOKS", 1)
    with tenant_atomic():
        (code,) = make_codes(make_sku(), 1)
    inventory.reveal(code_id=code.pk, by=LI, reason="the buyer asks", now=LATER)

    with pytest.raises(TooManyTries):
        read_by_staff()


def test_of_what_there_is_nothing_to_read_no_look_is_written_down(bought):
    with tenant_atomic():
        Bought.objects.all().delete()

    with pytest.raises(NotFound):
        read_by_staff()

    assert rows(AuditRow.objects.filter(action="unit.read"), "target") == []


@tenant_atomic
def texts():
    return [[said.text.reveal() for said in messages_of(case_id=one.pk)] for one in cases()]


def cases():
    return list(Case.objects.order_by("pk"))


def test_a_case_is_opened_in_the_buyer_s_language(bought):
    says("failed", now=LATER)

    assert texts() == [[SAID]]
    assert rows(Case.objects.all(), "kind", "due_at") == [("other", LATER + ANSWER_WITHIN)]


def test_a_case_about_the_thing_itself_hears_of_it_and_one_about_another_does_not(bought):
    with tenant_atomic():
        (unit,) = Unit.objects.all()
        about = open_case(bought, unit_id=unit.pk, text="It says: used already.", now=NOON)

    says("failed", now=LATER)
    with tenant_atomic():
        Case.objects.update(unit_id=None, state="rejected", ended_at=NOON)  # it is over
    later = notice_of(bought, unit)

    assert texts() == [["It says: used already.", SAID], ["Look again."]]
    assert later.pk != about.pk


@tenant_atomic
def notice_of(order, unit):
    request = OpenCase(order_id=order.pk, kind="other", text="Look again.", unit_id=unit.pk)
    return orders.notice(request=request, now=LATER)


def test_an_order_of_too_many_cases_is_booked_all_the_same(bought, monkeypatch):
    monkeypatch.setattr(cases_of_orders, "MOST_CASES", 0)

    says("failed", now=LATER)

    assert texts() == []
    assert rows(Attempt.objects.all(), "state") == ["reversed"]


def test_where_all_of_the_order_is_looked_at_already_it_is_said_there(bought):
    """Nobody had heard of it: the notice was dropped where a case was open."""
    with tenant_atomic():
        case = open_case(bought, text="It says: used already.", now=NOON + HOUR)
        Case.objects.update(due_at=NOON + timedelta(days=9))

    says("failed", now=LATER)

    assert texts() == [["It says: used already.", SAID]]
    assert rows(Case.objects.all(), "pk", "due_at") == [(case.pk, LATER + ANSWER_WITHIN)]
