import sys
import time

import pytest

from devkit.place import Place
from devkit.processes import Child, stop_all


@pytest.fixture
def place(tmp_path):
    made = Place(root=tmp_path)
    made.prepare()
    return made


def child(place, program):
    return Child("web", [sys.executable, "-c", program], {}, place)


def until(condition):
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def test_a_dead_child_is_started_again_and_its_last_words_are_told(place, capsys):
    web = child(place, "raise SystemExit('RuntimeError: no ink')")
    web.start()
    until(lambda: web.has_died)

    web.watch()
    until(lambda: web.watch() or not web.has_died)
    stop_all([web])

    assert "web ended (exit code 1), again in 1 s: RuntimeError: no ink" in capsys.readouterr().out


def test_a_stopped_child_leaves_no_pid_behind(place):
    web = child(place, "import time; time.sleep(60)")
    web.start()
    assert (place.pids / "web.json").exists()

    stop_all([web])

    assert web.has_died
    assert not (place.pids / "web.json").exists()
