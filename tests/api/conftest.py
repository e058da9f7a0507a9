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
