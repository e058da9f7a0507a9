"""Tests: real Postgres and Valkey, cheap passwords, plain static files."""

import tempfile
from pathlib import Path

from config.env import env, redis_urls
from config.settings.base import *  # noqa: F403 -- settings are layered by star import
from config.settings.base import CACHES, DATABASES, MIDDLEWARE, STORAGES

SANDBOX_PAYMENTS = True
SUPPLIERS_MAY_BE_LOCAL = True
WEBHOOKS_MAY_BE_LOCAL = True
CALLS_WRITTEN_EVERY = 0.0  # a test says when
KEPT_SECONDS = 0.0  # tests share a process and number their shops alike
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]
for _alias in DATABASES.values():
    _alias["CONN_MAX_AGE"] = 0

# Several runs side by side need a database each.
DATABASES["owner"]["TEST"] = {
    "NAME": "test_quanyi" + env.str("TEST_DB_SUFFIX", default=""),
    "DEPENDENCIES": [],
}
# Those that share a run (pytest-xdist) have one each by pytest-django, and here one of Redis': they
# number their shops alike.
_worker = env.str("PYTEST_XDIST_WORKER", default="")
if _worker:
    REDIS_URL, CELERY_BROKER_URL = redis_urls(int(_worker.removeprefix("gw")))
    CACHES["default"]["LOCATION"] = REDIS_URL
RUN_DIR = Path(tempfile.mkdtemp(prefix="quanyi-test-"))
UPLOADS_DIR = RUN_DIR / "uploads"
STATIC_ROOT = str(RUN_DIR / "static")
