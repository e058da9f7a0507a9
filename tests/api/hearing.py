"""The workers, in a test: whoever listens hears what there is."""

from django.utils import timezone

from core import outbox
from core.models import OutboxRow
from core.scope import tenant_atomic


def hear_all():
    """Until nothing is left to hear."""
    while rows := _unheard():
        for pk in rows:
            outbox.hear(row_id=pk, now=timezone.now())


@tenant_atomic
def _unheard():
    return list(OutboxRow.objects.filter(heard_at=None).values_list("pk", flat=True))
