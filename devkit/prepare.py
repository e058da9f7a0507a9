"""From an empty database to a shop: messages, migrations, static files, demo data."""

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

from devkit.fingerprint import Done, of_files
from devkit.place import CLONE, Place
from devkit.steps import manage, step
from devkit.venv import lock_hash

MIGRATE = ("migrate", "--database=owner", "--noinput")
NOT_OURS = {".venv", ".run", ".git", "node_modules"}


def prepare(place: Place, made: Mapping[str, str]) -> None:
    """Bring database and files up to the code; what has not changed is left out."""
    compile_messages(place, made)
    migrate(place, made)
    collect_static(place, made)


def migrate(place: Place, made: Mapping[str, str]) -> None:
    step("database is up to date", manage(*MIGRATE), made, place.log("migrate"))


def compile_messages(place: Place, made: Mapping[str, str]) -> None:
    if any(_is_stale(messages) for messages in CLONE.glob("locale/*/LC_MESSAGES/*.po")):
        command = manage("compile_messages")
        step("translations compiled", command, made, place.log("messages"))


def collect_static(place: Place, made: Mapping[str, str]) -> None:
    done = Done(place.run / "done")
    fingerprint = of_files(_static_sources(), extra=lock_hash())
    if done.is_done("static", fingerprint) and (place.run / "static").exists():
        return
    command = manage("collectstatic", "--noinput", "--clear", "-v0")
    step("static files collected", command, made, place.log("static"))
    done.mark("static", fingerprint)


def seed(place: Place, made: Mapping[str, str]) -> None:
    step("demo data is there", manage("seed_demo", "--if-empty"), made, place.log("seed"))


def _is_stale(messages: Path) -> bool:
    compiled = messages.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < messages.stat().st_mtime


def _static_sources() -> Iterator[Path]:
    """Our own static files, and the settings that say which packages bring theirs."""
    apps = (app / "static" for app in CLONE.iterdir() if app.name not in NOT_OURS)
    folders = chain([CLONE / "static"], apps)
    files = chain.from_iterable(folder.rglob("*") for folder in folders)
    yield from (path for path in files if path.is_file())
    yield from (CLONE / "config" / "settings").glob("*.py")
