from celery import shared_task
from django.utils import timezone

from catalog import services
from core.tasks import TenantTask


@shared_task(name="catalog.follow_schedule", base=TenantTask, ignore_result=True)
def follow_schedule(*, product_id: int) -> None:
    services.follow_schedule(product_id=product_id, now=timezone.now())
