"""A rare fail-point waits for its moment; one that has fired is not left behind."""

import random
import time

import pytest

from chaos import faults
from chaos.faults import Faults
from chaos.points import FailPoints


@pytest.fixture
def arming(tmp_path, monkeypatch):
    """Gives a point its turn, which is short here; and the points."""
    monkeypatch.setattr(faults, "LONGEST_ARMED", 0.05)
    monkeypatch.setattr(faults, "AFTER_A_KILL", 0.0)
    points = FailPoints(tmp_path / "failpoints")
    them = Faults(None, points, ["rare"], 60.0, random.Random(1))  # noqa: S311 -- repeatable
    them._end = time.monotonic() + 60
    return them._arm_one, points


def obey(points, name):
    points.folder.joinpath(name).unlink()  # what reach() does before it dies


def test_a_point_that_nobody_passed_stays_armed_until_somebody_does(arming):
    give_turn, points = arming

    give_turn("rare")
    assert points.is_waiting("rare")
    obey(points, "rare")
    give_turn("rare")

    assert (points.fired["rare"], points.armed["rare"]) == (1, 1)
    assert not points.is_armed("rare")


def test_a_point_that_fired_before_is_taken_back_after_its_turn(arming):
    give_turn, points = arming
    give_turn("rare")
    obey(points, "rare")
    give_turn("rare")

    give_turn("rare")

    assert not points.is_waiting("rare")
    assert (points.fired["rare"], points.armed["rare"]) == (1, 1)
