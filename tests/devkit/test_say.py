import pytest

from devkit.say import first_error, without_addresses

TRACEBACK = """\
Traceback (most recent call last):
  File "manage.py", line 8, in <module>
    raise ImproperlyConfigured("no key")
django.core.exceptions.ImproperlyConfigured: SECRET_KEY_FILE is not set

Stopping.
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (TRACEBACK, "django.core.exceptions.ImproperlyConfigured: SECRET_KEY_FILE is not set"),
        ("2026 FATAL:  lock file exists\nstopped waiting\n", "2026 FATAL:  lock file exists"),
        ("one\ntwo\n\n", "two"),
        ("", "(it said nothing)"),
    ],
)
def test_the_line_that_names_the_cause_is_found(text, line):
    assert first_error(text) == line


@pytest.mark.parametrize(
    "said",
    [
        "Looking in indexes: https://user:pw@mirror.example/simple",
        "Looking in links: /opt/mirror.example",
        "HTTPSConnectionPool(host='mirror.example', port=443): Max retries exceeded",
        "Downloading https://mirror.example/a.whl (1 MB)",
    ],
)
def test_no_address_of_a_package_index_is_shown(said):
    assert "mirror.example" not in without_addresses(said)
