"""The simulators as a process of their own: the judge of what was really bought."""

from collections.abc import Iterator

import pytest

from tests.simulators.running import Simulators, simulators


@pytest.fixture(scope="session")
def judge(tmp_path_factory) -> Iterator[Simulators]:
    with simulators(tmp_path_factory.mktemp("simulators")) as started:
        yield started
