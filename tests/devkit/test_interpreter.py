"""The environment is made of the Python that was called, unless a twin of it is much quicker."""

import sys

import pytest

from devkit import interpreter

NAME = f"python{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture
def twin(tmp_path, monkeypatch):
    """A Python of this version elsewhere on PATH, which answers what it is told to."""
    monkeypatch.delenv("PYTHON_CHOSEN", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(interpreter, "_PLACES", ())

    def made(answer: str) -> str:
        path = tmp_path / NAME
        path.write_text(f"#!/bin/sh\necho '{answer}'\n")
        path.chmod(0o755)
        return str(path)

    return made


def test_one_that_is_much_quicker_is_taken(twin):
    quick = twin(f"{sys.version_info[0]} {sys.version_info[1]} 0.0000001")

    assert interpreter.best() == quick


@pytest.mark.parametrize(
    "answer",
    [
        f"{sys.version_info[0]} {sys.version_info[1]} 1000.0",
        "3 1 0.0000001",
        "No module named ensurepip",
    ],
    ids=["slower", "another version", "makes no environments"],
)
def test_any_other_is_left_alone(twin, answer):
    twin(answer)

    assert interpreter.best() == sys.executable


def test_one_that_a_person_chose_is_kept(twin, monkeypatch):
    twin(f"{sys.version_info[0]} {sys.version_info[1]} 0.0000001")
    monkeypatch.setenv("PYTHON_CHOSEN", "command line")

    assert interpreter.best() == sys.executable
