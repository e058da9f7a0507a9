"""Online payments of a partner in the office: a link is made, and what came of it is found."""

import pytest
from django.utils import timezone

from channels import services as channels
from channels.models import PaymentIn
from channels.selectors import pay_in_limits, payable_of
from core.scope import tenant_atomic
from payments import services as payments
from payments.errors import NoticeRefused
from payments.models import Payment, Refund
from payments.states import Outcome
from tenants.roles import Role
from tenants.selectors import shop_address
from tests.channels.factories import WANG, make_partner
from tests.dashboard.people import browser_of
from tests.dashboard.test_targets import told
from tests.payments.factories import hear, posting

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def partner(shop):
    with tenant_atomic():
        return make_partner(name="Acme", balance_e4=0)


@pytest.fixture
def ann(shop):
    return browser_of(shop, Role.FINANCE)


def page_of(partner) -> str:
    return f"/office/partners/{partner.ref}/payments/"


@tenant_atomic
def asked_for() -> list[tuple[int, str, str]]:
    return list(PaymentIn.objects.values_list("amount_e4", "reference", "asked_by"))


@tenant_atomic
def begun(partner) -> Payment:
    asked = channels.ask_payment(
        partner_id=partner.pk, amount_e4=500_000, by=WANG, now=timezone.now()
    )
    return payments.start(
        payable=payable_of(asked=asked, title=""), provider="sandbox", now=timezone.now()
    )


def test_a_link_is_made_and_shown_to_be_copied(partner, ann):
    answer = ann.post(page_of(partner), {"amount": "1,200.50", "reference": "NOV"}, follow=True)

    assert answer.status_code == 200
    ((amount_e4, reference, by),) = asked_for()
    assert (amount_e4, reference) == (12_005_000, "NOV")
    assert "finance@example.com" in by
    with tenant_atomic():
        address = shop_address(path=f"/balance/{PaymentIn.objects.get().token}/")
    assert f">{address}</span>" in answer.content.decode()


@pytest.mark.parametrize("amount", ["", "x", "-1", "0.5", "500000.01", "1.005"])
def test_what_is_no_amount_is_told_at_its_field(partner, ann, amount):
    answer = ann.post(page_of(partner), {"amount": amount})

    assert answer.status_code == 422
    assert 'class="qy-error"' in answer.content.decode()
    assert asked_for() == []


def test_a_suspended_partner_gets_no_link_and_is_told_why(partner, ann):
    channels.suspend_partner(partner_id=partner.pk, reason="late", by=WANG, now=timezone.now())

    answer = ann.post(page_of(partner), {"amount": "10"})

    assert answer.status_code == 422
    assert "This partner is suspended. Reopen it first." in answer.content.decode()
    assert asked_for() == []


def test_who_may_not_move_partners_money_neither_reads_nor_makes_one(partner, shop):
    clerk = browser_of(shop, Role.SUPPORT)

    assert clerk.get(page_of(partner)).status_code == 403
    assert clerk.post(page_of(partner), {"amount": "10"}).status_code == 403
    assert asked_for() == []


def test_an_odd_notice_and_a_refund_that_waits_lead_to_the_partners_payments(partner, ann):
    payment, now = begun(partner), timezone.now()
    hear(posting(payment, now=now), now=now)
    with tenant_atomic():
        refund = payments.refund(
            payment_id=payment.pk, amount_e4=10_000, number="R1", reason="asked", by=WANG, now=now
        )
        Refund.objects.filter(pk=refund.pk).update(state="needs_person")
    odd = NoticeRefused(Outcome.WRONG_AMOUNT, event_ref="EV9", payment_number=payment.number)
    payments.keep_refusal(provider="sandbox", body=b"", refusal=odd, now=now)

    page = ann.get("/office/payments/")

    assert page.status_code == 200
    assert page.content.decode().count(f'href="{page_of(partner)}"') == 2


def test_a_retried_refund_leads_there_from_the_audit_log(partner, shop):
    payment, now = begun(partner), timezone.now()
    hear(posting(payment, now=now), now=now)
    with tenant_atomic():
        refund = payments.refund(
            payment_id=payment.pk, amount_e4=10_000, number="R1", reason="asked", by=WANG, now=now
        )
        payments.retry_refund(refund_id=refund.pk, by=WANG, now=now)

    owner = browser_of(shop, Role.OWNER)

    assert told(owner, "refund.retried")[0][1] == page_of(partner)
    assert told(owner, "payment_in.asked")[0][0] == "Acme"


LIMITS = "/office/payments-in/limits/"


def test_the_shop_sets_what_is_taken_online(partner, ann):
    answer = ann.post(LIMITS, {"least": "10", "most": "1,000.00", "daily": "2000"})

    assert (answer.status_code, answer["Location"]) == (302, "/office/partners/")
    with tenant_atomic():
        kept = pay_in_limits()
    assert (kept.least_e4, kept.most_e4, kept.daily_e4) == (100_000, 10_000_000, 20_000_000)
    shown = ann.get(LIMITS).content.decode()
    assert 'value="1000.00"' in shown
    assert ann.post(page_of(partner), {"amount": "9.99"}).status_code == 422
    assert asked_for() == []


@pytest.mark.parametrize(
    ("form", "at"),
    [
        ({"least": "0.5", "most": "9"}, "least"),
        ({"least": "5", "most": "4"}, "most"),
        ({"least": "5", "most": "9", "daily": "4"}, "daily"),
        ({"least": "x", "most": "9"}, "least"),
    ],
)
def test_limits_that_cannot_be_are_told_at_their_field(partner, ann, form, at):
    answer = ann.post(LIMITS, form)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [at]


def test_who_moves_no_money_sets_no_limit(partner, shop):
    assert browser_of(shop, Role.OPERATOR).post(LIMITS, {"least": "1"}).status_code == 403
