"""The environment, read once and refused when it makes no sense."""

import base64
import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

KEY_BYTES = 32


def database(variable: str, *, fallback: str | None = None) -> dict[str, object]:
    """A Postgres alias from a URL, with persistent connections."""
    url = os.environ.get(variable) or os.environ.get(fallback or variable)
    if not url:
        raise ImproperlyConfigured(f"{variable} is not set. `make up` sets it; see .env.example.")
    found: dict[str, object] = dict(environ.Env.db_url_config(url))
    if found.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured(f"{variable} must be a postgres:// URL.")
    return found | {
        "ENGINE": "core.postgres",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def redis_urls(database: int | None = None) -> tuple[str, str]:
    """REDIS_URL in the words of redis-py (`unix://`) and of Celery (`redis+socket://`); with
    another of the server's databases than it names, if one is given."""
    url = os.environ.get("REDIS_URL", "")
    parts = urlsplit(url)
    if parts.scheme in {"redis", "rediss"}:
        url = url if database is None else parts._replace(path=f"/{database}").geturl()
        return url, url
    if parts.scheme in {"unix", "redis+socket"}:
        named = parse_qs(parts.query).get("db", ["0"])[0]
        number = named if database is None else database
        return (
            f"unix://{parts.path}?db={number}",
            f"redis+socket://{parts.path}?virtual_host={number}",
        )
    raise ImproperlyConfigured("REDIS_URL must start with redis://, rediss:// or unix://.")


def key_file(variable: str) -> bytes:
    """32 random bytes kept, base64-encoded, in the file that `variable` names."""
    path = os.environ.get(variable)
    if not path:
        raise ImproperlyConfigured(f"{variable} is not set: name a file with 32 random bytes.")
    try:
        key = base64.b64decode(Path(path).read_text().strip(), validate=True)
    except (OSError, ValueError) as why:
        raise ImproperlyConfigured(f"{variable}: {path} cannot be read as base64: {why}") from why
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"{variable}: {path} holds {len(key)} bytes, not {KEY_BYTES}.")
    return key


def data_file(variable: str) -> str:
    """The path of a file that stands in for one that comes with a package; empty: none does."""
    path = os.environ.get(variable, "")
    if path and not os.access(path, os.R_OK):
        raise ImproperlyConfigured(f"{variable}: {path} cannot be read.")
    return path
