"""PostgreSQL: the one that is given, else one of our own in the run folder."""

import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

from devkit import identity, keys, nobody, roles
from devkit.binaries import PostgresPrograms, find_postgres
from devkit.place import Place, private_folder
from devkit.say import Problem, first_error, heartbeat, say

DATABASE = "quanyi"
PORT = 5432  # of the socket's name only: nothing listens on the network
RECOVERY = 120.0  # seconds that a server may take to read back its log after a crash
STARTS = 5  # a killed server's pid can stay visible for half a second

# A plan that was made while a table was nearly empty is kept by the session until the table's first
# statistics: with the usual minute between looks, a new shop's first rush runs on wrong indexes.
SETTINGS = """\
listen_addresses = ''
unix_socket_directories = '{sockets}'
port = {port}
max_connections = 400
shared_buffers = '256MB'
fsync = on
synchronous_commit = on
autovacuum_naptime = '5s'
logging_collector = off
log_timezone = 'UTC'
timezone = 'UTC'
"""


class OwnPostgres:
    """A cluster in the run folder, with passwords on every connection, reached by a unix socket."""

    name = "postgres"

    def __init__(self, place: Place, programs: PostgresPrograms) -> None:
        self._place, self._programs = place, programs
        self._home = place.data / f"postgres-{programs.major}"
        self._data = self._home / "data"
        self._sockets = place.socket_folder(self._home / "s", f".s.PGSQL.{PORT}")
        self.server = roles.Server(
            admin_url=self._admin_url(),
            database=DATABASE,
            passwords=roles.passwords(place.keys),
            is_ours=True,
        )

    def environment(self) -> dict[str, str]:
        return self.server.urls()

    def is_running(self) -> bool:
        return bool(self._live_pid())

    def start(self) -> None:
        """Safe to call at any time; a server that was killed a moment ago can still look alive."""
        until = time.monotonic() + RECOVERY
        while not (self.is_running() and roles.answers(self.server.admin_url)):
            if not self.is_running():
                self._prepare()
                self._start()
            if time.monotonic() > until:
                log = self._place.log(self.name)
                raise Problem(f"Postgres does not answer: {first_error(_text(log))}\n  log: {log}")
            time.sleep(0.05)
        roles.ensure(self.server)

    def stop(self) -> None:
        """Fast: sessions are cut, what was committed is on disk."""
        if self.is_running():
            self._run("pg_ctl", "-D", self._data, "-m", "fast", "-t", "30", "-w", "stop")

    def crash(self) -> None:
        """As if the power had gone: nothing is written that was not on disk before."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-t", "30", "-w", "stop")

    def describe(self) -> str:
        return f"PostgreSQL {self._programs.major} in {self._home}"

    def _admin_url(self) -> str:
        password = keys.password(self._place.keys, "postgres")
        where = f"host={quote(str(self._sockets), safe='')}&port={PORT}"
        return f"postgres://postgres:{password}@/postgres?{where}"

    def _prepare(self) -> None:
        self._place.prepare_data()
        for folder in (self._home, self._sockets):
            private_folder(folder, uid=nobody.uid())
        if not (self._data / "PG_VERSION").exists():
            self._initdb()
        settings = SETTINGS.format(sockets=self._sockets, port=PORT)
        _write_as_owner(self._data / "devkit.conf", settings)
        _link(self._place.log("postgres"), self._home / "server.log")

    def _initdb(self) -> None:
        """C.UTF-8, and as ctype too: under plain C a trigram search finds no Chinese."""
        say("making a PostgreSQL cluster")
        shutil.rmtree(self._data, ignore_errors=True)  # half made by a start that was killed
        draft = self._home / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        password = self._home / "password"
        _write_as_owner(password, keys.password(self._place.keys, "postgres"))
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._run(
            *("initdb", "-D", draft, "-U", "postgres", "-E", "UTF8"),
            *("--no-sync", "--no-instructions", "--auth=scram-sha-256", f"--pwfile={password}"),
            *(builtin if self._programs.major >= 17 else []),  # new in 17
            *("--locale=C", "--lc-ctype=C.UTF-8"),
        )
        password.unlink()
        with (draft / "postgresql.conf").open("a") as out:
            out.write("include_if_exists 'devkit.conf'\n")
        draft.rename(self._data)

    def _start(self) -> None:
        command = (
            "pg_ctl",
            "-D",
            self._data,
            "-l",
            self._home / "server.log",
            "-t",
            f"{RECOVERY:.0f}",
            "-w",
        )
        for attempt in range(1, STARTS + 1):
            self._drop_stale_lock()
            try:
                self._run(*command, "start")
            except Problem:
                if attempt == STARTS:
                    raise
                time.sleep(1)
            else:
                return

    def _run(self, program: str, *arguments: object) -> None:
        log = self._place.log("postgres-setup")
        with heartbeat(program), log.open("a") as out:
            done = subprocess.run(
                [self._programs[program], *map(str, arguments)],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                check=False, env=_plain_environment(), **nobody.run_as(),
            )  # fmt: skip
        if done.returncode:
            said = _text(self._home / "server.log") or _text(log)
            raise Problem(f"{program} failed: {first_error(said)}\n  log: {log}")

    def _live_pid(self) -> int:
        """The postmaster's pid, if it is alive and really the one of our data folder."""
        pid = self._locked_pid()
        return pid if pid and str(self._data) in identity.command_line(pid) else 0

    def _locked_pid(self) -> int:
        first = _text(self._data / "postmaster.pid").partition("\n")[0].strip()
        return int(first) if first.isdigit() else 0

    def _drop_stale_lock(self) -> None:
        """After a crash and a reboot the pid in the lock file may be some other process by now."""
        if self._locked_pid() and not self._live_pid():
            (self._data / "postmaster.pid").unlink(missing_ok=True)


class GivenPostgres:
    """Somebody else's server: never started or stopped, roles and database made if it lets us."""

    name = "postgres"

    def __init__(self, place: Place, urls: Mapping[str, str]) -> None:
        self._urls = dict(urls)
        self.server = roles.Server(
            admin_url=roles.maintenance(urls.get("DATABASE_URL", "")),
            database=_database_name(urls["DATABASE_URL"], place),
            passwords=roles.passwords(place.keys),
            is_ours=False,
        )

    @property
    def is_complete(self) -> bool:
        return len(self._urls) == len(roles.VARIABLES)

    def environment(self) -> dict[str, str]:
        return self._urls if self.is_complete else self.server.urls()

    def is_running(self) -> bool:
        return True

    def start(self) -> None:
        if not self.is_complete:
            roles.ensure(self.server)
            return
        for variable, url in self._urls.items():
            roles.check_entrance(variable, url)

    def stop(self) -> None:
        """It is not ours to stop."""

    def describe(self) -> str:
        return f"the PostgreSQL of DATABASE_URL, database {self.server.database}"


def resolve(place: Place, environ: Mapping[str, str]) -> OwnPostgres | GivenPostgres:
    """DATABASE_URL, then the wheel, then the system's programs, then a Problem."""
    given = {name: environ[name] for name in roles.VARIABLES if environ.get(name)}
    if not given or _made_by_devkit(given, place):
        return OwnPostgres(place, find_postgres())
    if "DATABASE_URL" not in given or len(given) == 2:
        raise Problem(f"Set DATABASE_URL alone, or all three of {', '.join(roles.VARIABLES)}.")
    return GivenPostgres(place, given)


def _made_by_devkit(given: Mapping[str, str], place: Place) -> bool:
    """A shell that carries our own addresses (`devkit env`) still wants our own server."""
    ours = roles.passwords(place.keys)
    return all(
        not urlsplit(url).hostname and urlsplit(url).password == ours[roles.VARIABLES[variable]]
        for variable, url in given.items()
    )


def _database_name(url: str, place: Place) -> str:
    """Each run folder its own database, so that tests on a given server disturb nobody."""
    named = urlsplit(url).path.lstrip("/")
    base = DATABASE if named in {"", "postgres"} else named
    return f"{base}_{place.name}" if place.name else base


def _write_as_owner(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
    if nobody.is_needed():
        os.chown(path, nobody.uid(), -1)


def _link(name: Path, target: Path) -> None:
    if not name.is_symlink() or name.readlink() != target:
        name.unlink(missing_ok=True)
        name.symlink_to(target)


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _plain_environment() -> dict[str, str]:
    """Nothing of ours in the server's environment: no PG* overrides, no keys."""
    kept = ("PATH", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ}
