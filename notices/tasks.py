from celery import shared_task
from django.utils import timezone

from core.tasks import TenantTask
from notices import services


@shared_task(name="notices.send", base=TenantTask, ignore_result=True)
def send(*, recipient_id: int) -> None:
    services.send_messages(recipient_id=recipient_id, now=timezone.now())
