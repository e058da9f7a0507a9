"""The demo is made by the real services, so its own invariants are those of the house."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db.models import Count, Sum

from catalog.selectors import shop_home
from core.models import OutboxRow
from core.scope import bind, tenant_atomic
from dashboard.demo import book, people, telling
from dashboard.demo.plan import Span
from fulfillment.models import Unit
from inventory.models import Code, Hold, ImportJob
from inventory.selectors import stock_of
from orders.models import Case, Order
from payments.models import Entry, Refund, SandboxNotice
from tenants.models import Member, Merchant, User
from tenants.roles import Role
from tests.api.callers import Caller
from tests.conftest import as_tenant
from tests.times import NOON

SPAN = Span(now=NOON, days=3)


def told(slug="cloud"):
    telling.tell_shops([slug], SPAN, lambda text: None)
    return Merchant.objects.get(slug=slug)


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_demo_shop_keeps_the_promises_of_a_real_one():
    merchant = told()

    with bind(merchant.pk), tenant_atomic():
        paid = Order.objects.exclude(payment_id=None)
        assert paid.count() > 20
        assert not paid.filter(state="paid").exists()
        sold = Unit.objects.filter(state="delivered", source="own")
        assert sold.values("code_id").distinct().count() == sold.count()
        doubles = Hold.objects.exclude(state="released").exclude(code_id=None)
        assert not doubles.values("code_id").annotate(n=Count("id")).filter(n__gt=1).exists()
        assert Entry.objects.aggregate(sum=Sum("amount_e4"))["sum"] == 0
        assert not Refund.objects.exclude(state="done").exists()
        assert not SandboxNotice.objects.filter(answered_at=None).exists()
        assert not OutboxRow.objects.filter(heard_at=None).exists()
        assert ImportJob.objects.get().state == "done"
        assert Order.objects.filter(state="placed").count() == 2
        assert Order.objects.filter(state="closed").exists()
        assert Case.objects.filter(state="open", due_at__gt=NOON).count() == 2
        assert len(shop_home(now=NOON)) == 6
        supplied = Unit.objects.filter(source="supplier")
        assert set(supplied.values_list("state", flat=True)) <= {"delivered", "refunded"}
        assert supplied.filter(state="delivered").count() > 5


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_what_is_left_in_stock_is_what_the_book_says():
    merchant = told("star")

    with bind(merchant.pk), tenant_atomic():
        skus = {
            (sku.product.name, sku.name): sku.pk
            for shelf in shop_home(now=NOON)
            for product in shelf.products
            for sku in product.skus.all()
        }
        left = stock_of(skus.values())
        written = {
            (product.name, sku.name): sku.in_stock
            for product in book.shop("star").products[:8]
            for sku in product.skus
            if sku.kind == "stock_code"
        }
        # Two orders of the last minutes hold a code each, and each replacement took one more.
        assert all(abs(left[skus[name]] - count) <= 3 for name, count in written.items())
        assert Code.objects.filter(state="frozen").exists()


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_second_telling_changes_nothing():
    merchant = told("leaf")
    with bind(merchant.pk), tenant_atomic():
        before = (Order.objects.count(), Code.objects.count(), Member.objects.count())

    call_command("seed_demo", "--if-empty", "--days=3")

    assert telling._is_told("leaf")
    with bind(merchant.pk), tenant_atomic():
        assert (Order.objects.count(), Code.objects.count(), Member.objects.count()) == before
    shops = dict(Merchant.objects.values_list("slug", "sandbox_of__slug"))
    twins = {f"{slug}-test": slug for slug in book.SLUGS}
    assert shops == dict.fromkeys(book.SLUGS) | twins


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_every_role_can_sign_in_with_the_demo_password():
    people.open_shop(book.shop("cloud"), now=NOON - timedelta(days=1))
    people.make_operator()

    for role in Role:
        email = people.email_of(role, "cloud")
        assert authenticate(None, email=email, password=people.DEMO_PASSWORD) is not None
    assert User.objects.get(email=people.OPERATOR).is_operator


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_house_with_shops_of_its_own_is_left_alone(shop, capsys):
    Merchant.objects.using("ops").filter(pk=shop.pk).update(slug="mine")

    call_command("seed_demo", "--if-empty")

    assert "nothing to do" in capsys.readouterr().out
    assert Merchant.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value"), [("SANDBOX_PAYMENTS", False), ("SECURE_SSL_REDIRECT", True)]
)
def test_the_demo_is_refused_where_money_is_real(settings, name, value):
    setattr(settings, name, value)

    with pytest.raises(CommandError):
        call_command("seed_demo")
    with pytest.raises(CommandError):
        call_command("demo_logins")
    with pytest.raises(CommandError):
        call_command("demo_keys")


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_the_logins_name_every_shop_that_is_there(capsys, settings):
    settings.PUBLIC_PORT = "8000"
    people.open_shop(book.shop("star"), now=NOON)

    call_command("demo_logins")

    out = capsys.readouterr().out
    assert "http://star.localhost:8000/office/" in out
    assert "owner@star.example" in out
    assert people.DEMO_PASSWORD in out
    assert "cloud" not in out


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_new_keys_are_told_each_time_and_the_ones_before_go_on(capsys, settings):
    settings.PUBLIC_PORT = "8000"
    merchant = people.open_shop(book.shop("star"), now=NOON)

    said = []
    for _time in range(2):
        call_command("demo_keys")
        out = capsys.readouterr().out
        said.append(re.findall(r"qy_(?:test|live)_[\w-]+", out))

    assert "http://star.localhost:8000/developers/quickstart/" in out
    assert [key[:8] for key in said[0]] == ["qy_test_", "qy_live_"]
    assert not set(said[0]) & set(said[1])
    with as_tenant(merchant.pk):
        told = [
            Caller(key, host="star.localhost").get("/api/v1/balance")
            for key in [*said[0], *said[1]]
        ]
    assert [one["balance"] for one in told] == ["10000.0000"] * 4
    assert [one["livemode"] for one in told] == [False, True] * 2
