"""What an upload that came to nothing leaves on disk."""

from datetime import datetime

from core.uploads import SealedFile
from inventory.selectors import due_stray_files

AT_ONCE = 1_000


def forget_stray_files(now: datetime) -> int:
    """Delete sealed files that nobody can open, so many a call; says how many."""
    strays = due_stray_files(now=now, limit=AT_ONCE)
    for name in strays:
        SealedFile(name=name, key=b"").delete()
    return len(strays)
