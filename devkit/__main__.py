"""Refuse an old Python in words before a newer one's syntax does it in a traceback."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 -- an old Python is exactly who reads this
    found = "%d.%d" % sys.version_info[:2]  # noqa: UP031 -- as above
    sys.exit(
        "Python 3.11 or newer is needed, this is " + found + ". Try: make up PYTHON=python3.12"
    )

from devkit.cli import main

if __name__ == "__main__":
    sys.exit(main())
