"""`manage.py rebuild_analytics cloud.example.com`: a shop's figures, made anew from its orders."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from analytics import services
from core.scope import bind
from tenants.selectors import find_shop


class Command(BaseCommand):
    help = "Makes the figures of a shop anew from its orders, while it goes on selling."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("host", help="the shop's host")

    def handle(self, *args: Any, **options: Any) -> None:
        shop = find_shop(host=options["host"])
        if shop is None:
            raise CommandError("No shop has this host.")
        started = time.monotonic()
        with bind(shop.id):
            count = services.rebuild(now=timezone.now())
        self.stdout.write(f"{count} orders in {time.monotonic() - started:.1f} s")
