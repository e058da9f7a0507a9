"""`manage.py compile_messages`: .po to .mo with Babel, where no gettext is installed."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compiles the translations that have changed."

    def handle(self, *args: Any, **options: Any) -> None:
        for source in (p for root in settings.LOCALE_PATHS for p in Path(root).rglob("*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            with source.open("rb") as text:
                catalog = read_po(text)
            with target.open("wb") as compiled:
                write_mo(compiled, catalog)
            self.stdout.write(f"compiled {source.relative_to(settings.BASE_DIR)}")
