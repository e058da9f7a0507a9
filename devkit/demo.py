"""`make demo-reset`: an empty database, and the demo data again."""

import shutil

from devkit import identity, prepare, roles
from devkit.place import Place
from devkit.say import Problem, say, show
from devkit.services import Services


def reset(place: Place, *, sure: bool) -> int:
    """Drop the database of this place; somebody else's server only when told twice."""
    place.prepare()
    if running := identity.recall(place.pids, "up"):
        raise Problem(f"`make up` runs (pid {running.pid}). Stop it first: make down")
    services = Services(place)
    server = services.postgres.server
    if not server.is_ours and not sure:
        raise Problem(
            f"DATABASE_URL is set: this would drop the database {server.database} on that server.\n"
            f"  If you mean it: {place.command} demo-reset --yes"
        )
    with services.in_use() as made:
        roles.recreate_database(server)
        _empty_folders(place)
        say(f"the database {server.database} is empty")
        show(prepare.prepare_demo(place, made))
    return 0


def _empty_folders(place: Place) -> None:
    for name in ("uploads", "outbox"):
        shutil.rmtree(place.run / name, ignore_errors=True)
    place.prepare()
