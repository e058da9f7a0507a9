"""Money sent to suppliers: noted once, booked with it, undone by a counter entry."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection

from core.errors import FileRefused, InvalidInput
from core.scope import tenant_atomic
from payments import services as payments
from payments.models import Entry, Journal
from suppliers import services as suppliers
from suppliers.errors import PaymentNotedAlready
from suppliers.models import PaymentProof, SupplierPayment
from suppliers.types import Proof
from tenants.models import AuditRow
from tests.fulfillment.paying import sent_money, undone
from tests.suppliers.bills import DAY, ZHAO
from tests.suppliers.factories import make_supplier
from tests.times import NOON

PDF = b"%PDF-1.7 a slip of the bank"


@pytest.fixture(autouse=True)
def _in_scope(scope):
    """In the shop's transaction."""


def booked():
    """What each journal moved to the supplier."""
    entries = Entry.objects.filter(account__kind="supplier").order_by("pk")
    return list(entries.values_list("amount_e4", flat=True))


def audited():
    return list(AuditRow.objects.order_by("pk").values_list("action", "data"))


def test_money_sent_to_a_supplier_is_noted_and_booked():
    supplier = make_supplier()

    payment = sent_money(supplier, how="alipay", counts_on=date(2026, 10, 5), note="October")

    assert booked() == [500_000]
    assert (payment.amount_e4, payment.paid_on, payment.counts_on) == (
        500_000,
        DAY,
        date(2026, 10, 5),
    )
    assert (payment.how, payment.note, payment.by, payment.currency) == (
        "alipay",
        "October",
        ZHAO.label,
        "CNY",
    )
    assert audited()[-1] == (
        "supplier.paid",
        {"amount_e4": 500_000, "ref": "bank-1", "paid_on": "2026-11-22"},
    )


def test_the_same_payment_again_is_the_first_one():
    supplier = make_supplier()

    first, again = sent_money(supplier), sent_money(supplier)

    assert (first.pk, booked()) == (again.pk, [500_000])


@pytest.mark.parametrize(
    "other", [{"amount_e4": 500_001}, {"paid_on": DAY - timedelta(days=1)}], ids=["amount", "day"]
)
def test_a_reference_stands_for_one_amount_and_day(other):
    supplier = make_supplier()
    sent_money(supplier)

    with pytest.raises(PaymentNotedAlready) as refusal:
        sent_money(supplier, **{"amount_e4": 500_000} | other)

    assert (refusal.value.param, booked()) == ("ref", [500_000])


def test_what_the_ledger_has_from_before_payments_had_rows_is_not_booked_again():
    supplier = make_supplier()
    payments.book_supplier_payment(
        supplier_ref=str(supplier.pk), amount_e4=500_000, currency="CNY", ref="bank-1", by=ZHAO,
        now=NOON,
    )  # fmt: skip

    with pytest.raises(PaymentNotedAlready) as refusal, tenant_atomic():
        sent_money(supplier, ref=" bank-1 ")

    assert (refusal.value.param, booked(), SupplierPayment.objects.count()) == ("ref", [500_000], 0)
    assert sent_money(supplier, ref="bank-2")


def test_two_suppliers_may_have_the_same_reference():
    sent_money(make_supplier())
    sent_money(make_supplier())

    assert booked() == [500_000, 500_000]


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"amount_e4": 0}, "amount"),
        ({"amount_e4": -1}, "amount"),
        ({"amount_e4": 10**13 + 1}, "amount"),
        ({"ref": "  "}, "ref"),
        ({"ref": "x" * 81}, "ref"),
        ({"how": "barter"}, "how"),
        ({"paid_on": DAY + timedelta(days=1)}, "paid_on"),
        ({"paid_on": date(1999, 12, 31)}, "paid_on"),
        ({"counts_on": date.max}, "counts_on"),
        ({"note": "x" * 201}, "note"),
    ],
    ids=range(10),
)
def test_what_is_no_payment_is_refused(given, param):
    with pytest.raises(InvalidInput) as refusal:
        sent_money(make_supplier(), **{"amount_e4": 500_000} | given)

    assert (refusal.value.param, booked(), SupplierPayment.objects.count()) == (param, [], 0)


def test_the_day_is_the_merchants():
    evening = NOON.replace(hour=16)  # midnight in Shanghai

    assert sent_money(make_supplier(), paid_on=DAY + timedelta(days=1), now=evening)


def test_a_mistake_is_undone_by_a_counter_entry_once():
    payment = sent_money(make_supplier())

    undone(payment)
    again = undone(payment, reason="another reason")

    assert (booked(), Journal.objects.count()) == ([500_000, -500_000], 2)
    assert (again.undone_at, again.undone_why, again.undone_by) == (
        NOON,
        "the wrong supplier",
        ZHAO.label,
    )
    assert [action for action, _data in audited()[-2:]] == [
        "supplier.paid",
        "supplier.payment_undone",
    ]
    assert audited()[-1][1]["reason"] == "the wrong supplier"


def test_who_undoes_says_why():
    payment = sent_money(make_supplier())

    with pytest.raises(InvalidInput):
        undone(payment, reason=" ")

    payment.refresh_from_db()
    assert (payment.undone_at, booked()) == (None, [500_000])


def test_after_a_mistake_the_reference_may_be_noted_with_the_right_amount():
    supplier = make_supplier()
    undone(sent_money(supplier, 500_000))

    right = sent_money(supplier, 50_000)
    undone(right)

    assert booked() == [500_000, -500_000, 50_000, -50_000]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM suppliers_supplierpayment",
        "UPDATE suppliers_supplierpayment SET amount_e4 = 1",
        "UPDATE suppliers_supplierpayment SET ref = 'x', undone_why = 'y'",
        "DELETE FROM suppliers_paymentproof",
    ],
)
def test_the_database_lets_nobody_change_or_delete_a_payment(statement):
    sent_money(make_supplier(), proof=Proof(name="slip.pdf", body=PDF))

    with pytest.raises(DatabaseError), tenant_atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_knows_a_reference_once():
    supplier = make_supplier()
    payment = sent_money(supplier)
    payment.pk = None

    with pytest.raises(IntegrityError, match="supplier_payment_once"), tenant_atomic():
        payment.save(force_insert=True)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (PDF, "pdf"),
        (b"\x89PNG\r\n\x1a\n...", "png"),
        (b"\xff\xd8\xff\xe0...", "jpg"),
    ],
)
def test_a_proof_is_kept_sealed_and_comes_back_to_the_letter(body, kind):
    payment = sent_money(make_supplier(), proof=Proof(name="slip", body=body))

    proof = suppliers.read_proof(payment_id=payment.pk, by=ZHAO, now=NOON)

    assert (proof.body, proof.kind) == (body, kind)
    assert body not in bytes(PaymentProof.objects.get().body)


@pytest.mark.parametrize("body", [b"", b"<html>", b"MZ", PDF + b"x" * 5 * 1024 * 1024])
def test_what_is_no_proof_is_refused_with_its_payment(body):
    with pytest.raises(FileRefused) as refusal:
        sent_money(make_supplier(), proof=Proof(name="slip.pdf", body=body))

    assert (refusal.value.param, booked(), SupplierPayment.objects.count()) == ("proof", [], 0)


def test_a_payment_without_a_proof_has_none():
    payment = sent_money(make_supplier())

    assert suppliers.read_proof(payment_id=payment.pk, by=ZHAO, now=NOON) is None
    assert [action for action, _data in audited()][-1] == "supplier.paid"
