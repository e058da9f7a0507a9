from celery import shared_task
from django.utils import timezone

from core.tasks import TenantTask
from fulfillment import services


@shared_task(name="fulfillment.deliver_order", base=TenantTask, ignore_result=True)
def deliver_order(*, order_id: int) -> None:
    services.deliver_order(order_id=order_id, now=timezone.now())


@shared_task(name="fulfillment.decide_overdue", base=TenantTask, ignore_result=True)
def decide_overdue(*, order_id: int) -> None:
    services.decide_overdue(order_id=order_id, now=timezone.now())


@shared_task(name="fulfillment.decide_opening", base=TenantTask, ignore_result=True)
def decide_opening(*, order_id: int) -> None:
    services.decide_opening(order_id=order_id, now=timezone.now())


@shared_task(name="fulfillment.send", base=TenantTask, ignore_result=True)
def send(*, unit_id: int) -> None:
    services.send(unit_id=unit_id, now=timezone.now())


@shared_task(name="fulfillment.work_on_bill", base=TenantTask, ignore_result=True)
def work_on_bill(*, bill_id: int) -> None:
    services.work_on_bill(bill_id=bill_id, now=timezone.now())


@shared_task(name="fulfillment.watch_balance", base=TenantTask, ignore_result=True)
def watch_balance(*, supplier_id: int) -> None:
    services.watch_balance(supplier_id=supplier_id, now=timezone.now())
