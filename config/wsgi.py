"""The web process's entry."""

import os
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils.translation import override

from core.entry import Entry

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")


def _read_pages() -> None:
    """Templates and the names of static files, before the workers part.

    Read when a page is first asked for, they may be newer than the code of a process that was not
    restarted: an address in them that this code does not know is a broken page.
    """
    folder = Path(settings.BASE_DIR, "templates")
    for page in folder.rglob("*.html"):
        get_template(str(page.relative_to(folder)))
    staticfiles_storage.url("dashboard/office.css")


def _read_addresses() -> None:
    """Every view, before the workers part: shared by them, and as old as the rest of the code.

    To read them took the first who asked each new worker most of a second.
    """
    for hosts in (settings.ROOT_URLCONF, settings.OPS_URLCONF):
        for language, _name in settings.LANGUAGES:
            with override(language):
                get_resolver(hosts).reverse_dict  # noqa: B018 -- made once for each language


django.setup(set_prefix=False)
application = Entry()
_read_pages()
_read_addresses()
