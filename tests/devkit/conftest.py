"""Servers of a test's own."""

import shutil

import pytest

from devkit import roles
from devkit.place import Place, outside
from devkit.services import Services


@pytest.fixture
def services(tmp_path, monkeypatch):
    for variable in (*roles.VARIABLES, "REDIS_URL"):
        monkeypatch.delenv(variable, raising=False)
    place = Place(root=tmp_path)
    yield Services(place)
    shutil.rmtree(outside(place.root), ignore_errors=True)  # where root ran it as nobody
