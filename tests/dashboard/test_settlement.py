"""Payments, terms and cycles of suppliers in the office."""

from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.scope import tenant_atomic
from payments.models import Entry
from suppliers.models import Supplier, SupplierPayment
from tenants.models import AuditRow
from tenants.roles import Role
from tests.dashboard.people import browser_of
from tests.suppliers.bills import bought
from tests.suppliers.factories import make_offer
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
PAYMENTS = "/office/bills/payments/"
PDF = b"%PDF-1.7 a slip"


@pytest.fixture
def offer(shop):
    with tenant_atomic():
        return make_offer()


@pytest.fixture
def browser(shop):
    return browser_of(shop, Role.FINANCE)


def note(browser, offer, **more):
    form = {
        "supplier": offer.supplier_id,
        "amount": "1,200.50",
        "paid_on": "2026-01-05",
        "how": "bank",
        "ref": "B-1",
    }
    return browser.post(PAYMENTS, form | more)


@tenant_atomic
def rows(found, *names):
    return list(found.values_list(*names, flat=len(names) == 1))


def booked():
    return rows(Entry.objects.filter(account__kind="supplier").order_by("pk"), "amount_e4")


def test_a_payment_is_noted_listed_and_audited(offer, browser):
    proof = SimpleUploadedFile("slip.pdf", PDF)

    answer = note(browser, offer, proof=proof, counts_on="2025-12-31", note="December")

    assert (answer.status_code, booked()) == (302, [12_005_000])
    page = browser.get(PAYMENTS).content.decode()
    assert "¥1,200.50" in page
    assert "for the cycle of 2025-12-31" in page
    assert rows(AuditRow.objects.filter(action="supplier.paid"), "data") == [
        {"amount_e4": 12_005_000, "ref": "B-1", "paid_on": "2026-01-05"}
    ]


def test_its_proof_is_taken_away_and_never_opened_here(offer, browser):
    note(browser, offer, proof=SimpleUploadedFile("../slip.pdf", PDF))
    (pk,) = rows(SupplierPayment.objects.all(), "pk")

    answer = browser.get(f"{PAYMENTS}{pk}/proof/")

    assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")
    assert answer["Content-Disposition"] == f'attachment; filename="payment-{pk}.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert browser.get(f"{PAYMENTS}{pk + 1}/proof/").status_code == 404
    assert rows(AuditRow.objects.filter(action="supplier.proof_read"), "target", "data") == [
        (offer.supplier.name, {"amount_e4": 12_005_000, "ref": "B-1", "paid_on": "2026-01-05"})
    ]


def test_a_proof_in_the_address_is_no_file_of_a_payment(offer, browser):
    form = {"supplier": offer.supplier_id, "amount": "5", "paid_on": "2026-01-05", "how": "bank",
            "ref": "B-1"}  # fmt: skip

    answer = browser.post(f"{PAYMENTS}?proof=x", form)

    assert (answer.status_code, booked()) == (302, [50_000])


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "1.234"}, "amount"),
        ({"amount": "abc"}, "amount"),
        ({"amount": "9" * 20}, "amount"),
        ({"paid_on": "2999-01-01"}, "paid_on"),
        ({"paid_on": "yesterday"}, "paid_on"),
        ({"how": "barter"}, "how"),
        ({"ref": ""}, "ref"),
        ({"supplier": "999999"}, "supplier"),
    ],
    ids=range(10),
)
def test_what_is_no_payment_is_told_at_its_field_and_stays_typed(offer, browser, more, field):
    answer = note(browser, offer, **{"note": "stays"} | more)

    assert (answer.status_code, booked()) == (422, [])
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["note"].value() == "stays"


@pytest.mark.parametrize("body", [b"<html>", PDF + b"x" * (5 * 1024 * 1024)], ids=["kind", "size"])
def test_a_proof_that_is_none_is_told_at_its_field(offer, browser, body):
    answer = note(browser, offer, proof=SimpleUploadedFile("slip.pdf", body))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["proof"])
    assert rows(SupplierPayment.objects.all(), "pk") == []


def test_a_reference_with_another_amount_is_refused(offer, browser):
    note(browser, offer)

    answer = note(browser, offer, amount="1")

    assert (answer.status_code, booked()) == (422, [12_005_000])
    assert "This reference was noted already: ¥1,200.50" in answer.content.decode()


def test_a_mistake_is_undone_and_both_entries_are_listed(offer, browser):
    note(browser, offer)
    (pk,) = rows(SupplierPayment.objects.all(), "pk")

    silent = browser.post(f"{PAYMENTS}{pk}/undo/", {"reason": " "})
    done = browser.post(f"{PAYMENTS}{pk}/undo/", {"reason": "the wrong one"})
    again = browser.post(f"{PAYMENTS}{pk}/undo/", {"reason": "once more"})

    assert (silent.status_code, done.status_code, again.status_code) == (422, 302, 302)
    assert "Write why it is undone." in silent.content.decode()
    assert booked() == [12_005_000, -12_005_000]
    page = browser.get(PAYMENTS).content.decode()
    assert "-¥1,200.50" in page
    assert "the wrong one" in page
    assert f"{PAYMENTS}{pk}/undo/" not in page


@pytest.mark.usefixtures("unprepared")
@pytest.mark.parametrize("count", [1, 3])
def test_payments_ask_as_often_however_many_there_are(
    offer, browser, count, django_assert_num_queries
):
    for at in range(count):
        note(browser, offer, ref=f"B-{at}", proof=SimpleUploadedFile("slip.pdf", PDF))
    browser.get(PAYMENTS)

    with django_assert_num_queries(12):
        browser.get(PAYMENTS)


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("path", [PAYMENTS, "/office/bills/settlement/"])
def test_payments_and_cycles_are_for_who_settles_bills(shop, role, path):
    answer = browser_of(shop, role).get(path)

    assert (answer.status_code == 200) == (role in {Role.OWNER, Role.FINANCE})


def test_a_cycle_shows_deliveries_bill_and_payments(shop, offer, browser):
    today = timezone.localdate(timezone=ZoneInfo(shop.time_zone))
    with tenant_atomic():
        bought(offer, now=timezone.now())
    note(browser, offer, amount="5", paid_on=today.isoformat())

    page = browser.get(f"/office/bills/settlement/?supplier={offer.supplier_id}")

    now, *before = page.context["cycles"]
    assert [str(now[name]) for name in ("ours", "paid", "left")] == ["¥9.8750", "¥5.00", "¥4.8750"]
    assert (now["billed"], now["differs"], len(before)) == (None, None, 11)
    assert "no bill yet" in page.content.decode()


@pytest.mark.parametrize("day", ["x", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_told(offer, browser, day):
    answer = browser.get(f"/office/bills/settlement/?supplier={offer.supplier_id}&until={day}")

    assert answer.status_code == 422


@pytest.mark.parametrize("query", ["supplier=x", "supplier=999999", "until=2000-01-01"])
def test_what_an_address_does_not_know_is_no_accident(offer, browser, query):
    assert browser.get(f"/office/bills/settlement/?{query}").status_code == 200


TERMS = {
    "cycle": "monthly",
    "pay_days": "15",
    "contact": "Wang, 13800138000",
    "contract_from": "2026-01-01",
    "contract_until": "2026-12-31",
    "terms": "Net price.\nNo returns.",
}


def test_terms_are_changed_shown_and_audited(shop, offer):
    browser, at = browser_of(shop, Role.OWNER), f"/office/suppliers/{offer.supplier_id}/"

    answer = browser.post(f"{at}terms/", TERMS)

    assert (answer.status_code, answer["Location"]) == (302, at)
    page = browser.get(at).content.decode()
    assert "Wang, 13800138000" in page
    assert "Every month" in page
    assert rows(Supplier.objects.all(), "cycle", "pay_days") == [("monthly", 15)]
    assert rows(AuditRow.objects.filter(action="supplier.terms"), "data")[0]["cycle"] == "monthly"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"cycle": "never"}, "cycle"),
        ({"pay_days": "-1"}, "pay_days"),
        ({"pay_days": "400"}, "pay_days"),
        ({"pay_days": "x"}, "pay_days"),
        ({"contract_until": "2025-12-31"}, "contract_until"),
        ({"contact": "x" * 201}, "contact"),
    ],
)
def test_terms_that_are_none_are_told_at_their_field(shop, offer, more, field):
    at = f"/office/suppliers/{offer.supplier_id}/terms/"

    answer = browser_of(shop, Role.OWNER).post(at, TERMS | more)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert rows(Supplier.objects.all(), "cycle") == ["prepaid"]


def test_terms_are_changed_by_who_edits_suppliers_and_seen_by_who_settles(shop, offer):
    at = f"/office/suppliers/{offer.supplier_id}/"
    browser_of(shop, Role.OWNER).post(f"{at}terms/", TERMS)

    finance, viewer = (browser_of(shop, role) for role in (Role.FINANCE, Role.VIEWER))

    assert finance.post(f"{at}terms/", TERMS).status_code == 403
    assert "13800138000" in finance.get(at).content.decode()
    assert "13800138000" not in viewer.get(at).content.decode()


def test_noon_is_in_the_cycle_of_its_day(offer, browser):
    with tenant_atomic():
        bought(offer, now=NOON)

    query = f"supplier={offer.supplier_id}&until=2026-11-22"
    now = browser.get(f"/office/bills/settlement/?{query}").context["cycles"][0]

    assert str(now["ours"]) == "¥9.8750"
