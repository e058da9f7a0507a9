"""`manage.py sweeper`: the process that finds what is due."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from core import sweeper


class Command(BaseCommand):
    help = "Looks every second for what is due and nudges a worker. Run two for safety."

    def handle(self, *args: Any, **options: Any) -> None:
        stop: list[int] = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda which, _frame: stop.append(which))
        sweeper.run(stopped=lambda: bool(stop))
