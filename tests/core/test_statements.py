"""What the server keeps ready is the statement that was sent before."""

import pytest
from django.db import IntegrityError, connection

from core.statements import run


def names_ready() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
def test_a_statement_is_prepared_when_it_comes_again():
    before = names_ready()

    answers = [run("SELECT %s::int + %s::int", [number, 1]) for number in range(3)]

    assert [answer.rows for answer in answers] == [[(1,)], [(2,)], [(3,)]]
    assert len(names_ready() - before) == 1


@pytest.mark.django_db
def test_named_values_stand_in_several_places():
    sql = "SELECT %(a)s::int, %(b)s::text, %(a)s::int"

    answers = [run(sql, {"a": number, "b": "x", "unused": 1}).rows for number in range(3)]

    assert answers == [[(0, "x", 0)], [(1, "x", 1)], [(2, "x", 2)]]


@pytest.mark.django_db
def test_nothing_is_prepared_behind_a_pooler(unprepared):
    before = names_ready()

    for number in range(3):
        run("SELECT %s::int + 7", [number])

    assert names_ready() == before


@pytest.mark.django_db(transaction=True)
def test_a_new_session_has_nothing_ready_and_goes_on():
    for _time in range(3):
        run("SELECT %s::int + 8", [1])

    connection.close()

    assert run("SELECT %s::int + 8", [1]).rows == [(9,)]
    assert run("SELECT %s::int + 8", [2]).rows == [(10,)]


@pytest.mark.django_db
@pytest.mark.parametrize("_time", range(3))
def test_a_refusal_is_what_django_says_it_is(_time):
    with pytest.raises(IntegrityError):
        run("INSERT INTO tenants_user (email) VALUES (%s)", [None])
