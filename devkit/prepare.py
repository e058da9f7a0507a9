"""From an empty database to a shop: messages, migrations, static files, demo data."""

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

from devkit import sandbox
from devkit.fingerprint import Done, of_files
from devkit.place import CLONE, Place
from devkit.steps import Commands, manage_many
from devkit.venv import lock_hash

MIGRATE = ("migrate", "--database=owner", "--noinput")
NOT_OURS = {".venv", ".run", ".git", "node_modules"}


def prepare(place: Place, made: Mapping[str, str]) -> None:
    """Bring database and files up to the code; what has not changed is left out."""
    _run(place, made, _schema())


def prepare_demo(place: Place, made: Mapping[str, str]) -> str:
    """`prepare`, and something to click; returns how to sign in."""
    simulators = sandbox.base_url(made["SIMULATORS_PORT"])
    demo: Commands = {
        "demo data": ("seed_demo", "--if-empty"),
        "demo suppliers": ("demo_suppliers", simulators),
        "demo logins": ("demo_logins",),
        "demo keys": ("demo_keys",),
    }
    said = _run(place, made, {**_schema(), **demo})
    return f"{said['demo logins'].rstrip()}\n\n{said['demo keys']}"


def prepare_tests(place: Place, made: Mapping[str, str]) -> None:
    """The test database is made by the tests themselves; translations they find."""
    if wanted := _messages():
        _run(place, made, wanted)


def _run(place: Place, made: Mapping[str, str], wanted: Commands) -> Mapping[str, str]:
    done = Done(place.run / "done")
    static = of_files(_static_sources(), extra=lock_hash())
    if "database" in wanted and not (done.is_done("static", static) and _static(place).exists()):
        wanted = {**wanted, "static files": ("collectstatic", "--noinput", "--clear", "-v0")}
    said = manage_many(wanted, made, place.log("prepare"))
    if "static files" in wanted:
        done.mark("static", static)
    return said


def _schema() -> Commands:
    return {**_messages(), "database": MIGRATE}


def _messages() -> Commands:
    stale = any(_is_stale(messages) for messages in CLONE.glob("locale/*/LC_MESSAGES/*.po"))
    return {"translations": ("compile_messages",)} if stale else {}


def _is_stale(messages: Path) -> bool:
    compiled = messages.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < messages.stat().st_mtime


def _static(place: Place) -> Path:
    return place.run / "static"


def _static_sources() -> Iterator[Path]:
    """Our own static files, and the settings that say which packages bring theirs."""
    apps = (app / "static" for app in CLONE.iterdir() if app.name not in NOT_OURS)
    folders = chain([CLONE / "static"], apps)
    files = chain.from_iterable(folder.rglob("*") for folder in folders)
    yield from (path for path in files if path.is_file())
    yield from (CLONE / "config" / "settings").glob("*.py")
