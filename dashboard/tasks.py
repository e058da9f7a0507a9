from celery import shared_task
from django.utils import timezone

from core.tasks import TenantTask
from dashboard import telling, watching


@shared_task(name="dashboard.tell_of_waves", base=TenantTask, ignore_result=True)
def tell_of_waves(*, shop_id: int) -> None:
    """`shop_id` is the tenant that it is bound to anyway: what the sweeper watches has an id."""
    telling.tell_of_waves(now=timezone.now())


@shared_task(name="dashboard.look_around", base=TenantTask, ignore_result=True)
def look_around(*, shop_id: int) -> None:
    watching.tell_of_shelf(now=timezone.now())
    watching.tell_of_suppliers(now=timezone.now())
