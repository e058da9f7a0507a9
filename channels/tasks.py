from celery import shared_task
from django.utils import timezone

from channels import services
from core.tasks import TenantTask


@shared_task(name="channels.note_low_balance", base=TenantTask, ignore_result=True)
def note_low_balance(*, partner_id: int) -> None:
    services.note_low_balance(partner_id=partner_id, now=timezone.now())
