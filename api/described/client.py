"""The Python client, for whoever has the portal and not our repository."""

import io
import tomllib
import zipfile
from functools import lru_cache
from pathlib import Path

from django.conf import settings

SDK = Path(settings.BASE_DIR) / "sdk/python"
_FILES = ("pyproject.toml", "README.md", "src/quanyi/*.py", "src/quanyi/py.typed")
_AT = (2026, 11, 28, 0, 0, 0)  # of no meaning: so the bytes are the same each time


@lru_cache
def client_version() -> str:
    about = tomllib.loads((SDK / "pyproject.toml").read_text(encoding="utf-8"))
    return str(about["project"]["version"])


@lru_cache
def client_archive() -> bytes:
    """A zip of its source, as pip installs it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for pattern in _FILES for path in SDK.glob(pattern)):
            name = f"quanyi-{client_version()}/{path.relative_to(SDK).as_posix()}"
            archive.writestr(zipfile.ZipInfo(name, _AT), path.read_bytes())
    return packed.getvalue()
