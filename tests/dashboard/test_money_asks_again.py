"""Money, and what leads it elsewhere, ask for the password or the second factor again: an old
session changes nothing there."""

import pytest
import time_machine
from django.utils import timezone

from channels.models import BalanceClaim
from core.scope import tenant_atomic
from dashboard.access import FRESH
from fulfillment.services.late import keep_late
from suppliers.models import SupplierPayment
from tenants.models import AuditRow
from tests.channels.factories import make_partner
from tests.dashboard.people import PASSWORD, browser_of
from tests.dashboard.test_late import tried
from tests.dashboard.test_recipes import CONTRACT, recipe_of
from tests.dashboard.test_suppliers import NEW
from tests.doors.callers import open_door
from tests.orders.factories import stocked_sku
from tests.suppliers.factories import make_supplier
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
AGAIN = "/office/reauthenticate/"
PAYMENTS, CLAIMS = "/office/bills/payments/", "/office/claims/"
PAID = {"amount": "12", "paid_on": "2026-01-05", "how": "bank", "ref": "B-1"}


@pytest.fixture
def owner(shop):
    return browser_of(shop, "owner")


@pytest.fixture
def deeds(shop, owner):
    """Addresses, and what is sent there, of all that asks."""
    with tenant_atomic():
        supplier, partner = make_supplier(), make_partner()
        opened = open_door("goofish", partner=partner)
        sku = stocked_sku(kind="supplier_code")
    unit, attempt = tried(sku, "success")
    with tenant_atomic():
        keep_late(unit, attempt, now=NOON)
    owner.post(PAYMENTS, PAID | {"supplier": supplier.pk})
    owner.post(CLAIMS, {"partner": partner.pk, "amount": "5", "paid_on": "2026-01-05",
                        "bank_ref": "B-1"})  # fmt: skip
    with tenant_atomic():
        claim, payment = BalanceClaim.objects.get(), SupplierPayment.objects.get()
    contract = {"name": supplier.name, "app_id": "u1", "base_url": "https://evil.example/"}
    late, at = f"/office/suppliers/late/{attempt.pk}/", f"/office/suppliers/{supplier.pk}/"
    return {
        PAYMENTS: PAID | {"supplier": supplier.pk, "ref": "B-2"},
        f"{PAYMENTS}{payment.pk}/undo/": {"reason": "a mistake"},
        f"{CLAIMS}{claim.ref}/match/": {},
        f"{CLAIMS}{claim.ref}/refuse/": {"reason": "not there"},
        f"{late}write-off/": {"note": "gone"},
        f"{late}stock/": {"sku": sku.pk},
        f"{at}edit/": contract,
        f"{at}secrets/": {"secret": "another"},
        "/office/suppliers/new/?protocol=fulu": NEW,
        "/office/suppliers/recipe/": CONTRACT | {"recipe": recipe_of("kayixin")},
        f"/office/partners/{partner.ref}/doors/{opened.door.door_id}/edit/": {"hosts": "x.example"},
    }


def test_an_old_session_moves_no_money_and_no_address(deeds, owner):
    with tenant_atomic():
        before = AuditRow.objects.count()

    with time_machine.travel(timezone.now() + FRESH, tick=False):
        answers = {at: owner.post(at, form) for at, form in deeds.items()}

    leads = {at: answer.headers.get("location", "") for at, answer in answers.items()}
    assert [at for at, to in leads.items() if not to.startswith(AGAIN)] == []
    with tenant_atomic():
        assert AuditRow.objects.count() == before


def test_what_was_typed_is_in_its_form_after_the_password(deeds, owner):
    contract = next(one for one in deeds if one.endswith("/edit/"))
    for times, at in enumerate((PAYMENTS, contract), 1):
        with time_machine.travel(timezone.now() + times * FRESH, tick=False):
            again = owner.post(at, deeds[at])["Location"]
            home = owner.post(again, {"password": PASSWORD, "next": at})["Location"]
            shown = owner.get(home).context["form"]

        assert {name: str(shown[name].value()) for name in deeds[at]} == {
            name: str(value) for name, value in deeds[at].items()
        }


def test_a_suppliers_name_alone_asks_for_nothing(deeds, owner):
    at = next(one for one in deeds if one.endswith("/edit/") and "suppliers" in one)
    form = deeds[at] | {"name": "Another", "base_url": "https://fulu.test/api/getway"}

    with time_machine.travel(timezone.now() + FRESH, tick=False):
        answer = owner.post(at, form)

    assert (answer.status_code, answer["Location"]) == (302, at.removesuffix("edit/"))
