from celery import shared_task
from django.utils import timezone

from core.tasks import TenantTask
from storefront import services


@shared_task(name="storefront.ask_for_money", base=TenantTask, ignore_result=True)
def ask_for_money(*, payment_id: int) -> None:
    services.ask_for_money(payment_id=payment_id, now=timezone.now())
