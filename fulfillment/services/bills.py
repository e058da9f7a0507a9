"""What a worker does with a supplier's bill: it is read to its end, then compared."""

from datetime import datetime

import structlog
from django.db import DatabaseError

from core.actors import SYSTEM
from core.failpoints import reach
from core.leases import Lease, LeaseLost
from core.scope import tenant_atomic
from fulfillment.services.reconciling import reconcile
from suppliers import services as suppliers
from suppliers.states import BillState

log = structlog.get_logger(__name__)


def work_on_bill(*, bill_id: int, now: datetime) -> None:
    """Do what the bill waits for; nothing if another worker is at it."""
    lease = suppliers.claim_bill(bill_id=bill_id, now=now)
    if lease is None:
        return
    reach("fulfillment.bill_after_claim")
    try:
        if suppliers.go_on_reading(lease=lease):
            _compare(lease)
    except LeaseLost:
        log.info("bill_lease_lost", bill_id=bill_id)
    except DatabaseError:
        raise  # the sweeper tries again when the lease has run out
    except Exception:
        suppliers.give_up_on_bill(lease=lease, why="error")
        raise


@tenant_atomic(durable=True)
def _compare(lease: Lease) -> None:
    """Whole or not at all: a kill leaves the bill as it was, and the next worker begins again."""
    suppliers.held_bill(lease=lease, state=BillState.MATCHING)
    reconcile(bill_id=lease.row_id, by=SYSTEM, now=lease.now)
    reach("fulfillment.bill_in_comparison")
