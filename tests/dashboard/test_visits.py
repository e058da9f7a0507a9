"""An operator of the platform looks in at a shop: said why, for half an hour, seen by the owner,
with both names in the log; no code is revealed and no money moves."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from core.actors import SYSTEM
from core.errors import NotFound
from core.scope import tenant_atomic
from notices.models import Notice, Seen
from orders.models import Order
from tenants import services as tenants
from tenants.models import AuditRow, Member, User
from tenants.roles import RIGHTS, VISITING, Role
from tests.conftest import as_tenant, client_of, make_shop
from tests.dashboard.people import make_member, make_user, operator_browser
from tests.inventory.factories import make_codes
from tests.orders.factories import paid, stocked_sku
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
ASK = "/office/shops/{}/visit/"
WHY = "the owner asks why an order hangs"


@pytest.fixture
def operator():
    return make_user("op@platform.example", is_operator=True)


@pytest.fixture
def owner(shop):
    return make_member(Role.OWNER)


def member_of(owner):
    with tenant_atomic():
        return Member.objects.get(user=owner).pk


@pytest.fixture
def visitor(shop, operator, owner):
    """In the shop's office as its owner."""
    known = {"member_id": member_of(owner), "operator": operator, "reason": WHY}
    _visit, token = tenants.ask_visit(**known, by=SYSTEM, now=timezone.now())
    browser = client_of(shop)
    path = f"/office/visit/{token.reveal()}/"
    assert browser.get(path).status_code == 200
    assert browser.post(path)["Location"] == "/office/"
    assert browser.post(path).status_code == 404  # once
    return browser


def test_the_owner_is_told_and_both_names_stand_in_the_log(
    shop, operator, owner, mailoutbox, django_capture_on_commit_callbacks, request
):
    with django_capture_on_commit_callbacks(execute=True):
        browser = request.getfixturevalue("visitor")

    page = browser.get("/office/").content.decode()

    assert "op@platform.example of the platform, as owner@example.com" in page
    with tenant_atomic():
        began = AuditRow.objects.get(action="visit.began")
        notice = Notice.objects.get()
    assert began.by == f"user:{operator.pk} op@platform.example as owner@example.com"
    assert (began.user_id, began.target, began.reason) == (operator.pk, owner.email, WHY)
    assert (notice.topic, notice.given["reason"]) == ("visit", WHY)
    [letter] = mailoutbox
    assert (letter.to, WHY in letter.body) == ([owner.email], True)


def test_what_is_done_bears_both_names(shop, visitor, operator):
    visitor.post("/office/catalog/category/add/", {"name": "New", "name_en": "", "position": 1})

    with tenant_atomic():
        row = AuditRow.objects.get(action="catalog.saved")
    assert row.by == f"user:{operator.pk} op@platform.example as owner@example.com"
    assert row.user_id == operator.pk


def test_no_code_is_revealed_and_no_money_moves(shop, visitor):
    with tenant_atomic():
        order = paid(stocked_sku(1))
        code = make_codes(order.items.get().sku, 1)[0]
    refund = f"/office/orders/{order.pk}/refund/"

    assert visitor.get(f"/office/orders/{order.pk}/").status_code == 200
    statuses = {
        path: visitor.post(path, given).status_code
        for path, given in {
            f"/office/codes/{code.pk}/reveal/": {"reason": "why not"},
            refund: {"what": "all"},
            f"/office/orders/{order.pk}/resend/": {},
            "/office/members/invite/": {"email": "x@example.com", "role": "owner"},
            "/office/settings/": {"name": "Mine"},
            "/office/views/save/": {"listing": "orders.order", "name": "x"},
            "/office/exports/": {"table": "orders", "form": "csv"},
            "/office/notices/read/": {},
        }.items()
    }

    assert set(statuses.values()) <= {403, 404}, statuses
    with tenant_atomic():
        assert not AuditRow.objects.filter(action="code.reveal").exists()
        assert Order.objects.get(pk=order.pk).state == order.state
        assert not User.objects.filter(email="x@example.com").exists()


def test_it_is_over_after_half_an_hour_or_when_it_is_ended(shop, visitor):
    with time_machine.travel(timezone.now() + timedelta(minutes=29), tick=False):
        assert visitor.get("/office/").status_code == 200
    visitor.post("/office/visit/end/")
    after = visitor.get("/office/")

    assert after["Location"].startswith("/office/login/")
    with tenant_atomic():
        assert AuditRow.objects.filter(action="visit.ended").count() == 1


def test_time_ends_it_without_anybody(shop, visitor):
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        assert visitor.get("/office/orders/order/")["Location"].startswith("/office/login/")


def test_a_link_that_waited_too_long_opens_nothing(shop, operator, owner):
    known = {"member_id": member_of(owner), "operator": operator, "reason": WHY}
    _visit, token = tenants.ask_visit(**known, by=SYSTEM, now=NOON)

    with pytest.raises(NotFound):
        tenants.begin_visit(token=token.reveal(), by_ip="", now=NOON + timedelta(minutes=2))


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_the_desk_gives_a_link_for_a_reason_and_a_member_of_the_shop():
    shop, other = make_shop("cloud"), make_shop("star")
    with as_tenant(shop.pk):
        member = member_of(make_member(Role.OWNER))
    desk = operator_browser()

    given = desk.post(ASK.format(shop.pk), {"member": member, "why": WHY})
    unsaid = desk.post(ASK.format(shop.pk), {"member": member, "why": "  "})
    stranger = desk.post(ASK.format(other.pk), {"member": member, "why": WHY})

    assert (given.status_code, unsaid.status_code, stranger.status_code) == (200, 422, 404)
    assert "/office/visit/" in given.context["link"]
    assert "Say why" in unsaid.content.decode()


def test_who_looks_in_has_no_right_that_moves_money_or_lets_in():
    may = VISITING & RIGHTS[Role.OWNER]

    assert {one for one in may if not one.endswith(".view")} == {"catalog.edit"}


def test_who_looks_in_reads_no_notice_away_from_the_member(shop, visitor):
    with tenant_atomic():
        notice = Notice.objects.get()

    answer = visitor.get(f"/office/notices/read/{notice.pk}/")

    assert answer["Location"] == notice.path
    with tenant_atomic():
        assert not Seen.objects.exists()
