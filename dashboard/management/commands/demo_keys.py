"""`manage.py demo_keys`: new API keys of the demo shops' partner, shown this once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from core.scope import bind
from dashboard.demo import partners
from dashboard.demo.book import SLUGS
from dashboard.demo.people import host_of
from dashboard.management.commands.seed_demo import refuse_real_money
from tenants.models import Merchant


class Command(BaseCommand):
    help = "Print new API keys of the demo's partner; the ones before go on for a week."

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_real_money()
        known = dict(Merchant.objects.filter(slug__in=SLUGS).values_list("slug", "pk"))
        port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
        for slug in [slug for slug in SLUGS if slug in known]:
            with bind(known[slug]):
                keys = partners.new_keys(slug, now=timezone.now())
            self.stdout.write(f"  Partner API   http://{host_of(slug)}{port}/api/v1/")
            self.stdout.write(
                f"    begin at    http://{host_of(slug)}{port}/developers/quickstart/"
            )
            self.stdout.write(f"    test key    {keys.test.reveal()}")
            self.stdout.write(f"    live key    {keys.live.reveal()}")
