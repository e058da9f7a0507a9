"""A contract is described in words, its secrets are sealed, and nonsense is told what to do."""

import pytest
from django.db import connection

from core.actors import SYSTEM
from core.secrets import Secret
from suppliers import services
from suppliers.errors import SupplierUnfit
from tests.suppliers.factories import KEY, make_supplier
from tests.times import NOON


@pytest.fixture(autouse=True)
def _in_scope(scope):
    """In the shop's transaction."""


def test_the_secrets_are_nowhere_in_the_clear():
    supplier = make_supplier(secrets={"secret": Secret(KEY), "key": Secret("OFCARD2")})

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(s)::text, secrets FROM suppliers_supplier AS s")
        ((text, sealed),) = cursor.fetchall()
    assert KEY not in text
    assert KEY.encode() not in bytes(sealed)
    account = services.speaker(supplier)._account
    assert (account.secret.reveal(), account.further["key"].reveal()) == (KEY, "OFCARD2")


def test_new_secrets_replace_the_old_ones():
    supplier = make_supplier()

    services.change_secrets(
        supplier_id=supplier.pk, secrets={"secret": Secret("new")}, by=SYSTEM, now=NOON
    )

    supplier.refresh_from_db()
    assert services.speaker(supplier)._account.secret.reveal() == "new"


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"protocol": "nobody"}, "protocol"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"app_id": ""}, "app_id"),
        ({"base_url": "fulu.test"}, "base_url"),
        ({"base_url": "ftp://fulu.test"}, "base_url"),
        ({"base_url": "https://user:pw@fulu.test"}, "base_url"),
        ({"base_url": "https://fulu.test:99999"}, "base_url"),
        ({"base_url": "https://[fulu"}, "base_url"),
        ({"base_url": "https:///path"}, "base_url"),
        ({"secrets": {"secret": Secret("")}}, "secret"),
        ({"secrets": {"key": Secret("x")}}, "secret"),
    ],
)
def test_nonsense_is_refused_by_name(given, param):
    with pytest.raises(SupplierUnfit) as refusal:
        make_supplier(**given)

    assert refusal.value.param == param


def test_http_is_for_suppliers_that_have_nothing_else(settings):
    settings.SUPPLIERS_MAY_BE_LOCAL = False
    make_supplier(protocol="ofpay", base_url="http://a08566.api2.ofpay.com")

    with pytest.raises(SupplierUnfit):
        make_supplier(base_url="http://openapi.fulu.com")


def test_a_name_is_taken_once():
    make_supplier(name="Fulu")

    with pytest.raises(SupplierUnfit) as refusal:
        make_supplier(name="Fulu")

    assert refusal.value.param == "name"


@pytest.mark.parametrize("recipe", ["", "{", "[]", '{"colour": "red"}'])
def test_a_recipe_that_cannot_be_read_is_refused_when_it_is_docked(recipe):
    secrets = {"secret": Secret(KEY), "recipe": Secret(recipe)}

    with pytest.raises(SupplierUnfit) as refusal:
        make_supplier(protocol="connector", secrets=secrets)

    assert refusal.value.param == "recipe"


def test_a_supplier_that_counts_in_another_currency_is_not_docked():
    with pytest.raises(SupplierUnfit) as refusal:
        make_supplier(protocol="kinguin", secrets={"secret": Secret(KEY)})

    assert refusal.value.param == "protocol"
