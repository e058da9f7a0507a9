import os

import pytest

from devkit.say import Problem
from devkit.steps import manage_many


def test_several_commands_run_in_one_process_and_each_ones_words_are_kept(tmp_path):
    wanted = {"first": ("check",), "translations": ("compile_messages",), "last": ("check",)}

    said = manage_many(wanted, os.environ, tmp_path / "log")

    assert list(said) == ["starting Django", "first", "translations", "last"]
    assert "no issues" in said["first"]
    assert "no issues" in said["last"]


def test_a_failed_command_is_named_with_its_reason_and_its_log(tmp_path):
    with pytest.raises(Problem) as failure:
        manage_many({"database": ("no_such_command",)}, os.environ, tmp_path / "log")

    assert "database: failed: " in str(failure.value)
    assert "Unknown command: 'no_such_command'" in str(failure.value)
    assert str(tmp_path / "log") in str(failure.value)


def test_an_api_key_is_shown_and_not_logged(tmp_path):
    key = "qy_test_abcdefgh" + "S" * 32
    log = tmp_path / "log"

    said = manage_many({"keys": ("shell", "-v0", "-c", f"print('{key}')")}, os.environ, log)

    assert key in said["keys"]
    assert "qy_test_abcdefgh…" in log.read_text()
    assert "SSS" not in log.read_text()
