"""The three roles and the database, made with whatever rights the given server grants."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

from devkit import keys
from devkit.say import Problem

if TYPE_CHECKING:
    from psycopg2.extensions import connection, cursor

# Tests empty a database without its triggers, which guard what must not go (tests/emptying.py).
EMPTYING = "GRANT SET ON PARAMETER session_replication_role TO app_owner"
ROLES_SQL = Path(__file__).with_name("roles.sql")
VARIABLES = {
    "DATABASE_URL": "app_rw",
    "DATABASE_OWNER_URL": "app_owner",
    "DATABASE_OPS_URL": "app_ops",
}
BYPASSES_TENANTS = {"app_owner": True, "app_rw": False, "app_ops": True}


@dataclass(frozen=True)
class Server:
    """A database server as its administrator reaches it, and the database we want on it."""

    admin_url: str
    database: str
    passwords: dict[str, str]
    is_ours: bool  # alone on it, so a password that differs is simply set

    def urls(self) -> dict[str, str]:
        return {
            variable: url_for(
                self.admin_url, role=role, password=self.passwords[role], database=self.database
            )
            for variable, role in VARIABLES.items()
        }


def passwords(folder: Path) -> dict[str, str]:
    return {role: keys.password(folder, role) for role in keys.ROLES}


def url_for(url: str, *, role: str, password: str, database: str) -> str:
    """`url` as another role on another database; host, port and options stay."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    who = f"{quote(role)}:{quote(password, safe='')}"
    return urlunsplit(("postgres", f"{who}@{host}", f"/{database}", parts.query, ""))


def maintenance(url: str) -> str:
    """`url` on the database that every server has: ours may not exist yet."""
    return urlunsplit(urlsplit(url)._replace(path="/postgres"))


def ensure(server: Server) -> None:
    """Make roles and database where they are missing; raises Problem naming what is not allowed."""
    import psycopg2

    check_entrance("DATABASE_URL", server.admin_url)
    try:
        connection = connect(server.admin_url)
        with connection.cursor() as cursor:
            missing = _missing_roles(cursor)
            if missing:
                cursor.execute(ROLES_SQL.read_text())
            if missing or server.is_ours:
                _set_passwords(cursor, server, keys.ROLES if server.is_ours else missing)
            _check_roles(cursor)
            _ensure_database(cursor, server.database)
            if server.is_ours:
                cursor.execute(EMPTYING)
        connection.close()
    except psycopg2.Error as error:
        raise Problem(_not_allowed(server, str(error).strip())) from error
    _check_entrances(server)


def recreate_database(server: Server) -> None:
    """Drop the database with whoever is connected to it, and make an empty one."""
    from psycopg2 import sql

    connection = connect(server.admin_url)
    with connection.cursor() as cursor:
        name = sql.Identifier(server.database)
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        _ensure_database(cursor, server.database)
    connection.close()


def drop_database(server: Server) -> None:
    from psycopg2 import sql

    connection = connect(server.admin_url)
    with connection.cursor() as cursor:
        name = sql.Identifier(server.database)
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
    connection.close()


_NOT_YET = re.compile("refused|No such file|starting up|shutting down|closed the connection")


def answers(url: str) -> bool:
    """Whether the server talks at all; a wrong password is an answer too."""
    import psycopg2

    try:
        connect(url).close()
    except psycopg2.OperationalError as error:
        return not _NOT_YET.search(str(error))
    return True


def connect(url: str) -> "connection":
    import psycopg2

    connection = psycopg2.connect(url.replace("postgres://", "postgresql://", 1), connect_timeout=5)
    connection.autocommit = True
    return connection


def _missing_roles(cursor: "cursor") -> list[str]:
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(keys.ROLES)])
    found = {name for (name,) in cursor.fetchall()}
    return [role for role in keys.ROLES if role not in found]


def _set_passwords(cursor: "cursor", server: Server, names: "list[str] | tuple[str, ...]") -> None:
    from psycopg2 import sql

    for role in names:
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
            sql.Identifier(role), sql.Literal(server.passwords[role])
        )
        cursor.execute(statement)


def _check_roles(cursor: "cursor") -> None:
    """A role that may look past its tenant where it must not would void the platform's promise."""
    cursor.execute(
        "SELECT rolname, rolbypassrls, rolsuper FROM pg_roles WHERE rolname = ANY(%s)",
        [list(keys.ROLES)],
    )
    for role, bypasses, is_super in cursor.fetchall():
        if is_super or bypasses != BYPASSES_TENANTS[role]:
            raise Problem(
                f"The role {role} exists with other rights than devkit/roles.sql gives it. "
                "Drop it, or alter it to match that file."
            )


def _ensure_database(cursor: "cursor", name: str) -> None:
    from psycopg2 import sql

    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    if cursor.fetchone() is None:
        # Making a database for another role takes membership in it (a superuser has it anyway).
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() != (True,):
            cursor.execute("GRANT app_owner TO current_user")
        statement = sql.SQL("CREATE DATABASE {} OWNER app_owner ENCODING 'UTF8' TEMPLATE template0")
        cursor.execute(statement.format(sql.Identifier(name)))


def check_entrance(variable: str, url: str) -> None:
    """Log in once, so that a wrong password is told here and not by the first page."""
    import psycopg2

    try:
        connect(url).close()
    except psycopg2.Error as error:
        raise Problem(f"{variable}: {str(error).strip().splitlines()[-1]}") from error


def _check_entrances(server: Server) -> None:
    for variable, url in server.urls().items():
        try:
            check_entrance(variable, url)
        except Problem as problem:
            raise Problem(
                f"The role {VARIABLES[variable]} is on that server, but with another password than "
                f"ours ({problem}).\n"
                f"  Set all three of {', '.join(VARIABLES)} to use the roles as they are."
            ) from problem


def _not_allowed(server: Server, error: str) -> str:
    who = urlsplit(server.admin_url).username or "that role"
    return (
        f"DATABASE_URL: {who} could not make roles and database ({error.splitlines()[0]}).\n"
        "  It must be a superuser; or run devkit/roles.sql as one, create the database with\n"
        f"  `CREATE DATABASE {server.database} OWNER app_owner`, and set all three of\n"
        f"  {', '.join(VARIABLES)}."
    )
