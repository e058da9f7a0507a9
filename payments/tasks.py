from celery import shared_task
from django.utils import timezone

from core.tasks import TenantTask
from payments import services


@shared_task(name="payments.push_refund", base=TenantTask, ignore_result=True)
def push_refund(*, refund_id: int) -> None:
    services.push_refund(refund_id=refund_id, now=timezone.now())


@shared_task(name="payments.send_notice", base=TenantTask, ignore_result=True)
def send_notice(*, notice_id: int) -> None:
    services.send_notice(notice_id=notice_id, now=timezone.now())
