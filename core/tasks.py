"""The task base class, and the outbox's own task."""

from typing import Any

from celery import Task, shared_task
from django.utils import timezone

from core import outbox
from core.logs import bind_task
from core.scope import ScopeError, bind


class TenantTask(Task):
    """Binds the tenant that the message's header names; opens no transaction."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        tenant_id = (self.request.headers or {}).get("tenant_id") or self.request.get("tenant_id")
        if tenant_id is None:
            raise ScopeError(f"{self.name} was started without a tenant.")
        with bind(int(tenant_id)), bind_task(self.name, int(tenant_id)):
            return super().__call__(*args, **kwargs)


@shared_task(name="core.hear", base=TenantTask, ignore_result=True)
def hear(*, row_id: int) -> None:
    outbox.hear(row_id=row_id, now=timezone.now())
