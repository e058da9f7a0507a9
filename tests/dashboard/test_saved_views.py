"""A list as somebody likes to see it, kept under a name; what is looked for stays sealed."""

import pytest

from core.actors import SYSTEM
from core.scope import tenant_atomic
from core.secrets import Secret
from inventory import services as inventory
from inventory.types import NewBatch, NewCode
from tenants.models import AuditRow, Member, SavedView
from tests.catalog.factories import make_sku
from tests.conftest import as_tenant, make_shop
from tests.dashboard.people import browser_of, make_user
from tests.times import MORNING

pytestmark = pytest.mark.django_db(databases="__all__")
ORDERS, CODES = "/office/orders/order/", "/office/inventory/code/"
SAVE = "/office/views/save/"
VIEW = {
    "listing": "orders.order",
    "name": " Web  paid ",
    "query": "state__exact=paid&p=3&cols=total",
}


def add_code(sku, text):
    inventory.add_codes(
        given=NewBatch(sku_id=sku.pk), codes=[NewCode(secret=Secret(text))], by=SYSTEM, now=MORNING
    )


def views(browser, path=ORDERS):
    return [one.name for one in browser.get(path).context["head"]["views"]]


def test_a_view_is_kept_opened_and_removed(shop):
    browser = browser_of(shop, "support")

    answer = browser.post(SAVE, VIEW)
    page = browser.get(answer.headers["Location"])

    assert answer.headers["Location"] == f"{ORDERS}?cols=total&state__exact=paid"
    assert page.context["cl"].list_display == ["order_number", "total"]
    assert [(one.name, one.is_open) for one in page.context["head"]["views"]] == [
        ("Web paid", True)
    ]
    with tenant_atomic():
        ref = SavedView.objects.get().ref
    browser.post(f"/office/views/{ref}/drop/")
    assert views(browser) == []


def test_a_name_that_is_there_stands_for_the_newer_view(shop):
    browser = browser_of(shop, "support")

    for query in ("state__exact=paid", "state__exact=held"):
        browser.post(SAVE, VIEW | {"query": query})

    with tenant_atomic():
        assert SavedView.objects.get().query == "state__exact=held"


def test_ones_own_is_nobody_elses_and_the_shops_is_everybodys(shop):
    owner, viewer = browser_of(shop, "owner"), browser_of(shop, "viewer")
    owner.post(SAVE, VIEW | {"name": "mine"})
    owner.post(SAVE, VIEW | {"name": "ours", "whose": "shop"})

    refused = viewer.post(SAVE, VIEW | {"name": "theirs", "whose": "shop"})

    assert refused.status_code == 403
    assert (views(owner), views(viewer)) == (["ours", "mine"], ["ours"])
    with tenant_atomic():
        mine, ours = (SavedView.objects.get(name=name).ref for name in ("mine", "ours"))
        assert AuditRow.objects.filter(action="view.shared", target="ours").count() == 1
    statuses = [viewer.post(f"/office/views/{ref}/drop/").status_code for ref in (mine, ours)]
    assert statuses == [404, 404]


@pytest.mark.parametrize(
    "given",
    [
        {"name": " "},
        {"name": "x" * 41},
        {"query": "a=" + "x" * 1000},
    ],
)
def test_what_cannot_be_kept_is_told_on_the_list(shop, given):
    browser = browser_of(shop, "owner")

    page = browser.post(SAVE, VIEW | given, follow=True)

    assert page.status_code == 200
    with tenant_atomic():
        assert not SavedView.objects.exists()


@pytest.mark.parametrize("listing", ["", "orders.nothing", "tenants.member"])
def test_a_list_that_is_not_there_or_not_theirs_is_not_found(shop, listing):
    browser = browser_of(shop, "viewer")

    assert browser.post(SAVE, VIEW | {"listing": listing}).status_code == 404


def test_another_shops_views_are_not_there(shop):
    other = make_shop("other")
    with as_tenant(other.pk), tenant_atomic():
        member = Member.objects.create(user=make_user("x@other.example"), role="owner")
        theirs = SavedView.objects.create(
            ref="THEIRS", listing="orders.order", name="theirs", by="x", made_at=member.joined_at
        )
    browser = browser_of(shop, "owner")

    assert browser.post(f"/office/views/{theirs.ref}/drop/").status_code == 404
    assert views(browser) == []


def test_a_code_that_is_looked_for_stands_in_no_address(shop):
    with tenant_atomic():
        add_code(make_sku(), "SECRET-1")
    browser = browser_of(shop, "owner")

    answer = browser.post(f"{CODES}?state__exact=available&p=2", {"seek": "yes", "q": "SECRET-1"})
    page = browser.get(answer.headers["Location"])

    assert "SECRET" not in answer.headers["Location"]
    assert answer.headers["Location"].startswith(f"{CODES}?state__exact=available&q=~")
    assert page.context["cl"].query == "SECRET-1"
    text = page.content.decode()
    assert text.count("SECRET-1") == 1  # in the search's own box
