"""The office passes a buyer's complaint on to the supplier, and follows what becomes of it."""

import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from core.actors import SYSTEM
from core.money import Money
from core.scope import tenant_atomic
from dashboard.access import FRESH
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from orders.models import Case
from orders.selectors import evidence_of, timeline
from suppliers import services as suppliers
from suppliers.models import Attempt, Supplier, SupplierComplaint
from tenants import audit
from tenants.models import AuditRow
from tenants.roles import RIGHTS, Role
from tests.catalog.factories import make_sku
from tests.dashboard.people import browser_of
from tests.inventory.factories import make_codes
from tests.orders.factories import open_case, paid
from tests.suppliers.factories import at_the_judge, make_offer
from tests.suppliers.test_complaining import after_sale

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
KEY = re.compile(r'name="key" value="([^"]+)"')
TEXT, NEW_CODE = "The card does not work", "NEWCODE12345678"
REPLACE, REFUND = 'name="outcome" value="replaced"', 'name="outcome" value="refunded"'


@pytest.fixture
def desk(judge):
    judge.desk.reset()
    return judge.desk


@pytest.fixture
def case(shop, judge, desk):
    return complained_about(judge)


@pytest.fixture
def clerk(shop):
    return browser_of(shop, "support")


def complained_about(judge, *, protocol="kasushou", names_the_unit=True):
    """A case about a thing that a supplier has delivered."""
    with tenant_atomic():
        sku = make_sku(kind="supplier_code")
        fields = {"product": "1000", "cost_e4": 98_750, "most_e4": 99_000}
        make_offer(supplier=at_the_judge(judge, protocol), sku=sku, **fields)
        order = paid(sku)
    fulfillment.open_units(order_id=order.pk, now=timezone.now())
    with tenant_atomic():
        unit = Unit.objects.get()
    while unit.state != "delivered":
        with tenant_atomic():
            Attempt.objects.update(next_at=timezone.now())
            Unit.objects.update(lease_until=None)
        fulfillment.send(unit_id=unit.pk, now=timezone.now())
        with tenant_atomic():
            unit = Unit.objects.get()
    with tenant_atomic():
        named = unit.pk if names_the_unit else None
        return open_case(order, unit_id=named, text="bad code", now=timezone.now())


def look(clerk, case):
    return clerk.get(reverse("office_case", args=[case.pk]))


def page_of(answer):
    return answer.content.decode()


def send(clerk, case, *, key="", text=TEXT):
    key = key or KEY.search(page_of(look(clerk, case)))[1]
    return clerk.post(reverse("office_case_complain", args=[case.pk]), {"text": text, "key": key})


@tenant_atomic
def state_of(case):
    return Case.objects.get(pk=case.pk).state


@tenant_atomic
def the_attempt():
    return Unit.objects.select_related("attempt__offer__supplier").get().attempt


@tenant_atomic
def story(case):
    return [row.text for row in timeline(order_id=case.order_id)]


def test_a_case_is_sent_and_waits_for_the_supplier(clerk, case, desk):
    answer = send(clerk, case)

    page = page_of(look(clerk, case))
    assert (answer.status_code, answer["Location"]) == (302, reverse("office_case", args=[case.pk]))
    assert [one["content"] for one in desk.complaints()] == [TEXT]
    assert state_of(case) == "waiting_supplier"
    assert "With the supplier" in page
    assert TEXT in page
    assert "Send to the supplier" not in page
    with tenant_atomic():
        assert AuditRow.objects.filter(action="supplier.complained").count() == 1


def test_what_the_supplier_says_stands_at_the_case_and_its_steps_in_the_timeline(clerk, case):
    send(clerk, case)
    attempt = the_attempt()
    body = after_sale(attempt, 3, content="NEWCODE12345678")
    with tenant_atomic():
        uid = attempt.offer.supplier.uid
    suppliers.hear_after_sale(uid=uid, body=body, headers={}, now=timezone.now())

    page, told = page_of(look(clerk, case)), " ".join(story(case))
    with tenant_atomic():
        evidence = repr(evidence_of(order_id=case.order_id))
    assert "Dealt with by the supplier" in page
    assert "NEWCODE12345678" not in page
    assert "A complaint was sent to" in told
    assert "has dealt with the complaint" in told
    assert "NEWCODE" not in told + evidence
    assert "complaint_done" in evidence


@pytest.fixture
def replaced(clerk, case):
    """(page, address of the reveal) of a case to which the supplier has sent a code."""
    send(clerk, case)
    attempt = the_attempt()
    with tenant_atomic():
        uid = attempt.offer.supplier.uid
    body = after_sale(attempt, 3, content=f"补发 {NEW_CODE}")
    suppliers.hear_after_sale(uid=uid, body=body, headers={}, now=timezone.now())
    with tenant_atomic():
        complaint = SupplierComplaint.objects.get()
    page = reverse("office_case", args=[case.pk])
    return page, reverse("office_complaint_reveal", args=[case.pk, complaint.pk])


@tenant_atomic
def reveals():
    rows = AuditRow.objects.filter(action="supplier.reply_read")
    return list(rows.values_list("target", "reason"))


@pytest.mark.parametrize("role", Role.values)
def test_a_code_in_the_suppliers_words_is_masked_for_everybody(shop, clerk, replaced, role):
    page, reveal = replaced
    browser = clerk if role == Role.SUPPORT else browser_of(shop, role)

    text = page_of(browser.get(page))

    assert (NEW_CODE in text, "补发" in text) == (False, True)
    assert (reveal in text) == ("codes.reveal" in RIGHTS[role])


def test_what_is_masked_is_shown_with_a_reason_and_written_down(shop, replaced):
    page, reveal = replaced
    browser = browser_of(shop, "operator")

    silent = browser.post(reveal, {"reason": " "})
    assert (NEW_CODE in page_of(silent), silent.status_code, reveals()) == (False, 422, [])
    answer = browser.post(reveal, {"reason": "the buyer asks"})

    assert NEW_CODE in page_of(answer)
    assert "no-store" in answer["Cache-Control"]
    assert reveals() == [(the_attempt().number, "the buyer asks")]
    assert NEW_CODE not in page_of(browser.get(page))


def test_an_old_password_is_asked_again_before_what_is_masked_is_shown(shop, replaced):
    page, reveal = replaced
    browser = browser_of(shop, "operator")

    with time_machine.travel(timezone.now() + FRESH, tick=False):
        answer = browser.post(reveal, {"reason": "the buyer asks"})

    assert answer["Location"] == f"/office/reauthenticate/?next={page}"
    assert reveals() == []


def test_what_is_masked_is_shown_so_many_times_a_day(shop, replaced, monkeypatch):
    monkeypatch.setattr(audit, "MOST_LOOKS", 1)
    _page, reveal = replaced
    browser = browser_of(shop, "operator")

    answers = [browser.post(reveal, {"reason": "the buyer asks"}) for _ in range(2)]

    assert [NEW_CODE in page_of(answer) for answer in answers] == [True, False]
    assert (answers[1].status_code, len(reveals())) == (429, 1)


def test_a_complaint_is_shown_at_its_own_case_only(shop, replaced, case):
    _page, reveal = replaced
    with tenant_atomic():
        make_codes(sku := make_sku(), 1)
        order = paid(sku)
    fulfillment.open_units(order_id=order.pk, now=timezone.now())
    with tenant_atomic():
        other = open_case(order, text="bad", now=timezone.now())

    at = reveal.replace(f"/{case.pk}/", f"/{other.pk}/", 1)

    answer = browser_of(shop, "owner").post(at, {"reason": "curious"})
    assert (answer.status_code, reveals()) == (404, [])


def test_of_a_supplier_whose_package_is_gone_the_case_is_there(clerk, replaced):
    page, _reveal = replaced
    with tenant_atomic():
        Supplier.objects.update(protocol="gone")

    answer = clerk.get(page)

    assert (answer.status_code, "Send to the supplier" in page_of(answer)) == (200, False)
    with tenant_atomic():
        assert f"At the supplier: {Supplier.objects.get().name}" in page_of(answer)


def test_of_a_supplier_whose_package_is_gone_what_it_said_is_shown(shop, replaced):
    _page, reveal = replaced
    with tenant_atomic():
        Supplier.objects.update(protocol="gone")

    answer = browser_of(shop, "owner").post(reveal, {"reason": "the buyer calls"})

    assert (answer.status_code, NEW_CODE in page_of(answer)) == (200, True)


def test_the_same_form_twice_is_one_complaint(clerk, case, desk):
    key = KEY.search(page_of(look(clerk, case)))[1]

    answers = [send(clerk, case, key=key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert len(desk.complaints()) == 1


def test_a_lost_answer_is_shown_as_such_and_may_be_sent_again(clerk, case, desk):
    desk.account(protocol="kasushou", id="10001", faults={"query:reply_lost_after": 1})
    send(clerk, case)
    shown = page_of(look(clerk, case))
    desk.account(protocol="kasushou", id="10001", faults={})

    send(clerk, case)

    assert "Not confirmed" in shown
    assert "Send to the supplier" in shown
    assert state_of(case) == "waiting_supplier"
    with tenant_atomic():
        states = SupplierComplaint.objects.order_by("pk").values_list("state", flat=True)
        assert list(states) == ["unknown", "sent"]


def test_what_the_supplier_refused_leaves_the_case_as_it_was(clerk, case, desk):
    desk.account(protocol="kasushou", id="10001", faults={"query:off_shelf": 1})

    send(clerk, case)

    assert state_of(case) == "open"
    assert "商品已下架" in page_of(look(clerk, case))
    assert desk.complaints() == []


def test_a_text_that_is_too_long_stays_in_its_form(clerk, case, desk):
    text = "x" * 501

    answer = send(clerk, case, text=text)

    assert answer.status_code == 422
    assert text in page_of(answer)
    assert desk.complaints() == []


def test_a_case_that_names_no_thing_is_about_the_only_one(clerk, shop, judge, desk):
    case = complained_about(judge, names_the_unit=False)

    send(clerk, case)

    assert len(desk.complaints()) == 1


def test_a_closed_case_is_not_sent(clerk, case, desk):
    key = KEY.search(page_of(look(clerk, case)))[1]
    fulfillment.settle_case(
        case_id=case.pk, outcome="rejected", by=SYSTEM, reason="no", now=timezone.now()
    )

    answer = send(clerk, case, key=key)

    assert answer.status_code == 409
    assert "Send to the supplier" not in page_of(look(clerk, case))
    assert desk.complaints() == []


def test_a_supplier_that_takes_no_complaints_is_named_and_not_offered_one(clerk, shop, judge, desk):
    case = complained_about(judge, protocol="fulu")

    answer = send(clerk, case, key="a form")

    page = page_of(look(clerk, case))
    with tenant_atomic():
        assert f"At the supplier: {Supplier.objects.get().name}" in page
    assert "It takes no complaints by its interface" in page
    assert "Send to the supplier" not in page
    assert answer.status_code == 409


def test_goods_of_our_own_have_no_supplier_to_complain_to(clerk, shop):
    with tenant_atomic():
        sku = make_sku()
        make_codes(sku, 1)
        order = paid(sku)
    fulfillment.open_units(order_id=order.pk, now=timezone.now())
    with tenant_atomic():
        unit = Unit.objects.get()
        case = open_case(order, unit_id=unit.pk, text="bad", now=timezone.now())

    page = page_of(look(clerk, case))
    assert "At the supplier" not in page
    assert "I asked the supplier" not in page
    assert REPLACE in page


def test_a_suppliers_new_code_is_sent_by_hand(shop, case):
    owner = browser_of(shop, "owner")
    assert 'name="goods"' in page_of(look(owner, case))

    settle = reverse("office_case_settle", args=[case.pk])
    empty = owner.post(settle, {"outcome": "anew", "reason": "Sorry.", "goods": " "})
    page = page_of(empty)
    assert "Write 1 to 4000 characters." in page
    assert ">Sorry.</textarea>" in page

    owner.post(settle, {"outcome": "anew", "reason": "Sorry.", "goods": "NEW-CODE-1"})

    with tenant_atomic():
        goods = fulfillment.goods_of_order(order_id=case.order_id)
        assert [one.secret.reveal() for one in goods] == ["NEW-CODE-1"]
        assert Case.objects.get().state == "replaced"
    assert "NEW-CODE-1" not in page_of(look(owner, case))
    assert 'name="goods"' not in page_of(look(owner, case))


def test_who_may_not_replace_sends_nothing_anew(shop, case):
    cashier = browser_of(shop, "finance")
    given = {"outcome": "anew", "reason": "Sorry.", "goods": "NEW-CODE-1"}

    answer = cashier.post(reverse("office_case_settle", args=[case.pk]), given)

    assert answer.status_code == 403
    assert 'name="goods"' not in page_of(look(cashier, case))
    with tenant_atomic():
        assert Case.objects.get().state == "open"


def test_what_is_paid_back_is_not_offered_again(shop, case):
    cashier = browser_of(shop, "finance")
    with tenant_atomic():
        unit = Unit.objects.select_related("item", "order").get()
    offered = page_of(look(cashier, case))
    assert f"{REFUND}>Refund {Money(unit.paid_e4, unit.order.currency)}</button>" in offered
    assert unit.item.shown_name in offered

    fulfillment.refund_units(
        order_id=case.order_id, unit_ids=[unit.pk], by=SYSTEM, reason="bad", now=timezone.now()
    )

    assert REFUND not in page_of(look(cashier, case))


def test_what_a_supplier_sold_is_not_offered_to_be_replaced_by_a_code_of_ours(clerk, case):
    page = page_of(look(clerk, case))

    assert REPLACE not in page
    assert "I asked the supplier" in page
