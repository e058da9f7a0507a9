"""`manage.py demo_suppliers`: the demo shops buy from the simulators that `make up` starts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from dashboard.demo import sandbox
from dashboard.management.commands.seed_demo import refuse_real_money


class Command(BaseCommand):
    help = "Dock the simulated suppliers at the demo shops, or tell them the new address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("base_url", help="where the simulators are")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_real_money()
        base_url, now = options["base_url"], timezone.now()
        count = sandbox.dock_all(base_url=base_url, now=now)
        senders = sandbox.write_all(base_url=base_url, now=now)
        self.stdout.write(f"{count} suppliers, {senders} senders of SMS")
