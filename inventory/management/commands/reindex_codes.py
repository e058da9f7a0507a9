"""`manage.py reindex_codes`: after an upgrade that says anew when two codes are the same one."""

from typing import Any

from django.core.management.base import BaseCommand

from core.models import DataKey
from core.scope import bind
from inventory import services as inventory


class Command(BaseCommand):
    help = (
        "Brings the duplicate check's keys of stored codes up to date. Safe to kill and run again; "
        "runs while the shop is open. Codes that are there twice are counted, not touched."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = DataKey.objects.using("ops").values_list("tenant_id", flat=True).distinct()
        for tenant_id in sorted(tenants):
            with bind(tenant_id):
                changed, twice = inventory.reindex_codes()
            self.stdout.write(f"tenant {tenant_id}: {changed} changed, {twice} there twice")
