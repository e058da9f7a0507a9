"""A guess at a password takes little memory, and what was hashed with more of it still fits."""

import subprocess
import sys

from django.contrib.auth.hashers import Argon2PasswordHasher

from config.settings import base
from core.passwords import PasswordHasher

# The most that a process ever held, in KiB, before and after one guess: how many of eight at once
# really overlap is the machine's affair. (`ru_maxrss` would begin with what pytest held.)
ONE_GUESS = """
from pathlib import Path
from re import search
from sys import argv
import argon2
from django.conf import settings
from django.utils.module_loading import import_string
settings.configure(PASSWORD_HASHERS=argv[1:])
hasher = import_string(argv[1])()
most = lambda: int(search("VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
before = most()
hasher.encode("a", "somesaltofaday")
print(most() - before)
"""


def taken_kib(hasher: str) -> int:
    command = [sys.executable, "-c", ONE_GUESS, hasher]
    return int(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)


def test_eight_guesses_at_once_take_less_than_two_of_the_frameworks_own():
    (ours,) = base.PASSWORD_HASHERS
    framework = taken_kib("django.contrib.auth.hashers.Argon2PasswordHasher")

    assert framework > 90_000
    assert 8 * taken_kib(ours) < 2 * framework


def test_a_password_that_was_hashed_with_more_still_fits_and_is_hashed_anew():
    older = Argon2PasswordHasher().encode("a long enough one", PasswordHasher().salt())
    newer = PasswordHasher().encode("a long enough one", PasswordHasher().salt())

    assert PasswordHasher().verify("a long enough one", older)
    assert not PasswordHasher().verify("another one", older)
    assert PasswordHasher().must_update(older)
    assert not PasswordHasher().must_update(newer)
