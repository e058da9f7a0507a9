"""Events are kept for a month: so far back can they be read and sent again."""

from datetime import datetime, timedelta

from channels.models import WebhookDelivery, WebhookEvent

KEPT = timedelta(days=30)
BATCH = 5_000


def forget_old_events(now: datetime) -> int:
    """Drop what was told long ago, across tenants, with how it got there."""
    old = WebhookEvent.objects.using("ops").filter(at__lt=now - KEPT).order_by("at")
    keys = list(old.values_list("pk", flat=True)[:BATCH])
    WebhookDelivery.objects.using("ops").filter(event_id__in=keys).delete()
    return WebhookEvent.objects.using("ops").filter(pk__in=keys).delete()[0]
