"""All that a shop's people and demo data have written, as one text: what a page may show as it is.

A program of its own: `python -m tests.browser.stored FILE`, with the servers up.
"""

import os
import sys
from pathlib import Path

import django
from django.apps import apps
from django.db import connections


def main(file: str) -> None:
    tables = sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)})
    with connections["ops"].cursor() as cursor, Path(file).open("wb") as out:
        for table in tables:
            cursor.copy_expert(f'COPY (SELECT * FROM "{table}") TO STDOUT', out)  # noqa: S608 -- our own names


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()
    main(sys.argv[1])
