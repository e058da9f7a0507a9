import os
import signal
import sys
import time

import pytest

from devkit import identity
from devkit.place import Place
from devkit.processes import Child, stop_all, stop_leftovers


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

    assert "web ended (exit code 1: RuntimeError: no ink), again in 1 s" in capsys.readouterr().out


def test_a_stopped_child_leaves_no_pid_behind(place):
    web = child(place, "import time; time.sleep(60)")
    web.start()
    assert (place.pids / "web.json").exists()

    stop_all([web])

    assert web.has_died
    assert not (place.pids / "web.json").exists()


FATHER = """
import os, sys, time
if os.fork() == 0:
    time.sleep(60)
print("born", flush=True)
time.sleep(60)
"""


def a_father_and_a_son(place):
    father = Child("web", [sys.executable, "-c", FATHER], {"RUN_DIR": str(place.run)}, place)
    father.start()
    until(lambda: "born" in father.log.read_text())
    return father


def leader(place):
    found = identity.recall(place.pids, "web")
    assert found is not None
    return found.pid


def members(group):
    return [pid for pid in identity._pids() if identity._group(pid) == group]


def test_workers_that_outlive_their_killed_server_are_ended_before_it_starts_again(place):
    web = a_father_and_a_son(place)
    group = leader(place)

    os.kill(group, signal.SIGKILL)
    until(lambda: web.has_died)
    web.watch()

    until(lambda: not members(group))


def test_workers_left_by_a_killed_server_of_an_earlier_run_are_found_by_their_mark(place):
    web = a_father_and_a_son(place)
    group = leader(place)
    os.kill(group, signal.SIGKILL)
    os.waitpid(group, 0)

    strangers = identity.recall_orphans(place.pids, "web", mark="RUN_DIR=/elsewhere")
    stop_leftovers(place)

    assert strangers == []
    until(lambda: not members(group))
    web._process.returncode = -signal.SIGKILL  # reaped above, behind its back
