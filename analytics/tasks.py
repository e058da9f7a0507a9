from celery import shared_task
from django.utils import timezone

from analytics import services
from core.tasks import TenantTask


@shared_task(name="analytics.count_touched", base=TenantTask, ignore_result=True)
def count_touched(*, touched_id: int) -> None:
    services.count_touched(now=timezone.now())


@shared_task(name="analytics.count_segment", base=TenantTask, ignore_result=True)
def count_segment(*, segment_id: int) -> None:
    services.count_segment(segment_id=segment_id, now=timezone.now())


@shared_task(name="analytics.check_nightly", base=TenantTask, ignore_result=True)
def check_nightly(*, progress_id: int) -> None:
    services.check_nightly(now=timezone.now())


@shared_task(name="analytics.recut", base=TenantTask, ignore_result=True)
def recut(*, progress_id: int) -> None:
    services.recut(now=timezone.now())
