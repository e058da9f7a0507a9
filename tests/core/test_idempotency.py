"""The same request twice is one effect and the same answer."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connections

from core import idempotency
from core.idempotency import Asked, Given, KeyReused, StillRunning
from core.models import Once
from core.scope import bind, tenant_atomic
from core.sheets import Sheet
from tests.conftest import as_tenant
from tests.times import NOON

pytestmark = [
    pytest.mark.django_db(transaction=True, databases="__all__"),
    pytest.mark.usefixtures("shop"),
]


def asked(said="a body", key="k1"):
    return Asked(scope="orders", key=key, said=said)


@tenant_atomic
def look(said="a body"):
    return idempotency.look(asked=asked(said))


@tenant_atomic
def answer(text=b'{"ref":"A"}', *, now=NOON):
    sheet = Sheet()
    idempotency.keep(asked=asked(), status=201, answer=text, now=now, sheet=sheet)
    sheet.write()


def test_the_first_request_goes_on():
    assert look() is None


def test_a_repeat_gets_the_answer_of_the_first_byte_for_byte():
    answer('{"名":  "A"}'.encode())

    assert look() == Given(status=201, answer='{"名":  "A"}'.encode())


def test_a_repeat_while_the_first_runs_is_told_to_wait(shop):
    heard = []

    def second():
        try:
            with bind(shop.pk), tenant_atomic():
                idempotency.look(asked=asked())
        except StillRunning as refusal:
            heard.append(refusal.data)
        finally:
            connections.close_all()

    with tenant_atomic():
        assert idempotency.look(asked=asked()) is None
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()

    assert heard == [{"wait_seconds": 1}]


def test_a_request_that_died_leaves_its_key_free():
    @tenant_atomic
    def die():
        idempotency.look(asked=asked())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        die()

    assert look() is None


def test_the_key_with_another_body_is_refused():
    answer()

    with pytest.raises(KeyReused):
        look("another body")


def test_the_database_lets_one_answer_in():
    answer()

    with pytest.raises(IntegrityError):
        answer()


def test_another_shop_s_key_is_another_key(other_shop):
    answer()

    with as_tenant(other_shop.pk):
        assert look() is None


def test_an_answer_is_forgotten_after_thirty_days():
    answer(now=NOON)

    assert idempotency.forget_old(NOON + timedelta(days=30)) == 0
    assert idempotency.forget_old(NOON + timedelta(days=30, seconds=1)) == 1
    with tenant_atomic():
        assert not Once.objects.exists()
