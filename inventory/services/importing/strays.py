"""What an upload that came to nothing leaves on disk."""

from datetime import datetime

from core.uploads import SealedFile
from inventory.selectors import due_stray_files
from inventory.types import Keeper

AT_ONCE = 1_000


def forget_stray_files(now: datetime, *, kept_too: Keeper | None = None) -> int:
    """Delete sealed files that nobody can open, so many a call; says how many.

    `kept_too` knows which of some names are another app's business.
    """
    strays = due_stray_files(now=now, limit=AT_ONCE, kept_too=kept_too)
    for name in strays:
        SealedFile(name=name, key=b"").delete()
    return len(strays)
