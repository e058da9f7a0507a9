"""A door of each kind at cloud.localhost, for a partner with ¥1,000.00."""

import pytest

from core.scope import tenant_atomic
from tests.doors.callers import Agiso, Goofish, open_door


@pytest.fixture
def agiso(shop) -> Agiso:
    with tenant_atomic():
        return Agiso(open_door("agiso", hosts=("http://cb.acpr.agiso.com",)))


@pytest.fixture
def goofish(shop) -> Goofish:
    with tenant_atomic():
        return Goofish(open_door("goofish", hosts=("open.goofish.pro",)))
