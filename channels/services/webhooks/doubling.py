"""What a sandbox sends twice, so that a partner sees whether his server can tell."""

from typing import TYPE_CHECKING

from channels.selectors.sales import sales_of
from channels.services.sandbox.magic import TEST_DUPLICATE_WEBHOOK
from tenants.selectors import is_sandbox

if TYPE_CHECKING:
    from channels.models import WebhookEvent


def goes_twice(event: "WebhookEvent") -> bool:
    """Whether it is of an order of TEST_DUPLICATE_WEBHOOK; of live events none is."""
    if not is_sandbox() or "order" not in event.data:
        return False
    named = sales_of(partner_id=event.partner_id).filter(order__number=event.data["order"])
    return named.filter(order__items__sku__ref=TEST_DUPLICATE_WEBHOOK).exists()
