"""For races that are sure, not lucky: one holds a lock by hand while another runs into it."""

from time import sleep

from django.db import connection


def wait_for_a_waiter() -> None:
    """Until somebody waits for a lock that is held here."""
    for _time in range(6_000):  # a minute: the other one may still be connecting
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        sleep(0.01)
    raise AssertionError("Nobody waits.")
