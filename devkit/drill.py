"""`make drill`: back up what is here, restore it twice beside it, and see whether it can be read.

Once as production's nightly dump (a file, another database), once as its base backup (a copy of
the cluster, a server of its own). What is backed up is not changed and stays in use.
"""

import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

from devkit import nobody, roles
from devkit.binaries import PostgresPrograms, find_postgres
from devkit.place import Place, private_folder
from devkit.postgres import PORT, OwnPostgres
from devkit.say import Problem, first_error, say
from devkit.services import Services
from devkit.steps import Commands, manage_many

if TYPE_CHECKING:
    from psycopg2.extensions import cursor

CHECKS: Commands = {
    "the schema is the code's": ("migrate", "--check", "--database=owner"),
    "the kept key opens it": ("check_restore",),
}
Counts = dict[str, int]


@dataclass(frozen=True)
class Drill:
    place: Place
    server: roles.Server
    programs: PostgresPrograms
    folder: Path  # may be entered by Postgres' user

    def run(self, program: str, *arguments: object) -> None:
        """As the server's user, who may read and write the folder and nothing else of ours."""
        log = self.place.log("drill")
        with log.open("a") as out:
            done = subprocess.run(
                [self.programs[program], *map(str, arguments)],
                check=False, stdin=subprocess.DEVNULL, stdout=out, stderr=out, **nobody.run_as(),
            )  # fmt: skip
        if done.returncode:
            raise Problem(f"{program} failed: {first_error(log.read_text())}\n  log: {log}")


def drill(place: Place) -> int:
    services = Services(place)
    if not isinstance(services.postgres, OwnPostgres):
        raise Problem("The drill needs our own server; on yours see docs/operations/backups.md.")
    with services.in_use() as made, _folder(place) as folder:
        kept = Path(shutil.copy(made["MASTER_KEY_FILE"], folder / "master.key"))
        with_kept = {**made, "MASTER_KEY_FILE": str(kept)}
        one = Drill(place, services.postgres.server, find_postgres(), folder)
        dumped(one, with_kept)
        copied(one, with_kept)
    say("both backups were restored, and can be read")
    return 0


@contextmanager
def _folder(place: Place) -> Iterator[Path]:
    folder = place.data / "drill"
    shutil.rmtree(folder, ignore_errors=True)
    private_folder(folder, uid=nobody.uid())
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def dumped(one: Drill, made: Mapping[str, str], checks: Commands = CHECKS) -> Counts:
    """pg_dump and pg_restore into a database beside; raises Problem where a row is missing."""
    file, started = one.folder / "quanyi.dump", time.monotonic()
    with _moment(one.server) as (snapshot, before):
        one.run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={file}",
                _owner(one.server))  # fmt: skip
    say(f"dumped {sum(before.values())} rows, {file.stat().st_size >> 10} KB, {_since(started)}")
    beside, started = replace(one.server, database=f"{one.server.database}_drill"), time.monotonic()
    roles.recreate_database(beside)
    try:
        one.run("pg_restore", "--exit-on-error", "--no-owner", "-d", _owner(beside), file)
        after = _read(one, beside, made, checks)
        if after != before:
            raise Problem(f"what was restored is not what was dumped: {before} {after}")
    finally:
        roles.drop_database(beside)
    say(f"restored and read, {_since(started)}")
    return after


def copied(one: Drill, made: Mapping[str, str], checks: Commands = CHECKS) -> Counts:
    """pg_basebackup, and a server on the copy; raises Problem where it cannot be read."""
    base, started = one.folder / "base", time.monotonic()
    one.run("pg_basebackup", "-d", one.server.admin_url, "-D", base, "--checkpoint=fast")
    one.run("pg_verifybackup", base)
    say(f"copied the cluster and verified the copy, {_since(started)}")
    started = time.monotonic()
    sockets = one.place.socket_folder(one.folder / "s", f".s.PGSQL.{PORT}")
    private_folder(sockets, uid=nobody.uid())
    settings = f"-c unix_socket_directories={sockets} -c shared_buffers=32MB"
    one.run("pg_ctl", "-D", base, "-l", one.folder / "log", "-o", settings, "-w", "start")
    try:
        after = _read(one, replace(one.server, admin_url=_at(sockets, one.server)), made, checks)
    finally:
        one.run("pg_ctl", "-D", base, "-m", "fast", "-w", "stop")
    say(f"started and read {sum(after.values())} rows, {_since(started)}")
    return after


def _read(one: Drill, restored: roles.Server, made: Mapping[str, str], checks: Commands) -> Counts:
    if checks:
        manage_many(checks, {**made, **restored.urls()}, one.place.log("drill"))
    with _moment(restored) as (_snapshot, found):
        return found


@contextmanager
def _moment(server: roles.Server) -> Iterator[tuple[str, Counts]]:
    """A snapshot that a dump can share, and how many rows each table has in it."""
    connection = roles.connect(_owner(server))
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        ((snapshot,),) = cursor.fetchall()
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        yield snapshot, {name: _count(cursor, name) for name in sorted(tables)}
    connection.close()


def _count(cursor: "cursor", table: str) -> int:
    from psycopg2 import sql

    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
    ((rows,),) = cursor.fetchall()
    return int(rows)


def _owner(server: roles.Server) -> str:
    return server.urls()["DATABASE_OWNER_URL"]


def _at(sockets: Path, server: roles.Server) -> str:
    """The administrator's address on the copy: the same words, another socket."""
    where = f"host={quote(str(sockets), safe='')}&port={PORT}"
    return urlunsplit(urlsplit(server.admin_url)._replace(query=where))


def _since(started: float) -> str:
    return f"{time.monotonic() - started:.1f} s"
