"""A form that cannot be taken answers 422 (or what the refusal is), says why, and stays typed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.scope import tenant_atomic
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from inventory.models import Batch, Code, ImportJob
from orders.models import Case, Order
from tenants.models import Member
from tests.catalog.factories import make_brand, make_category, make_sku
from tests.conftest import client_of
from tests.dashboard.people import browser_of, operator_browser
from tests.dashboard.test_deeds import product_form
from tests.inventory.factories import make_codes
from tests.inventory.importing.factories import open_file
from tests.orders.factories import open_case, paid, stocked_sku

pytestmark = pytest.mark.django_db(databases="__all__")
LOOK = {"what": "look", "brand": "red", "brand_ink": "#ffffff", "hero_from": "#112233",
        "hero_to": "#445566", "radius": "8"}  # fmt: skip
WORDS = "typed by a person"


@pytest.fixture
def things(shop) -> dict[str, object]:
    """One of each, in the shop."""
    now = timezone.now()
    with tenant_atomic():
        sku = stocked_sku(2)
        order = paid(sku)
        fulfillment.open_units(order_id=order.pk, now=now)
        open_case(order, unit_id=Unit.objects.get().pk)
        by_hand = paid(make_sku(kind="by_hand", promise="slow"))
        fulfillment.open_units(order_id=by_hand.pk, now=now)
        make_codes(sku, 101)
        job = open_file("secret,note\nS-0001,x\nS-0002,y\n", now=now)
        return {
            "brand": make_brand().pk,
            "category": make_category(name="Games").pk,
            "order": order.pk,
            "case": Case.objects.get().pk,
            "unit": Unit.objects.get(order=by_hand).pk,
            "by_hand": by_hand.pk,
            "product": sku.product_id,
            "content": make_sku(kind="reusable").pk,
            "batch": Batch.objects.latest("pk").pk,
            "code": Code.objects.earliest("pk").pk,
            "job": job.pk,
        }


FORMS = {
    "a product without a price": (
        "/office/catalog/product/add/", product_form(name=WORDS) | {"skus-0-price": ""},
    ),
    "a category of a taken name": (
        "/office/catalog/category/add/", {"name": "Games", "name_en": WORDS, "position": "1"},
    ),
    "a member without a role": ("/office/members/invite/", {"email": WORDS}),
    "a shop without a name": ("/office/settings/", {"tagline": WORDS}),
    "a colour that is none": ("/office/settings/", LOOK | {"hero_to": WORDS}),
    "an import of nothing": ("/office/imports/", {"text": f"{WORDS}", "sku": ""}),
    "many products, of no category": (
        "/office/products/bulk/?ids={product}", {"category": "999999999", "refund_rule": WORDS},
    ),
    "a buyer form without a name": (
        "/office/buyer-forms/new/", {"label0": WORDS, "key0": "Not a key", "kind0": "qq"},
    ),
    "a schedule that is past": (
        "/office/products/{product}/schedule/", {"publish_at": "2001-02-03T04:05"},
    ),
    "content until no day": (
        "/office/contents/{content}/", {"body": WORDS, "kind": "text", "expires_on": "soon"},
    ),
    "a cost that is none": ("/office/imports/{job}/choose/", {"cost": "much", "note": WORDS}),
    "a batch whose number is not typed": (
        "/office/batches/{batch}/freeze/", {"reason": WORDS, "sure": "yes", "typed": "no"},
    ),
    "a delivery of nothing": ("/office/orders/{by_hand}/units/{unit}/deliver/", {"text": " "}),
    "a refund of nothing": (
        "/office/orders/{order}/refund/", {"what": "some", "reason": WORDS},
    ),
    "a code for no reason": ("/office/codes/{code}/reveal/", {"reason": "  "}),
    "an answer of nothing": ("/office/cases/{case}/say/", {"text": "  "}),
}  # fmt: skip


def filled(given, things):
    return {name: value.format(**things) for name, value in given.items()}


@pytest.mark.parametrize("name", FORMS)
def test_a_refused_form_says_so_in_its_status_and_stays_typed(shop, things, name):
    path, given = FORMS[name]
    browser = browser_of(shop, "owner")

    answer = browser.post(path.format(**things), filled(given, things))

    page = answer.content.decode()
    assert 400 <= answer.status_code < 500
    assert is_told(answer)
    assert [text for text in (WORDS, "2001-02-03T04:05") if text in given.values()] == [
        text for text in (WORDS, "2001-02-03T04:05") if text in page and text in given.values()
    ]


@pytest.mark.parametrize("name", [name for name in FORMS if name != "a refund of nothing"])
def test_what_is_wrong_in_a_form_is_422(shop, things, name):
    path, given = FORMS[name]

    answer = browser_of(shop, "owner").post(path.format(**things), filled(given, things))

    assert answer.status_code == 422


def test_what_the_shop_is_not_in_the_state_for_is_a_conflict(shop, things):
    path, given = FORMS["a refund of nothing"]

    answer = browser_of(shop, "owner").post(path.format(**things), given)

    assert answer.status_code == 409
    assert "Choose at least one thing to refund." in answer.content.decode()


@pytest.mark.parametrize(("file", "status"), [("product,price\nx,1", 422), ("", 422)])
def test_a_product_table_that_cannot_be_taken_is_422(shop, file, status):
    given = {"then": "do", "table": SimpleUploadedFile("t.csv", file.encode())} if file else {}

    answer = browser_of(shop, "owner").post("/office/products/table/", given)

    assert answer.status_code == status


def test_a_table_with_a_bad_line_is_422_and_says_where(shop):
    body = b"product,category,brand,sku,price\nVideo,Games,Brand,Month,much\n"
    given = {"then": "look", "table": SimpleUploadedFile("t.csv", body)}

    answer = browser_of(shop, "owner").post("/office/products/table/", given)

    assert answer.status_code == 422
    assert "Write an amount such as 12.50." in answer.content.decode()


def test_the_last_owner_stays_and_the_page_shows_what_was_chosen(shop):
    browser = browser_of(shop, "owner")
    with tenant_atomic():
        member = Member.objects.get()

    answer = browser.post(
        f"/office/members/{member.pk}/change/", {"role": "viewer", "is_active": "on"}
    )

    assert answer.status_code == 409
    assert (answer.context["role"], answer.context["is_active"]) == ("viewer", True)


def test_what_was_chosen_for_an_import_stands_in_the_form_again(shop, things):
    given = {
        "width": "2", "column0": "note", "column1": "secret", "delimiter": ";", "cost": "much",
        "encoding": "gb18030", "supplier_name": "S", "note": "N", "expires_on": "2099-01-02",
    }  # fmt: skip

    answer = browser_of(shop, "owner").post(f"/office/imports/{things['job']}/choose/", given)

    assert [str(chosen) for _at, _name, chosen in answer.context["columns"]] == ["note", "secret"]
    kept = answer.context["batch"]
    assert {name: kept[name] for name in given if not name.startswith(("width", "column"))} == {
        name: given[name] for name in given if not name.startswith(("width", "column"))
    }
    with tenant_atomic():
        assert ImportJob.objects.get(pk=things["job"]).note == ""


def test_a_step_of_an_import_that_is_not_its_turn_is_a_conflict(shop, things):
    answer = browser_of(shop, "owner").post(f"/office/imports/{things['job']}/resume/")

    assert answer.status_code == 409


def test_a_refused_deed_leaves_the_page_as_it_was(shop, things):
    browser = browser_of(shop, "owner")

    refused = browser.post(f"/office/orders/{things['order']}/refund/", {"what": "some"})
    page = browser.get(f"/office/orders/{things['order']}/")

    assert refused.context["order"] == page.context["order"]
    assert page.context["typed"] == {}
    with tenant_atomic():
        assert Order.objects.get(pk=things["order"]).state == "completed"


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("login/", {"login": "nobody@example.com", "password": "wrong"}),
        ("login/", {}),
        ("password/reset/", {"email": "no address"}),
    ],
)
def test_signing_in_refuses_with_422(shop, path, given):
    assert client_of(shop).post(f"/office/{path}", given).status_code == 422


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("reauthenticate/", {"password": "wrong"}),
        ("password/", {"oldpassword": "wrong", "password1": "a", "password2": "b"}),
    ],
)
def test_a_password_that_is_wrong_is_422(shop, path, given):
    assert browser_of(shop, "owner").post(f"/office/{path}", given).status_code == 422


def is_told(answer) -> bool:
    """At the field, at the head of the admin's form, or as a message."""
    told = answer.context.get("errors") or answer.context.get("messages")
    return bool(told) or 'role="alert"' in answer.content.decode()


@pytest.mark.django_db(transaction=True, databases="__all__")
@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/office/shops/new/", {"slug": "not a slug", "name": WORDS}),
        ("/office/shops/{shop}/suspend/", {"reason": WORDS, "typed": "another"}),
        ("/office/shops/{shop}/host/", {"host": f"http://{WORDS}"}),
    ],
)
def test_the_operators_forms_are_refused_in_the_same_way(shop, path, given):
    answer = operator_browser().post(path.format(shop=shop.pk), given)

    assert answer.status_code == 422
    assert WORDS in answer.content.decode()
