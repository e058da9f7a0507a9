import dataclasses
import os
import signal
import subprocess

import pytest

from devkit import identity, processes
from devkit.place import Place


@pytest.fixture
def sleeper():
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def place(tmp_path):
    made = Place(root=tmp_path)
    made.prepare()
    return made


def known(pid):
    found = identity.identify(pid)
    assert found is not None
    return found


def test_a_process_is_known_again_from_its_file(sleeper, tmp_path):
    found = known(sleeper.pid)

    identity.remember(tmp_path, "web", found)

    assert identity.recall(tmp_path, "web") == found


def test_a_pid_that_was_given_to_another_process_is_never_signalled(sleeper):
    before = dataclasses.replace(known(sleeper.pid), started="1")

    assert before.signal(signal.SIGKILL) is False
    assert before.signal(signal.SIGKILL, group=True) is False
    assert sleeper.poll() is None


def test_a_pid_from_before_a_reboot_is_never_signalled(sleeper):
    before = dataclasses.replace(known(sleeper.pid), boot="another")

    assert before.signal(signal.SIGKILL) is False
    assert sleeper.poll() is None


def test_a_damaged_file_is_nobody(tmp_path):
    (tmp_path / "web.json").write_text('{"pid": ')

    assert identity.recall(tmp_path, "web") is None


def test_nobody_runs_under_a_pid_that_has_ended(sleeper):
    found = known(sleeper.pid)

    sleeper.kill()
    sleeper.wait()

    assert not found.is_alive()
    assert identity.identify(sleeper.pid) is None


def test_leftovers_are_stopped_and_strangers_are_not(sleeper, place):
    stranger = dataclasses.replace(known(sleeper.pid), started="1")
    left = subprocess.Popen(["sleep", "60"], start_new_session=True)
    identity.remember(place.pids, "web", stranger)
    identity.remember(place.pids, "worker", known(left.pid))

    stopped = processes.stop_leftovers(place)

    assert stopped == 1
    assert left.wait(5) == -signal.SIGTERM
    assert sleeper.poll() is None
    assert not list(place.pids.iterdir())


def test_our_own_command_line_can_be_read():
    assert "python" in identity.command_line(os.getpid())
