"""For races that are sure, not lucky: one holds a lock by hand while another runs into it."""

from time import sleep

from django.db import connection, connections


def wait_for_a_waiter() -> None:
    """Until somebody waits for a lock that is held here."""
    for _time in range(6_000):  # a minute: the other one may still be connecting
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        sleep(0.01)
    raise AssertionError("Nobody waits.")


def wait_until_alone() -> None:
    """Until nobody else is connected to the database: the server has heard of who died, or left."""
    for _time in range(6_000):
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND usename IS NOT NULL AND pid <> pg_backend_pid()"
            )
            if not cursor.fetchone()[0]:
                return
        sleep(0.01)
    raise AssertionError("Somebody else is connected still.")
