"""Random keys and passwords of this installation: made once, readable by their owner only."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

ROLES = ("app_owner", "app_rw", "app_ops")


def key_file(folder: Path, name: str) -> Path:
    """32 random bytes, base64."""
    return _made_once(folder / name, lambda: base64.b64encode(secrets.token_bytes(32)).decode())


def password(folder: Path, role: str) -> str:
    return _made_once(folder / f"{role}.password", lambda: secrets.token_hex(24)).read_text()


def _made_once(path: Path, make: Callable[[], str]) -> Path:
    """Written beside and linked into place: two starts at once agree, and none reads half a key."""
    if path.exists():
        return path
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(make())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path
