"""docker-compose.yml and `make up` run the same programs: what is tested is what is deployed."""

from pathlib import Path

import pytest
import yaml

from devkit import prepare, programs
from devkit.place import CLONE
from devkit.steps import manage


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((CLONE / "docker-compose.yml").read_text())["services"]


def as_deployed(command):
    """Without the virtual environment's folder, and open to the other containers."""
    words = [Path(command[0]).name, *command[1:]]
    return ["0.0.0.0:8000" if word == "127.0.0.1:8000" else word for word in words]


@pytest.mark.parametrize("name", ["web", "worker", "upstream", "webhooks", "sweeper"])
def test_compose_runs_what_make_up_runs(compose, name):
    assert compose[name]["command"] == as_deployed(programs.commands("8000")[name])


def test_compose_migrates_as_make_up_does(compose):
    assert compose["migrate"]["command"] == as_deployed(manage(*prepare.MIGRATE))


def test_only_migrations_know_the_owner(compose):
    knowing = {
        name
        for name, service in compose.items()
        if "DATABASE_OWNER_URL" in service.get("environment", {})
    }

    assert knowing == {"migrate"}


def test_every_program_of_make_up_is_in_compose(compose):
    assert programs.commands("8000").keys() <= compose.keys()
