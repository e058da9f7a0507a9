from celery import shared_task
from django.utils import timezone

from core.tasks import TenantTask
from reports import services


@shared_task(name="reports.run_export", base=TenantTask, ignore_result=True)
def run_export(*, export_id: int) -> None:
    services.run_export(export_id=export_id, now=timezone.now())


@shared_task(name="reports.forget_export", base=TenantTask, ignore_result=True)
def forget_export(*, export_id: int) -> None:
    services.forget_export(export_id=export_id, now=timezone.now())


@shared_task(name="reports.run_schedule", base=TenantTask, ignore_result=True)
def run_schedule(*, schedule_id: int) -> None:
    services.run_schedule(schedule_id=schedule_id, now=timezone.now())


@shared_task(name="reports.mail_run", base=TenantTask, ignore_result=True)
def mail_run(*, run_id: int) -> None:
    services.mail_run(run_id=run_id, now=timezone.now())
