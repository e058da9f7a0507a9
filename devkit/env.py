"""What Django reads from its environment, put together in one place."""

import os
import shlex
from collections.abc import Iterable, Mapping

from devkit import keys
from devkit.place import VENV, Place

DEFAULT_PORT = "8000"


def environment(place: Place, servers: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Our own variables only, without what the shell has anyway."""
    port = os.environ.get("PORT", DEFAULT_PORT)
    made = {
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings.dev"),
        "RUN_DIR": str(place.run),
        "SECRET_KEY_FILE": str(keys.key_file(place.keys, "secret.key")),
        "MASTER_KEY_FILE": str(keys.key_file(place.keys, "master.key")),
        "BASE_DOMAIN": os.environ.get("BASE_DOMAIN", "localhost"),
        "PORT": port,
        "PUBLIC_PORT": os.environ.get("PUBLIC_PORT", port),
        "SIMULATORS_PORT": os.environ.get("SIMULATORS_PORT") or _next(port),
    }
    for server in servers:
        made |= server
    return made


def _next(port: str) -> str:
    return str(int(port) % 65535 + 1) if port.isdigit() else port


def whole_environment(made: Mapping[str, str]) -> dict[str, str]:
    """For a child process: the shell's variables, ours on top, `.venv` first on PATH."""
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "VIRTUAL_ENV": str(VENV),
        "PATH": path,
        **made,
    }


def exports(made: Mapping[str, str]) -> str:
    """Lines for `eval`."""
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in sorted(made.items()))
