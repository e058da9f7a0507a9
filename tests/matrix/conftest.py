"""Two shops, made and committed once: what a test does to them is rolled back."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command

from core import crypto
from tests.dashboard.people import make_user
from tests.matrix.people import OPERATOR_MAIL
from tests.matrix.world import World, make_world


@pytest.fixture(scope="module")
def worlds(django_db_setup, django_db_blocker) -> Iterator[tuple[World, World]]:
    """The shop that is visited, and the one whose things nobody may see there."""
    with django_db_blocker.unblock():
        crypto.forget_keys()
        try:
            make_user(OPERATOR_MAIL, is_operator=True)
            yield make_world("cloud"), make_world("star")
        finally:
            # Numbers go on: what a process keeps by a shop's number is not another shop's.
            call_command("flush", database="owner", interactive=False, verbosity=0,
                         inhibit_post_migrate=True, reset_sequences=False)  # fmt: skip


@pytest.fixture
def here(worlds: tuple[World, World]) -> World:
    return worlds[0]


@pytest.fixture
def there(worlds: tuple[World, World]) -> World:
    return worlds[1]
