"""A partner with ¥1,000.00 and a key at cloud.localhost."""

import pytest

from core.scope import tenant_atomic
from tests.api.callers import Caller
from tests.channels.factories import Keyed, make_keyed


@pytest.fixture
def keyed(shop) -> Keyed:
    with tenant_atomic():
        return make_keyed()


@pytest.fixture
def caller(keyed) -> Caller:
    return Caller(keyed)


@pytest.fixture
def redis_away(settings):
    """Nothing listens there; what counts in it goes on without."""
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
