"""A transaction opens with its first statement, and is a transaction all the same."""

import io

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
