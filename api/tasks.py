from celery import shared_task
from django.utils import timezone

from api.doors import sending
from core.tasks import TenantTask


@shared_task(name="api.tell_door_order", base=TenantTask, ignore_result=True)
def tell_door_order(*, door_order_id: int) -> None:
    sending.tell_door_order(door_order_id=door_order_id, now=timezone.now())


@shared_task(name="api.tell_door_complaint", base=TenantTask, ignore_result=True)
def tell_door_complaint(*, complaint_id: int) -> None:
    sending.tell_door_complaint(complaint_id=complaint_id, now=timezone.now())


@shared_task(name="api.tell_door_watch", base=TenantTask, ignore_result=True)
def tell_door_watch(*, watch_id: int) -> None:
    sending.tell_door_watch(watch_id=watch_id, now=timezone.now())


@shared_task(name="api.look_at_door", base=TenantTask, ignore_result=True)
def look_at_door(*, door_id: int) -> None:
    sending.look_at_door(door_id=door_id, now=timezone.now())
