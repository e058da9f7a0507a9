"""A transaction opens with its first statement, and is a transaction all the same."""

import io
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INTRANS

from catalog.models import Brand
from core.scope import tenant_atomic

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def status() -> int:
    return int(connection.connection.info.transaction_status)


def a_brand(name: str) -> Brand:
    return Brand.objects.create(name=name)


@tenant_atomic
def a_brand_taken_back(name: str) -> None:
    a_brand(name)
    raise KeyError


def names() -> list[str]:
    with tenant_atomic():
        return sorted(Brand.objects.values_list("name", flat=True))


def test_nothing_is_said_before_something_is_asked(shop):
    connection.ensure_connection()

    with tenant_atomic():
        before = status()
        exists = Brand.objects.exists()
        inside = status()

    assert (before, exists, inside) == (TRANSACTION_STATUS_IDLE, False, TRANSACTION_STATUS_INTRANS)
    assert status() == TRANSACTION_STATUS_IDLE


def test_what_is_committed_stays_and_what_is_raised_out_of_does_not(shop):
    with tenant_atomic():
        a_brand("优酷")
    with pytest.raises(KeyError):
        a_brand_taken_back("爱奇艺")

    assert names() == ["优酷"]
    assert status() == TRANSACTION_STATUS_IDLE


def test_a_savepoint_as_the_first_word_is_rolled_back_alone(shop):
    with tenant_atomic():
        with pytest.raises(KeyError):
            a_brand_taken_back("爱奇艺")
        a_brand("优酷")

    assert names() == ["优酷"]


def test_a_first_statement_that_fails_leaves_a_usable_connection(shop):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / %s", [0])

    assert names() == []


def test_a_first_statement_that_was_never_sent_opens_nothing_and_loses_nothing(shop):
    with tenant_atomic():
        with pytest.raises(ValueError, match="NUL"):
            Brand.objects.filter(name="\0").exists()
        a_brand("优酷")
        inside = status()

    assert inside == TRANSACTION_STATUS_INTRANS
    assert names() == ["优酷"]


def test_a_long_reading_is_opened_too(shop):
    with tenant_atomic():
        a_brand("优酷")
    with tenant_atomic():
        found = [brand.name for brand in Brand.objects.iterator(chunk_size=1)]

    assert found == ["优酷"]


def test_what_is_no_single_statement_is_opened_too(shop):
    with tenant_atomic(), connection.cursor() as cursor:
        cursor.executemany("SELECT %s", [[1], [2]])
        after_many = status()
    with tenant_atomic(), connection.cursor() as cursor:
        cursor.copy_expert("COPY (SELECT 1) TO STDOUT", io.StringIO())
        after_copy = status()

    assert (after_many, after_copy) == (TRANSACTION_STATUS_INTRANS, TRANSACTION_STATUS_INTRANS)
    assert status() == TRANSACTION_STATUS_IDLE


def test_a_lost_connection_is_replaced(shop):
    with pytest.raises(DatabaseError), tenant_atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close_if_unusable_or_obsolete()

    assert names() == []


def told_beside(sql: str, pid: int) -> Any:
    """What another session of the same role is told about this one."""
    beside = connection.copy()
    try:
        with beside.cursor() as cursor:
            cursor.execute(sql, [pid])
            return cursor.fetchone()[0]
    finally:
        beside.close()


def asked_last(pid: int) -> Any:
    return told_beside("SELECT query FROM pg_stat_activity WHERE pid = %s", pid)


def begin_a_request() -> None:
    connection.health_check_enabled, connection.health_check_done = True, False  # type: ignore[attr-defined]  # -- not in the stubs


@pytest.fixture
def session():
    """A session that was asked something; its process at the server."""
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 AS mine")
    yield connection.connection.info.backend_pid
    connection.health_check_enabled = False


def test_a_server_that_says_nothing_is_not_asked_whether_it_is_there(session):
    begin_a_request()
    connection.close_if_health_check_failed()

    assert connection.connection.info.backend_pid == session
    assert asked_last(session) == "SELECT 1 AS mine"


def test_after_a_while_it_is_asked(session, monkeypatch):
    monkeypatch.setattr("core.postgres.base.BELIEVED", 0.0)

    begin_a_request()
    connection.close_if_health_check_failed()

    assert asked_last(session) == "SELECT 1"


def test_a_session_that_the_server_ended_is_replaced_before_it_is_used(shop, session):
    assert told_beside("SELECT pg_terminate_backend(%s, 10000)", session) is True

    begin_a_request()

    assert names() == []
    assert connection.connection.info.backend_pid != session


def test_a_session_whose_transaction_failed_is_no_use_until_it_is_over(session):
    with transaction.atomic():
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert not connection.is_usable()
        transaction.set_rollback(True)

    assert connection.is_usable()
