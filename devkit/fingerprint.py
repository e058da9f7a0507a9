"""What a step depends on, in one short string: unchanged means that the step can be left out."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def of_files(paths: Iterable[Path], *, extra: str = "") -> str:
    """Names, sizes and times; reading every file would cost more than it saves."""
    digest = hashlib.sha256(extra.encode())
    for path in sorted(paths):
        stat = path.stat()
        digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


class Done:
    """Remembers, per step, the fingerprint it was last done for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)

    def is_done(self, name: str, fingerprint: str) -> bool:
        try:
            return (self._folder / name).read_text() == fingerprint
        except OSError:
            return False

    def mark(self, name: str, fingerprint: str) -> None:
        (self._folder / name).write_text(fingerprint)
