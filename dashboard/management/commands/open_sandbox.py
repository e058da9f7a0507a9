"""`manage.py open_sandbox <short name>`: open a sandbox, bring it up to date, or empty it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from channels.services import sandbox
from core.actors import SYSTEM
from core.errors import AppError
from core.scope import bind
from tenants.models import Merchant
from tenants.selectors import address_at, primary_host


class Command(BaseCommand):
    help = "Open a shop's sandbox, or bring it up to date; --reset puts an empty one in its place."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the shop's short name")
        parser.add_argument("--reset", action="store_true", help="empty it; its keys stay good")

    def handle(self, *args: Any, **options: Any) -> None:
        shop = Merchant.objects.filter(slug=options["slug"]).first()
        if shop is None:
            raise CommandError("There is no shop of this short name.")
        wanted = sandbox.reset_sandbox if options["reset"] else sandbox.open_sandbox
        try:
            with bind(shop.pk):
                twin_id = wanted(by=SYSTEM, now=timezone.now())
        except AppError as refusal:
            raise CommandError(str(refusal.message)) from refusal
        with bind(twin_id):
            self.stdout.write(address_at(host=primary_host(), path="/"))
