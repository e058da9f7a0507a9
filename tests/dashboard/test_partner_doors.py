"""A partner's doors in the office."""

import re

import pytest

from channels import services as channels
from channels.models import Door, DoorRefusal
from core.scope import tenant_atomic
from tenants.models import AuditRow
from tenants.roles import Role
from tests.channels.factories import WANG, make_partner
from tests.dashboard.people import browser_of
from tests.doors.callers import AGISO_SECRET, APP_ID, GOOFISH_SECRET, Agiso, Opened, open_door
from tests.times import MORNING

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
SECRET = re.compile(r"\b[0-9a-f]{48}\b")
AGISO = {
    "app_id": APP_ID, "app_secret": AGISO_SECRET, "cards": "aes",
    "hosts": "http://cb.acpr.agiso.com\n*.91kami.com",
}  # fmt: skip


@pytest.fixture
def browser(shop):
    return browser_of(shop, Role.OPERATOR)


@pytest.fixture
def partner(shop):
    with tenant_atomic():
        return make_partner(name="Acme")


@pytest.fixture
def goofish(shop, partner):
    with tenant_atomic():
        return open_door("goofish", hosts=("open.goofish.pro",), partner=partner)


@tenant_atomic
def doors():
    return list(Door.objects.select_related("partner").order_by("pk"))


@tenant_atomic
def noted():
    rows = AuditRow.objects.filter(action__startswith="door.").order_by("pk")
    return list(rows.values_list("action", "target"))


def new(partner, kind):
    return f"/office/partners/{partner.ref}/doors/new/{kind}/"


def page_of(opened):
    return f"/office/partners/{opened.partner.ref}/doors/{opened.door.door_id}/"


def test_a_door_is_opened_with_what_is_to_be_entered_shown_once(shop, browser, partner):
    answer = browser.post(new(partner, "agiso"), AGISO | {"networks": "127.0.0.1"})

    (door,) = doors()
    said = answer.content.decode()
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    (secret,) = set(SECRET.findall(said))
    for told in (f"/door/{door.uid}/agisoAcprSupplierApi/", door.merchant_id, "userId"):
        assert told in said
    assert AGISO_SECRET not in said
    assert (door.hosts, door.networks) == (
        ["http://cb.acpr.agiso.com", "*.91kami.com"],
        ["127.0.0.1/32"],
    )
    page = browser.get(f"/office/partners/{partner.ref}/doors/{door.pk}/").content.decode()
    assert door.merchant_id in page
    assert SECRET.findall(page) == []
    assert noted() == [("door.opened", partner.ref)]
    caller = Agiso(Opened(partner, NewDoorOf(door, secret)))
    assert caller.call("product/getList")["code"] == 200


class NewDoorOf:
    """A door as its opener knows it from the page."""

    def __init__(self, door, secret):
        self.uid, self.merchant_id = door.uid, door.merchant_id
        self.merchant_secret = self
        self.reveal = lambda: secret


def test_a_kasushou_door_asks_for_nothing_that_there_is_not(shop, browser, partner):
    form = browser.get(new(partner, "kasushou")).context["form"]

    assert set(form.fields) == {"hosts", "networks", "price_url"}
    answer = browser.post(new(partner, "kasushou"), {})
    (door,) = doors()
    assert (answer.status_code, door.kind) == (200, "kasushou")
    assert f"/door/{door.uid}</span>" in answer.content.decode()  # they add /api/v1/…


def test_a_kasushou_door_tells_of_changed_goods_where_the_form_says(shop, browser, partner):
    given = {"hosts": "shop.example.com", "price_url": "https://shop.example.com/goods"}

    browser.post(new(partner, "kasushou"), given)

    (door,) = doors()
    assert door.options["price_url"] == given["price_url"]


def test_the_usual_callback_hosts_stand_in_the_form(shop, browser, partner):
    page = browser.get(new(partner, "goofish")).content.decode()

    assert "open.goofish.pro" in page


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"app_id": "abc"}, "app_id"),
        ({"app_secret": "short"}, "app_secret"),
        ({"app_secret": ""}, "app_secret"),
        ({"hosts": "https://a.example/path"}, "hosts"),
        ({"networks": "here"}, "networks"),
        ({"cards": "rot13"}, "cards"),
        ({"price_url": "https://else.example.com/"}, "price_url"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(shop, browser, partner, more, field):
    answer = browser.post(new(partner, "agiso"), AGISO | more)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert AGISO_SECRET not in answer.content.decode()
    assert doors() == []


def test_a_platform_that_is_not_known_is_not_there(shop, browser, partner):
    assert browser.get(new(partner, "taobao")).status_code == 404


def test_a_door_is_not_opened_long_after_the_password(shop, browser, partner):
    session = browser.session
    session["account_authentication_methods"] = []
    session.save()

    answer = browser.post(new(partner, "agiso"), AGISO)

    assert answer["Location"].startswith("/office/reauthenticate/")
    assert doors() == []


def test_its_addresses_are_changed(shop, browser, goofish):
    path = f"{page_of(goofish)}edit/"
    assert "open.goofish.pro" in browser.get(path).content.decode()

    answer = browser.post(path, {"hosts": "open.goofish.pro\nb.example", "networks": "::1"})

    assert answer["Location"] == page_of(goofish)
    (door,) = doors()
    assert (door.hosts, door.networks) == (["open.goofish.pro", "b.example"], ["::1/128"])
    assert noted()[-1] == ("door.changed", goofish.partner.ref)


def test_new_secrets_are_shown_once_and_the_platform_s_may_stay(shop, browser, goofish):
    path = f"{page_of(goofish)}roll/"

    answer = browser.post(path, {"hours": "1", "app_secret": ""})

    (secret,) = set(SECRET.findall(answer.content.decode()))
    assert secret != goofish.secret
    assert GOOFISH_SECRET not in answer.content.decode()
    assert "Old secrets until" in browser.get(page_of(goofish)).content.decode()
    assert noted()[-1] == ("door.rolled", goofish.partner.ref)


def test_a_platform_s_new_secret_that_cannot_be_is_told_at_its_field(shop, browser, goofish):
    answer = browser.post(f"{page_of(goofish)}roll/", {"hours": "1", "app_secret": "short"})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["app_secret"])


def test_a_closed_door_says_so_and_has_no_buttons(shop, browser, goofish):
    browser.post(f"{page_of(goofish)}close/")

    page = browser.get(page_of(goofish)).content.decode()
    assert "Closed for good" in page
    assert f"{page_of(goofish)}roll/" not in page
    assert browser.post(f"{page_of(goofish)}roll/", {"hours": "1"}).status_code == 422
    assert browser.post(f"{page_of(goofish)}edit/", {}).status_code == 422
    assert noted()[-1] == ("door.closed", goofish.partner.ref)


def test_what_was_refused_at_it_is_listed(shop, browser, goofish):
    channels.change_door(
        door_id=goofish.door.door_id, hosts=(), networks=("203.0.113.7",), by=WANG, now=MORNING
    )
    with tenant_atomic():
        DoorRefusal.objects.create(
            door_id=goofish.door.door_id, path="goods/list", why="address", times=7,
            first_at=MORNING, last_at=MORNING, last_from="192.0.2.1",
        )  # fmt: skip

    page = browser.get(page_of(goofish)).content.decode()

    for told in ("goods/list", "An address that is not listed", "× 7", "192.0.2.1", "203.0.113.7"):
        assert told in page


def test_a_door_of_another_partner_is_not_there(shop, browser, goofish):
    with tenant_atomic():
        other = make_partner()
    path = f"/office/partners/{other.ref}/doors/{goofish.door.door_id}/"

    answers = [browser.get(path)] + [
        browser.post(f"{path}{verb}/", {"hours": "0"}) for verb in ("edit", "roll", "close")
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert doors()[0].closed_at is None


def test_a_partner_s_page_lists_its_doors(shop, browser, goofish):
    page = browser.get(f"/office/partners/{goofish.partner.ref}/").content.decode()

    assert page_of(goofish) in page
    assert goofish.door.merchant_id in page
