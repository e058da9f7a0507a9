"""Places where a process may be told to die, so that a test can kill between any two steps.

Nothing happens unless FAILPOINTS_DIR is set (tests and `make chaos` only). A file of the point's
name in that folder is one order to die: whoever removes it has taken the order, so each file kills
exactly one process, once.
"""

import os
import signal
from pathlib import Path

from django.conf import settings


def reach(point: str) -> None:
    """Die here by SIGKILL if a file named `point` asks for it."""
    if not settings.FAILPOINTS_DIR:
        return
    try:
        Path(settings.FAILPOINTS_DIR, point).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
