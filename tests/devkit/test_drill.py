"""A backup that was never restored is a hope: dumped, copied, started again, counted."""

from devkit import drill, roles
from devkit.binaries import find_postgres


def test_what_was_committed_is_in_the_dump_and_in_the_copy_of_the_cluster(services):
    server = services.postgres.server
    with services.in_use() as made, drill._folder(services.place) as folder:
        connection = roles.connect(server.urls()["DATABASE_OWNER_URL"])
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE kept AS SELECT generate_series(1, 7) AS n")
        one = drill.Drill(services.place, server, find_postgres(), folder)

        dumped, copied = drill.dumped(one, made, {}), drill.copied(one, made, {})

        assert dumped == copied == {"kept": 7}
        with connection.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE '%drill'")
            assert cursor.fetchall() == []  # nothing is left beside
        connection.close()
