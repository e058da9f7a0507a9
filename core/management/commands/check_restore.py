"""`manage.py check_restore`: whether a restored database and a kept master key belong together."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.crypto import CannotDecrypt
from core.models import DataKey
from core.rotation import open_newest

MOST = 50  # of each tenant and column


class Command(BaseCommand):
    help = "Opens some of every shop's sealed texts, as the web would. Writes nothing, shows none."

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = sorted(set(DataKey.objects.using("ops").values_list("tenant_id", flat=True)))
        opened = 0
        for tenant_id in tenants:
            try:
                opened += open_newest(tenant_id=tenant_id, most=MOST)
            except CannotDecrypt as why:
                raise CommandError(f"tenant {tenant_id} does not open: {why}") from why
        self.stdout.write(f"{opened} sealed texts of {len(tenants)} tenants opened")
