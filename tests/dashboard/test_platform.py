"""The operator opens a shop, closes it and opens it again; the shop keeps who and why."""

import pytest
from django.test import Client
from django.utils import timezone

from core.scope import bind, tenant_atomic
from risk.models import Rule
from suppliers.models import Call
from tenants.models import AuditRow, Domain, Member, Merchant
from tests.conftest import client_of, make_shop
from tests.dashboard.people import OPS, make_user, sign_in
from tests.orders.factories import paid
from tests.storefront.factories import bought, notify, path_of, state_of, stocked
from tests.suppliers.factories import make_supplier

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def operator(db) -> Client:
    browser = Client(headers=OPS)
    sign_in(browser, make_user("ops@example.com", is_operator=True))
    return browser


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
