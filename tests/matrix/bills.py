"""A supplier's bill in a shop's world, read and compared; one only looked at; and a payment."""

from datetime import datetime, timedelta
from typing import Any

from core.actors import Actor
from core.scope import tenant_atomic
from core.uploads import seal_bytes
from dashboard.bill_files import KeptBill
from fulfillment import services as fulfillment
from suppliers import services as suppliers
from suppliers.models import Break
from suppliers.types import BillFile, NewPayment, Proof

CLERK = Actor("user:1 clerk@example.com")
LINES = "订单号,金额,状态\n{mark}-1,1.00,成功\n{mark}-2,2.00,成功\n"
SLIP = b"%PDF-1.4 a slip"


@tenant_atomic
def bills_of(supplier_id: int, mark: str, now: datetime) -> dict[str, Any]:
    day, body = now.date(), LINES.format(mark=mark).encode()
    file = BillFile(name=f"{mark}.csv", body=body, since=day, until=day)
    bill, _reading = suppliers.read_bill(supplier_id=supplier_id, file=file, by=CLERK, now=now)
    assert bill is not None
    fulfillment.reconcile(bill_id=bill.pk, by=CLERK, now=now)
    fulfillment.check_balance_delta(
        supplier_id=supplier_id, balance_e4=10_000, now=now - timedelta(days=2)
    )
    kept = KeptBill(
        supplier_id=supplier_id,
        since=day,
        until=day,
        title=f"{mark}-next.csv",
        sealed=seal_bytes(body.replace(b"-1", b"-3")),
    )
    gap = Break.objects.filter(bill=bill).latest("pk")
    payment = _paid(supplier_id, mark, now)
    return {"bill": bill.pk, "gap": gap.pk, "kept_bill": kept.token, "sent": payment}


def _paid(supplier_id: int, mark: str, now: datetime) -> int:
    given = NewPayment(
        amount_e4=30_000,
        paid_on=now.date() - timedelta(days=1),
        how="bank",
        ref=f"{mark}-transfer",
        proof=Proof(name=f"{mark}.pdf", body=SLIP),
    )
    payment = fulfillment.note_payment_to_supplier(
        supplier_id=supplier_id, given=given, by=CLERK, now=now
    )
    return payment.pk
