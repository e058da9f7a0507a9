"""The operator opens a shop, closes it and opens it again; the shop keeps who and why."""

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.scope import bind, tenant_atomic
from dashboard.ops import shops
from risk.models import Rule
from suppliers.models import Call
from tenants.models import AuditRow, Domain, Member, Merchant
from tests.conftest import client_of, make_shop
from tests.dashboard.people import OPS, OPS_MAIL, make_user, operator_browser, sign_in
from tests.orders.factories import paid
from tests.storefront.factories import bought, notify, path_of, state_of, stocked
from tests.suppliers.factories import make_supplier

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def operator(db) -> Client:
    return operator_browser()


def test_a_stolen_password_of_an_operator_closes_no_shop_and_opens_none(db):
    shop, browser = make_shop("cloud"), Client(headers=OPS)
    sign_in(browser, make_user(OPS_MAIL, is_operator=True))
    new = {
        "slug": "fresh", "name": "Fresh", "host": "fresh.localhost", "owner_email": "a@example.com",
    }  # fmt: skip
    tried = {
        f"/office/shops/{shop.pk}/suspend/": {"typed": "cloud", "reason": "no licence"},
        f"/office/shops/{shop.pk}/host/": {"host": "evil.localhost"},
        "/office/shops/new/": new,
    }

    answers = [browser.post(path, given)["Location"] for path, given in tried.items()]

    assert {to.partition("?")[0] for to in answers} == {"/office/security/factor/"}
    shop.refresh_from_db()
    assert (shop.state, Merchant.objects.count()) == ("active", 1)
    assert not Domain.objects.filter(host="evil.localhost").exists()
    assert 'value="a@example.com"' in browser.get("/office/shops/new/").content.decode()


def test_a_new_shop_has_a_host_and_an_owner(operator):
    given = {
        "slug": "fresh", "name": "Fresh", "name_en": "", "host": "fresh.localhost",
        "owner_email": "anna@example.com",
    }  # fmt: skip

    answer = operator.post("/office/shops/new/", given)

    made = Merchant.objects.get(slug="fresh")
    assert answer["Location"] == f"/office/shops/{made.pk}/"
    assert Domain.objects.get(merchant=made).host == "fresh.localhost"
    with bind(made.pk), tenant_atomic():
        assert Member.objects.get().role == "owner"


def test_a_new_shops_owner_is_sent_to_its_own_address_to_set_a_password(
    operator, mailoutbox, settings, django_capture_on_commit_callbacks
):
    settings.PUBLIC_PORT = ""
    given = {"slug": "fresh", "name": "Fresh", "owner_email": "anna@example.com"}

    with django_capture_on_commit_callbacks(execute=True):
        page = operator.post("/office/shops/new/", given, follow=True).content.decode()

    [letter] = mailoutbox
    assert letter.to == ["anna@example.com"]
    assert "http://fresh.localhost/office/password/reset/" in letter.body
    assert "fresh.localhost 的账号 anna@example.com 已开通" in letter.body
    assert "A link to set a password was mailed to anna@example.com." in page
    assert "http://fresh.localhost/office/" in page


def test_an_owner_with_a_password_gets_no_letter_and_a_bad_short_name_says_what_is_good(
    operator, mailoutbox, django_capture_on_commit_callbacks
):
    make_user("anna@example.com")
    given = {"slug": "My shop", "name": "Fresh", "owner_email": "anna@example.com"}

    with django_capture_on_commit_callbacks(execute=True):
        refused = operator.post("/office/shops/new/", given)
        page = operator.post("/office/shops/new/", given | {"slug": "fresh"}, follow=True)

    assert "such as cloud-shop" in refused.context["form"].errors["slug"][0]
    assert "anna@example.com has an account" in page.content.decode()
    assert mailoutbox == []


def test_a_host_that_is_taken_is_told_at_its_field(operator):
    make_shop("cloud")
    given = {
        "slug": "fresh", "name": "Fresh", "host": "cloud.localhost",
        "owner_email": "anna@example.com",
    }  # fmt: skip

    answer = operator.post("/office/shops/new/", given)

    assert answer.context["form"].errors.keys() == {"host"}
    assert not Merchant.objects.filter(slug="fresh").exists()


def test_a_shop_is_suspended_by_name_and_with_a_reason_only(operator):
    shop = make_shop("cloud")
    path = f"/office/shops/{shop.pk}/suspend/"

    operator.post(path, {"typed": "cloud", "reason": ""})
    operator.post(path, {"typed": "star", "reason": "no licence"})
    shop.refresh_from_db()
    before = shop.state
    operator.post(path, {"typed": "cloud", "reason": "no licence"})

    shop.refresh_from_db()
    assert (before, shop.state) == ("active", "suspended")
    with bind(shop.pk), tenant_atomic():
        row = AuditRow.objects.get(action="merchant.suspended")
    assert (row.reason, "ops@example.com" in row.by) == ("no licence", True)


def test_a_suspended_shop_is_closed_to_its_staff_and_opens_again(operator):
    shop = make_shop("cloud")
    operator.post(f"/office/shops/{shop.pk}/suspend/", {"typed": "cloud", "reason": "no licence"})
    staff = Client(headers={"host": "cloud.localhost"})

    closed = staff.get("/office/login/").status_code
    operator.post(f"/office/shops/{shop.pk}/reopen/", {})

    assert (closed, staff.get("/office/login/").status_code) == (403, 200)


@pytest.mark.parametrize(
    "path", ["/office/", "/office/tenants/merchant/", "/office/tenants/domain/",
             "/office/tenants/user/", "/office/shops/new/", "/office/usage/", "/office/suppliers/"],
)  # fmt: skip
def test_the_operator_sees_the_platform(operator, path):
    make_shop("cloud")

    assert operator.get(path).status_code == 200


def test_a_large_shops_orders_are_counted_as_far_as_anybody_pages(operator, monkeypatch):
    monkeypatch.setattr(shops, "MOST", 1)
    shop = make_shop("cloud")
    with bind(shop.pk), tenant_atomic():
        paid(now=timezone.now())
        paid(now=timezone.now())

    with CaptureQueriesContext(connections["ops"]) as asked:
        page = operator.get(f"/office/shops/{shop.pk}/").content.decode()

    assert "<small>1+</small>" in page
    said = [one["sql"] for one in asked]
    [counted] = [sql for sql in said if "COUNT" in sql and "orders_order" in sql]
    assert "LIMIT 2" in counted


def test_a_suspended_shop_sells_nothing_and_delivers_what_is_paid(operator):
    shop = make_shop("cloud")
    buyer = client_of(shop)
    with bind(shop.pk):
        order, other = bought(buyer, stocked()), bought(buyer, stocked(), request_key="another")
    operator.post(f"/office/shops/{shop.pk}/suspend/", {"typed": "cloud", "reason": "no licence"})

    with bind(shop.pk):  # the money was on its way
        assert notify(buyer, order).content == b"success"
        assert state_of(order) == "completed"

    api = buyer.get("/api/v1/products", headers={"authorization": "Bearer anything"})
    assert (api.status_code, api.json()["error"]["code"]) == (403, "shop_suspended")
    assert buyer.get(path_of(order)).status_code == 200
    assert buyer.get(path_of(other, "pay/")).status_code == 403
    assert buyer.get("/").status_code == 403


def test_the_operator_sees_what_each_shop_uses_and_which_supplier_fails(operator):
    shop = make_shop("cloud")
    make_shop("star")
    with bind(shop.pk), tenant_atomic():
        paid(now=timezone.now())
        supplier = make_supplier(name="Slow one")
        Call.objects.create(
            supplier=supplier, kind="buy", outcome="unknown", is_bad=True, took_ms=30_000,
            at=timezone.now(),
        )  # fmt: skip

    rows = {r["merchant"].slug: r for r in operator.get("/office/usage/").context["rows"]}
    (found,) = operator.get("/office/suppliers/").context["rows"]

    assert (rows["cloud"]["orders"], rows["cloud"]["codes"], rows["cloud"]["on_sale"]) == (1, 1, 0)
    assert (rows["star"]["orders"], rows["star"]["storage"]) == (0, 0)
    assert rows["cloud"]["storage"] > 0
    assert (found["merchant"], found["name"], found["bad"], found["is_bad"]) == (
        shop, "Slow one", 1, True,
    )  # fmt: skip


def test_a_shop_that_is_not_there_is_not_found(operator):
    assert operator.get("/office/shops/999999/").status_code == 404


@pytest.mark.parametrize(
    ("query", "slugs"),
    [("", ["cloud"]), ("?kind=sandbox", ["cloud-test"]), ("?kind=all", ["cloud", "cloud-test"])],
)
def test_sandboxes_stand_apart_from_shops(operator, query, slugs):
    make_shop("cloud-test", sandbox_of=make_shop("cloud"))

    page = operator.get(f"/office/tenants/merchant/{query}")

    assert [row.slug for row in page.context["cl"].result_list] == slugs


def test_what_an_operator_looks_for_stands_sealed_in_the_address(operator):
    user, listing = make_user("anna@example.com"), "/office/tenants/user/"

    to = operator.post(listing, {"seek": "yes", "q": "anna@"})["Location"]
    found = operator.get(to)

    assert to.startswith(f"{listing}?q=~")
    assert "anna" not in to
    assert list(found.context["cl"].result_list) == [user]
    assert 'value="anna@"' in found.content.decode()
    assert 'method="post"' in found.content.decode()
    elsewhere = operator.get(to.replace("/user/", "/merchant/"))
    assert "anna" not in elsewhere.content.decode()


def test_the_operators_first_page_counts_sandboxes_apart(operator):
    make_shop("cloud-test", sandbox_of=make_shop("cloud"))

    page = operator.get("/office/")

    figures = {str(words): count for words, count in page.context["figures"]}
    assert (figures["Merchants"], figures["Sandboxes"]) == (1, 1)
    assert [row["merchant"].slug for row in page.context["merchants"]] == ["cloud"]


def test_a_shop_that_is_opened_begins_with_the_standard_rules_on_trial(operator):
    given = {"slug": "nova", "name": "新店", "host": "nova.localhost", "owner_email": "o@nova.cn"}

    operator.post("/office/shops/new/", given)

    with bind(Merchant.objects.get(slug="nova").pk), tenant_atomic():
        found = Rule.objects.all()
        assert {(one.state, bool(one.preset)) for one in found} == {("shadow", True)}
        assert "新买家大量购买低价权益" in {one.name for one in found}
