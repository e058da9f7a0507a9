"""An old password is asked again before a secret or money, and what was typed outlives that."""

import re

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.utils import timezone

from core.scope import tenant_atomic
from dashboard.access import FRESH
from dashboard.typed import KEPT
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from inventory.models import Code
from orders.models import Case
from payments.models import Refund
from tenants.models import AuditRow
from tests.dashboard.people import PASSWORD, browser_of
from tests.orders.factories import open_case, paid, stocked_sku

pytestmark = pytest.mark.django_db(databases="__all__")
REASON = "the buyer asks, on the phone"
AGAIN = "/office/reauthenticate/"


@pytest.fixture
def things(shop) -> dict[str, int]:
    now = timezone.now()
    with tenant_atomic():
        order = paid(stocked_sku(2), quantity=2)
        fulfillment.open_units(order_id=order.pk, now=now)
        units = list(Unit.objects.order_by("pk"))
        open_case(order, unit_id=units[0].pk)
        return {
            "order": order.pk,
            "unit": units[1].pk,
            "case": Case.objects.get().pk,
            "code": Code.objects.earliest("pk").pk,
        }


DEEDS = {
    "/office/codes/{code}/": ("reveal/", {"reason": REASON}),
    "/office/orders/{order}/": ("refund/", {"what": "some", "unit": "{unit}", "reason": REASON}),
    "/office/cases/{case}/": ("settle/", {"outcome": "refunded", "reason": REASON}),
}


@pytest.fixture(params=DEEDS)
def asked(request, shop, things):
    """(browser, page, form's address, form) of who has sent a form with an old password."""
    page = request.param.format(**things)
    verb, form = DEEDS[request.param]
    form = {name: value.format(**things) for name, value in form.items()}
    browser = browser_of(shop, "owner")
    with time_machine.travel(timezone.now() + FRESH, tick=False):
        answer = browser.post(f"{page}{verb}", form)
        assert answer["Location"] == f"{AGAIN}?next={page}"
        yield browser, page, f"{page}{verb}", form


def sign_in_again(browser, page):
    return browser.post(AGAIN, {"password": PASSWORD, "next": page})["Location"]


def nothing_done() -> bool:
    with tenant_atomic():
        done = AuditRow.objects.filter(action__in=["code.reveal", "order.refunded"])
        return not done.exists() and not Refund.objects.exists()


def test_what_was_typed_stands_in_the_form_after_the_password_and_nothing_is_done(asked):
    browser, page, _address, form = asked

    home = sign_in_again(browser, page)
    shown = browser.get(home)

    assert home == page
    assert shown.context["typed"].dict() == form
    assert REASON in shown.content.decode()
    assert "What you typed is back in its form" in shown.content.decode()
    assert nothing_done()


def test_then_the_button_does_it(asked):
    browser, page, address, form = asked
    typed = browser.get(sign_in_again(browser, page)).context["typed"]

    browser.post(address, {**typed.dict(), "sure": "yes"})

    assert typed.dict() == form
    assert not nothing_done()


def test_no_address_and_no_row_holds_what_was_typed_in_the_clear(asked):
    browser, page, _address, _form = asked

    rows = [row.get_decoded() for row in Session.objects.all()]
    home = sign_in_again(browser, page)

    assert "typed" in rows[-1]
    assert "buyer" not in str(rows)
    assert home == page


def test_it_comes_back_once(asked):
    browser, page, _address, _form = asked
    browser.get(sign_in_again(browser, page))

    again = browser.get(page)

    assert again.context["typed"] == {}
    assert REASON not in again.content.decode()


def test_after_a_wrong_password_it_is_still_there(asked):
    browser, page, _address, form = asked
    browser.post(AGAIN, {"password": "wrong", "next": page})

    shown = browser.get(sign_in_again(browser, page))

    assert shown.context["typed"].dict() == form


def test_it_is_not_kept_for_long(asked):
    browser, page, _address, _form = asked

    with time_machine.travel(timezone.now() + KEPT, tick=False):
        shown = browser.get(sign_in_again(browser, page))

    assert shown.context["typed"] == {}


def test_another_page_does_not_take_it(asked):
    browser, page, _address, form = asked
    browser.get("/office/waiting/")

    shown = browser.get(sign_in_again(browser, page))

    assert shown.context["typed"].dict() == form


def test_who_signs_out_leaves_nothing(asked):
    browser, _page, _address, _form = asked

    browser.post("/office/logout/")

    assert all("typed" not in row.get_decoded() for row in Session.objects.all())


def test_the_refunds_form_is_open_and_ticked_as_it_was(shop, things):
    browser, page = browser_of(shop, "finance"), f"/office/orders/{things['order']}/"
    form = {"what": "some", "unit": str(things["unit"]), "reason": REASON}

    with time_machine.travel(timezone.now() + FRESH, tick=False):
        browser.post(f"{page}refund/", form)
        shown = browser.get(sign_in_again(browser, page)).content.decode()

    assert re.search(r'<details class="qy-more qy-after" open>', shown)
    assert re.findall(r'name="unit" value="(\d+)"[^>]* checked', shown) == [str(things["unit"])]
    assert re.search(r'name="what" value="some" checked', shown)
