from celery import shared_task
from django.utils import timezone

from core.tasks import TenantTask
from suppliers import services


@shared_task(name="suppliers.sync_products", base=TenantTask, ignore_result=True)
def sync_products(*, supplier_id: int) -> None:
    services.sync_products(supplier_id=supplier_id, now=timezone.now())
