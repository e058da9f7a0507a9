"""`manage.py demo_logins`: where to click, and who may sign in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from dashboard.demo.book import SLUGS, shop
from dashboard.demo.people import DEMO_PASSWORD, OPERATOR, email_of, host_of
from dashboard.management.commands.seed_demo import refuse_real_money
from tenants.models import Merchant
from tenants.roles import Role


class Command(BaseCommand):
    help = "Print the demo's addresses and logins."

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_real_money()
        known = set(Merchant.objects.values_list("slug", flat=True))
        slugs = [slug for slug in SLUGS if slug in known]
        if not slugs:
            self.stdout.write("  There is no demo data here: manage.py seed_demo")
            return
        port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
        for slug in slugs:
            address = f"http://{host_of(slug)}{port}/"
            self.stdout.write(f"  {shop(slug).name}  {address}   office: {address}office/")
        roles = " ".join(role.value for role in Role)
        self.stdout.write(f"\n  Sign in       {email_of('<role>', '<shop>')}   roles: {roles}")
        self.stdout.write(f"  for example   {email_of(Role.OWNER, slugs[0])}")
        self.stdout.write(f"  operator      {OPERATOR}")
        self.stdout.write(f"  password      {DEMO_PASSWORD}   (all of them)")
