"""`python -m tests.browser.screens [NAME…]`, beside a `make up` that runs."""

import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()

    from tests.browser.screens.camera import main  # its helpers want Django's apps

    main(set(sys.argv[1:]))
