"""A partner's program that calls a server of ours by the Python client."""

import pytest
import quanyi

from core.scope import tenant_atomic
from tenants.models import Domain
from tests.channels.factories import make_keyed
from tests.orders.factories import stocked_sku


@pytest.fixture
def address(shop, live_server):
    with tenant_atomic():
        Domain.objects.create(host="localhost", merchant=shop)
    return live_server.url


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return stocked_sku(5)


@pytest.fixture
def keyed(shop):
    with tenant_atomic():
        return make_keyed()


@pytest.fixture
def client(keyed, address):
    return quanyi.Client(keyed.key, address)
