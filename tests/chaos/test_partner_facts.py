"""What `make chaos` says of partners' orders: what is wrong, and nothing where nothing is."""

import pytest
from django.db import connections, transaction

from chaos.partner import Asked, Heard
from chaos.partner_facts import SHARED, PartnerFacts
from chaos.shopper import digest
from core.scope import tenant_atomic
from tests.api.callers import Caller
from tests.channels.factories import RICH, make_keyed
from tests.orders.factories import stocked_sku

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
SPENT = 2


@pytest.fixture
def keyed(shop):
    with tenant_atomic():
        return make_keyed()


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return stocked_sku(3)


@pytest.fixture
def told(keyed, sku):
    """An order of two codes as its partner was told it."""
    return Caller(keyed).order(sku, "N1", key="K1", quantity=SPENT)


@pytest.fixture
def owner(told):
    """The owner's transaction, in which a table may be copied and spoiled."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE core_outboxrow SET heard_at = now()")
        yield cursor
        transaction.set_rollback(True, using="owner")


@pytest.fixture
def look(shop, keyed, sku, told, owner):
    codes = tuple(digest(unit["code"]) for unit in told["units"])

    def found(*more, **changed):
        given = {"heard": Heard(201, told["ref"], codes)} | changed
        asked = Asked(keyed.partner.pk, "N1", SPENT)
        asked.heard = given["heard"]
        left_e4 = RICH - SPENT * sku.price_e4
        facts = PartnerFacts(connections["owner"].connection, tenant_id=shop.pk, sku_id=sku.pk)
        facts.remember(
            [asked, *more],
            loaded=[*codes, "c"],
            funded={keyed.partner.pk: (RICH, given.get("told_e4", left_e4))},
        )
        seven, doubles = facts.judge()
        return {name: one.unclean for name, one in seven.items() if one.unclean}, seven, doubles

    return found


def copy_of(table):
    """A copy that hides the table and refuses nothing of what is planted."""
    return f"CREATE TEMP TABLE {table} ON COMMIT DROP AS SELECT * FROM public.{table}"  # noqa: S608


def test_a_sale_that_went_well_has_nothing_wrong(look):
    unclean, seven, doubles = look()

    assert (unclean, doubles) == ({}, 0)
    assert (seven["orders"].ok, seven["codes"].ok, seven["money"].ok) == (1, 2, 1)


def test_most_of_the_main_road_holds_here_too():
    sentences = {one.sentence for one in SHARED}

    assert {
        "Every journal sums to zero.",
        "A code, its holds and its unit tell the same.",
        "An order's history is legal and complete.",
        "Every code that was loaded is there.",
        "Every fact was heard.",
    } <= sentences


def test_an_answered_order_that_is_not_there_is_lost(look, keyed):
    ghost = Asked(keyed.partner.pk, "N2", 1, heard=Heard(201, "never-written", ("c",)))

    unclean, *_ = look(ghost)

    assert unclean == {"orders": {"lost": 1}}


def test_a_code_in_two_answers_is_a_duplicate(look, told, keyed):
    code = digest(told["units"][0]["code"])
    twin = Asked(keyed.partner.pk, "N2", 1, heard=Heard(201, "other", (code,)))

    unclean, *_ = look(twin)

    assert unclean["codes"] == {"duplicated": 1}


def test_a_code_that_was_not_told_is_lost(look, told):
    unclean, *_ = look(heard=Heard(201, told["ref"], (digest(told["units"][0]["code"]),)))

    assert unclean == {"codes": {"lost": 1}}


def test_a_refused_order_that_is_there_all_the_same_is_found(look):
    unclean, *_ = look(heard=Heard(402))

    assert unclean == {"orders": {"unexpected": 1}}


def test_an_order_that_nobody_asked_for_is_found(look, owner):
    owner.execute(copy_of("channels_partnerorder"))
    owner.execute("UPDATE channels_partnerorder SET partner_order_no = 'N9'")

    unclean, *_ = look()

    assert unclean == {"orders": {"lost": 1, "unexpected": 1}}


def test_a_balance_one_unit_beside_is_found(look, owner):
    owner.execute(copy_of("payments_balance"))
    owner.execute("UPDATE payments_balance SET balance_e4 = balance_e4 + 1")

    unclean, *_ = look()

    assert unclean == {"money": {"unexpected": 2}}  # less what was ordered; and its entries


def test_a_balance_that_is_told_otherwise_is_found(look):
    unclean, *_ = look(told_e4=1)

    assert unclean == {"money": {"unexpected": 1}}


def test_a_second_charge_is_a_duplicate(look, owner):
    owner.execute(copy_of("payments_entry"))
    owner.execute("INSERT INTO payments_entry SELECT * FROM public.payments_entry")

    unclean, *_ = look()

    assert unclean["money"]["duplicated"] == 1


def test_what_the_control_was_charged_twice_is_counted(look, owner):
    owner.execute(copy_of("channels_partnerorder"))
    owner.execute(
        "INSERT INTO channels_partnerorder (tenant_id, id, partner_id, order_id, partner_order_no)"
        " SELECT tenant_id, -1, partner_id, order_id, 'N1~1' FROM public.channels_partnerorder"
    )

    _unclean, _seven, doubles = look()

    assert doubles == 1
