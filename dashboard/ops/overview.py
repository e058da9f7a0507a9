"""The operator's first page: shops, and what the sweeper should have emptied long ago."""

from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.nudge import broker_answers
from dashboard.ops.health import health
from orders.models import Order
from payments.models import Refund
from tenants.models import Domain, Merchant, User


def of_platform() -> dict[str, Any]:
    everybody = Merchant.objects.using("ops")
    merchants = everybody.filter(sandbox_of=None)
    day = timezone.now() - timedelta(days=1)
    paid = Order.objects.using("ops").filter(paid_at__gte=day)
    by_shop = dict(paid.order_by().values_list("tenant_id").annotate(Count("pk")))
    rows = [
        {"merchant": one, "orders": by_shop.get(one.pk, 0)} for one in merchants.order_by("slug")
    ]
    return {
        "broker": broker_answers(),
        "merchants": rows,
        "figures": [
            (_("Merchants"), merchants.count()),
            (_("Sandboxes"), everybody.filter(sandbox_of__isnull=False).count()),
            (_("Domains"), Domain.objects.using("ops").count()),
            (_("People"), User.objects.using("ops").count()),
            (_("Orders paid in 24 hours"), sum(row["orders"] for row in rows)),
        ],
        "waiting": _platform_waiting(),
        "health": health(now=timezone.now()),
    }


def _platform_waiting() -> list[tuple[Any, int]]:
    """What the sweeper should have emptied long ago, across all shops."""
    now = timezone.now()
    late = now - timedelta(minutes=2)
    return [
        (
            _("orders unpaid two minutes past their time"),
            Order.objects.using("ops").filter(state="placed", pay_until__lt=late).count(),
        ),
        (
            _("refunds not sent for two minutes"),
            Refund.objects.using("ops")
            .filter(state__in=["created", "pending"], next_at__lt=late)
            .count(),
        ),
    ]
