from celery import shared_task
from django.utils import timezone

from core.tasks import TenantTask
from orders import services


@shared_task(name="orders.close_unpaid", base=TenantTask, ignore_result=True)
def close_unpaid(*, order_id: int) -> None:
    services.close_unpaid(order_id=order_id, now=timezone.now())


@shared_task(name="orders.flag_overdue", base=TenantTask, ignore_result=True)
def flag_overdue(*, case_id: int) -> None:
    services.flag_overdue(case_id=case_id, now=timezone.now())
