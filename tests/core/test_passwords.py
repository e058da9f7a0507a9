"""A guess at a password takes little memory, and what was hashed with more of it still fits."""

import subprocess
import sys

from django.contrib.auth.hashers import Argon2PasswordHasher

from config.settings import base
from core.passwords import PasswordHasher

# The most that a process ever held, in KiB, before and after eight guesses at once.
EIGHT_AT_ONCE = """
from concurrent.futures import ThreadPoolExecutor
from resource import RUSAGE_SELF, getrusage
from sys import argv
from django.conf import settings
from django.utils.module_loading import import_string
settings.configure(PASSWORD_HASHERS=argv[1:])
hasher = import_string(argv[1])()
hasher.encode("a", "somesaltofaday")
before = getrusage(RUSAGE_SELF).ru_maxrss
with ThreadPoolExecutor(8) as pool:
    list(pool.map(lambda n: hasher.encode(str(n), "somesaltofaday"), range(24)))
print(getrusage(RUSAGE_SELF).ru_maxrss - before)
"""


def taken_kib(hasher: str) -> int:
    command = [sys.executable, "-c", EIGHT_AT_ONCE, hasher]
    return int(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)


def test_eight_guesses_at_once_take_less_than_two_of_the_frameworks_own():
    (ours,) = base.PASSWORD_HASHERS

    assert taken_kib(ours) < 200_000 < taken_kib("django.contrib.auth.hashers.Argon2PasswordHasher")


def test_a_password_that_was_hashed_with_more_still_fits_and_is_hashed_anew():
    older = Argon2PasswordHasher().encode("a long enough one", PasswordHasher().salt())
    newer = PasswordHasher().encode("a long enough one", PasswordHasher().salt())

    assert PasswordHasher().verify("a long enough one", older)
    assert not PasswordHasher().verify("another one", older)
    assert PasswordHasher().must_update(older)
    assert not PasswordHasher().must_update(newer)
