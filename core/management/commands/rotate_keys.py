"""`manage.py rotate_keys`: new wrapping, and with --new-key new data keys, for every tenant."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core.models import DataKey
from core.rotation import rotate_tenant


class Command(BaseCommand):
    help = (
        "Re-wraps the tenants' keys with the newest master key and re-encrypts what an older data "
        "key sealed. Safe to kill and run again; runs while the shop is open."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--new-key", action="store_true", help="start a new data key first")
        parser.add_argument("--tenant", type=int, help="one tenant only")

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = DataKey.objects.using("ops").values_list("tenant_id", flat=True).distinct()
        for tenant_id in [options["tenant"]] if options["tenant"] else sorted(tenants):
            rotate_tenant(tenant_id=tenant_id, new_key=options["new_key"], said=self.stdout.write)
