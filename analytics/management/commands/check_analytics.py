"""`manage.py check_analytics cloud.example.com`: whether the figures are the orders."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from analytics import services
from core.scope import bind
from tenants.selectors import find_shop


class Command(BaseCommand):
    help = "Compares a shop's figures with its orders and payments; fails where they differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("host", help="the shop's host")

    def handle(self, *args: Any, **options: Any) -> None:
        shop = find_shop(host=options["host"])
        if shop is None:
            raise CommandError("No shop has this host.")
        with bind(shop.id):
            found = services.check(now=timezone.now())
        for one in found:
            self.stderr.write(f"{one.where} {one.measure}: {one.found}, not {one.expected}")
        if found:
            raise CommandError("The figures are not the orders: run rebuild_analytics.")
        self.stdout.write("The figures are the orders, to the cent.")
