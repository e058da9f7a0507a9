from celery import shared_task
from django.utils import timezone

from core.tasks import TenantTask
from inventory import services


@shared_task(name="inventory.run_import", base=TenantTask, ignore_result=True)
def run_import(*, job_id: int) -> None:
    services.run_import(job_id=job_id, now=timezone.now())


@shared_task(name="inventory.forget_import_file", base=TenantTask, ignore_result=True)
def forget_import_file(*, job_id: int) -> None:
    services.forget_import_file(job_id=job_id)


@shared_task(name="inventory.go_through_batch", base=TenantTask, ignore_result=True)
def go_through_batch(*, batch_id: int) -> None:
    services.go_through_batch(batch_id=batch_id, now=timezone.now())


@shared_task(name="inventory.release_expired", base=TenantTask, ignore_result=True)
def release_expired(*, hold_id: int) -> None:
    services.release_expired(hold_id=hold_id, now=timezone.now())


@shared_task(name="inventory.expire_codes", base=TenantTask, ignore_result=True)
def expire_codes(*, shelf_id: int) -> None:
    services.expire_codes(shelf_id=shelf_id, now=timezone.now())
