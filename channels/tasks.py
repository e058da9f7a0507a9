from celery import shared_task
from django.utils import timezone

from channels import services
from channels.services import sandbox
from core.tasks import TenantTask


@shared_task(name="channels.note_low_balance", base=TenantTask, ignore_result=True)
def note_low_balance(*, partner_id: int) -> None:
    services.note_low_balance(partner_id=partner_id, now=timezone.now())


@shared_task(name="channels.send_webhooks", base=TenantTask, ignore_result=True)
def send_webhooks(*, endpoint_id: int) -> None:
    services.send_webhooks(endpoint_id=endpoint_id, now=timezone.now())


@shared_task(name="channels.look_at_shelf", base=TenantTask, ignore_result=True)
def look_at_shelf(*, shelf_id: int) -> None:
    services.look_at_shelf(shelf_id=shelf_id, now=timezone.now())


@shared_task(name="channels.restock_sandbox", base=TenantTask, ignore_result=True)
def restock_sandbox(*, sandbox_id: int) -> None:
    sandbox.restock_sandbox(now=timezone.now())
