from celery import shared_task
from django.utils import timezone

from core.tasks import TenantTask
from risk import services


@shared_task(name="risk.rebuild", base=TenantTask, ignore_result=True)
def rebuild() -> None:
    services.rebuild(now=timezone.now())
