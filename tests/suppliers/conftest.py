"""A supplier that says what a test says of what it sells, and an offer of its."""

from datetime import timedelta

import pytest

from core.scope import tenant_atomic
from suppliers import services
from suppliers.adapters import PROTOCOLS
from tests.suppliers.factories import make_offer, make_supplier
from tests.suppliers.listings import Told
from tests.times import NOON


@pytest.fixture
def supplier(shop):
    with tenant_atomic():
        return make_supplier()


@pytest.fixture
def offer(supplier):
    with tenant_atomic():
        return make_offer(supplier=supplier, cost_e4=80_000, most_e4=80_000)


@pytest.fixture
def tells(monkeypatch, supplier):
    """`tells(*lines)`: these lines are in the supplier's catalogue."""

    def tell(*lines, then=None):
        monkeypatch.setitem(PROTOCOLS, supplier.protocol, Told(*lines, then=then))

    return tell


@pytest.fixture
def says(tells, supplier):
    """`says(*lines)`: the supplier's catalogue is read, and has these lines."""
    moments = iter(NOON + timedelta(hours=at) for at in range(99))

    def read(*lines, then=None, now=None):
        tells(*lines, then=then)
        return services.sync_products(supplier_id=supplier.pk, now=now or next(moments))

    return read
