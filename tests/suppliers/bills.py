"""Bills with boring defaults, and tries that they are about; call them inside the shop's scope."""

from datetime import date
from itertools import count

from core.actors import Actor
from suppliers import services
from suppliers.models import Break
from suppliers.types import BillFile
from tests.suppliers.factories import make_offer, told
from tests.times import NOON

ZHAO = Actor("user:3 zhao@example.com")
DAY = date(2026, 11, 22)
HEADER = "商户订单号,平台订单号,扣款金额,状态,时间"
_units = count(1_000)


def bought(offer=None, *, now=NOON, cost_e4=98_750, outcome="success", ref="", unit_id=0):
    """A try that the supplier has answered."""
    offer = offer or make_offer()
    attempt = services.begin(unit_id=unit_id or next(_units), offer=offer, choice="", now=now)
    services.mark_sent(attempt_id=attempt.pk, now=now)
    return told(attempt, outcome, now=now, cost_e4=cost_e4, supplier_ref=ref)


def file_of(*lines, header=HEADER, encoding="utf-8", **given):
    body = "\n".join([header, *lines]).encode(encoding)
    return BillFile(**({"name": "bill.csv", "body": body, "since": DAY, "until": DAY} | given))


def line_of(attempt, amount="9.8750", said="成功", number=None):
    number = attempt.number if number is None else number
    return f"{number},{attempt.supplier_ref},{amount},{said},2026-11-22 12:00:00"


def read(supplier, file, *, now=NOON):
    return services.read_bill(supplier_id=supplier.pk, file=file, by=ZHAO, now=now)


def billed(supplier, *lines, **given):
    """A stored bill."""
    bill, reading = read(supplier, file_of(*lines, **given))
    assert bill is not None, reading.bad
    return bill


def match(bill, *, now=NOON):
    return services.match_bill(bill_id=bill.pk, by=ZHAO, now=now)


def breaks():
    rows = Break.objects.order_by("kind", "number")
    return list(rows.values_list("kind", "number", "ours_e4", "theirs_e4", "state"))
