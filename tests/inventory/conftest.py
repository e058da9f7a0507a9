import pytest

from core.scope import tenant_atomic
from inventory.services import batches, stretches
from tests.inventory.factories import make_batch, make_sku


@pytest.fixture
def batch(shop, monkeypatch):
    """Five codes, which are too many for a request; a stretch is two."""
    monkeypatch.setattr(batches, "AT_ONCE", 2)
    for name in ("LEAST", "MOST"):
        monkeypatch.setattr(stretches, name, 2)
    with tenant_atomic():
        return make_batch(make_sku(), 5)
