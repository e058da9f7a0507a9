"""How passwords are hashed: of staff, and of orders."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PasswordHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane (OWASP's Password Storage Cheat Sheet).

    Anybody may guess at an order's password. Django's own 100 MiB and eight lanes let eight
    guesses at once take most of a gigabyte, in each process.
    """

    memory_cost = 19_456  # KiB
    time_cost = 2
    parallelism = 1
