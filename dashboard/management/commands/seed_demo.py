"""`manage.py seed_demo`: three shops, thirty days of business, staff that can sign in."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dashboard.demo import telling
from dashboard.demo.plan import DAYS, Span


class Command(BaseCommand):
    help = "Fill an empty installation with three demo shops. Play money only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where there are shops already"
        )
        parser.add_argument("--days", type=int, default=DAYS, help="how many days back")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_real_money()
        if options["if_empty"] and not telling.is_wanted():
            self.stdout.write("There are shops already: nothing to do.")
            return
        began = time.monotonic()

        def say(text: str) -> None:
            self.stdout.write(f"[{time.monotonic() - began:5.1f} s] {text}")
            self.stdout.flush()

        span = Span(now=timezone.now(), days=options["days"])
        telling.tell(span=span, say=say)
        say("done")


def refuse_real_money() -> None:
    """The demo's passwords are public: where money is real they would be open doors."""
    if not settings.SANDBOX_PAYMENTS or settings.SECURE_SSL_REDIRECT:
        raise CommandError("Demo data is refused here: these are production settings.")
