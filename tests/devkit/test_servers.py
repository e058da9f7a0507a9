"""Our own servers for real: started, killed, started again, stopped."""

import os
import signal

from devkit import roles
from devkit.services import Services


def ask(services, variable, question):
    connection = roles.connect(services.environment[variable])
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone() if cursor.description else None
    finally:
        connection.close()


def test_a_killed_postgres_comes_back_with_what_was_committed(services):
    with services.in_use():
        ask(services, "DATABASE_OWNER_URL", "CREATE TABLE kept AS SELECT 7 AS n")
        os.kill(services.postgres._live_pid(), signal.SIGKILL)

        services.postgres.start()

        assert ask(services, "DATABASE_OWNER_URL", "SELECT n FROM kept") == (7,)
    assert not services.postgres.is_running()
    assert not services.valkey.is_running()


def test_only_the_right_roles_look_past_their_tenant(services):
    question = "SELECT rolbypassrls, rolsuper FROM pg_roles WHERE rolname = current_user"

    with services.in_use():
        found = {name: ask(services, name, question) for name in roles.VARIABLES}

    assert found == {
        "DATABASE_URL": (False, False),
        "DATABASE_OWNER_URL": (True, False),
        "DATABASE_OPS_URL": (True, False),
    }


def test_a_transaction_of_the_web_s_that_waits_is_ended(services):
    with services.in_use():
        found = ask(services, "DATABASE_URL", "SHOW idle_in_transaction_session_timeout")

    assert found == ("2min",)


def test_the_last_user_stops_the_servers_and_nobody_earlier(services):
    second = Services(services.place)

    with services.in_use():
        with second.in_use():
            pass

        assert services.postgres.is_running()
        assert services.valkey.is_running()
    assert not services.postgres.is_running()


def test_chinese_text_can_be_searched(services):
    question = "SELECT similarity('手机充值卡', '手机充值') > 0.5"

    with services.in_use():
        ask(services, "DATABASE_OWNER_URL", "CREATE EXTENSION pg_trgm")
        found = ask(services, "DATABASE_URL", question)

    assert found == (True,)
