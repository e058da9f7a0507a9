"""Which tests stay together when several workers share a run (pytest-xdist)."""

from pathlib import PurePosixPath

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # -- without types

WHOLE_PROGRAM = {"browser", "secrets"}


class Rooms(LoadScopeScheduling):  # type: ignore[misc]  # -- of no known type
    """A file's tests stay with one worker, for its fixtures' sake, but for the largest file. So do
    all that start the whole program: its servers have one place each and load a machine.

    Not xdist's own `loadgroup`: of release 3.8 it does nothing under pytest 9, and says nothing.
    """

    def _split_scope(self, nodeid: str) -> str:
        file, _double, _test = nodeid.partition("::")
        folder = PurePosixPath(file).parent.name
        if folder == "matrix":
            return nodeid
        return "the whole program" if folder in WHOLE_PROGRAM else file
