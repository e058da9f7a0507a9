from celery import shared_task
from django.utils import timezone

from analytics import services
from core.tasks import TenantTask


@shared_task(name="analytics.count_touched", base=TenantTask, ignore_result=True)
def count_touched(*, touched_id: int) -> None:
    services.count_touched(now=timezone.now())
