"""The host decides the shop."""

import re

import pytest
from django.db import OperationalError
from django.test import Client

from core.actors import SYSTEM
from core.scope import tenant_atomic
from tenants import services as tenants
from tenants.errors import HostTaken
from tenants.models import Domain, Merchant, MerchantMove
from tenants.selectors import find_shop
from tenants.services import NewMerchant
from tests.conftest import as_tenant, client_of
from tests.dashboard.people import browser_of
from tests.times import NOON


def test_an_unknown_host_is_told_so(db):
    visitor = Client(headers={"host": "nobody.example", "accept-language": "en"})

    answer = visitor.get("/")

    assert answer.status_code == 404
    assert "There is no shop at this address" in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-CN", ['lang="zh-hans"', "这个网址没有店铺", "请向给您这个网址的人核对。"]),
        ("en", ['lang="en"', "There is no shop", "Whoever gave you this address"]),
    ],
)
def test_an_unknown_host_has_a_page_that_is_whole_by_itself(db, language, said):
    visitor = Client(headers={"host": "nobody.example", "accept-language": language})

    answer = visitor.get("/")

    page = answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert [words for words in said if words not in page] == []
    leads = re.findall(r'(?:href|src)="([^"]+)"', page)
    assert [link for link in leads if not link.startswith(("/static/", "data:"))] == []


@pytest.mark.parametrize("host", ["evil.example\\@cloud.localhost", "a b", "-", "[::1", "\udcff"])
def test_a_nonsense_host_is_no_500(db, host):
    answer = Client(headers={"host": host}).get("/", headers={"accept-language": "en"})

    assert answer.status_code in {400, 404}


def test_a_host_in_capitals_or_with_a_port_is_the_same_shop(shop):
    assert find_shop(host="CLOUD.localhost").id == shop.pk


def test_while_the_directory_cannot_be_read_a_visitor_is_told_to_come_back(shop, monkeypatch):
    def away(*, host):
        raise OperationalError

    monkeypatch.setattr("tenants.middleware.find_shop", away)

    answer = client_of(shop).get("/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "3")


def test_health_answers_on_any_host(db):
    assert Client(headers={"host": "10.0.0.1"}).get("/healthz").json() == {"ok": True}


@pytest.mark.django_db(databases="__all__")
def test_readiness_names_what_is_there():
    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()["database"]) == (200, True)


@pytest.mark.django_db(databases="__all__")
@pytest.mark.parametrize("path", ["/office/", "/office/login/"])
def test_a_session_carried_to_another_shop_is_nobodys_there_and_lives_on_at_home(
    shop, other_shop, path
):
    owner = browser_of(shop, "owner")
    elsewhere = client_of(other_shop)
    elsewhere.cookies["qy_session"] = owner.cookies["qy_session"].value

    with as_tenant(other_shop.pk):
        answer = elsewhere.get(path, follow=True)
        tried = elsewhere.post("/office/login/", {"login": "a@example.com", "password": "wrong"})
        elsewhere.post("/office/logout/")

    assert answer.request["PATH_INFO"] == "/office/login/"
    assert tried.status_code == 422
    assert owner.get("/office/").status_code == 200


def opened(**changes):
    given = {
        "slug": "moon",
        "name": "月亮",
        "host": "moon.localhost",
        "owner_email": "m@example.com",
    }
    return tenants.create_merchant(given=NewMerchant(**given | changes), by=SYSTEM, now=NOON)


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_the_operator_opens_suspends_and_reopens_a_shop():
    merchant = opened()
    tenants.suspend(merchant_id=merchant.pk, by=SYSTEM, reason="unpaid", now=NOON)
    closed = Client(headers={"host": "moon.localhost"}).get("/")
    tenants.reopen(merchant_id=merchant.pk, by=SYSTEM, reason="paid", now=NOON)

    assert closed.status_code == 403
    assert "default-src 'none'" in closed["Content-Security-Policy"]
    assert 'href="/"' not in closed.content.decode()
    assert find_shop(host="moon.localhost").is_open
    with as_tenant(merchant.pk), tenant_atomic():
        assert list(MerchantMove.objects.order_by("pk").values_list("new", flat=True)) == [
            "active",
            "suspended",
            "active",
        ]


@pytest.mark.django_db(transaction=True, databases="__all__")
@pytest.mark.parametrize("taken", ["slug", "host"])
def test_a_taken_name_or_host_opens_nothing(taken):
    opened()
    fresh = {"slug": "sun", "host": "sun.localhost"}
    del fresh[taken]

    with pytest.raises(HostTaken):
        opened(**fresh)

    assert (Merchant.objects.count(), Domain.objects.count()) == (1, 1)


def test_one_shop_cannot_rewrite_anothers_name_or_host(shop, other_shop):
    with as_tenant(shop.pk), tenant_atomic():
        changed = Merchant.objects.filter(pk=other_shop.pk).update(name="mine")
        moved = Domain.objects.filter(merchant=other_shop).update(merchant=shop)

    assert (changed, moved) == (0, 0)
