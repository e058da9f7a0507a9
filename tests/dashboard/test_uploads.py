"""A file that is too large is told so once, at its field, and the rest of the form stays."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import escape

from catalog.models import Picture, Product
from core import uploads
from core.scope import tenant_atomic
from dashboard.fields import MB
from dashboard.views.settings import MOST_LOGO
from inventory.models import ImportJob
from tenants.models import Merchant
from tests.catalog.factories import make_brand, make_category, make_sku
from tests.dashboard.people import browser_of
from tests.dashboard.test_deeds import product_form

pytestmark = pytest.mark.django_db(databases="__all__")
LOOK = {
    "what": "look", "brand": "#112233", "brand_ink": "#ffffff", "hero_from": "#112233",
    "hero_to": "#445566", "radius": "8",
}  # fmt: skip


@pytest.fixture
def little_room(monkeypatch) -> None:
    """As if 200 MB were six."""
    monkeypatch.setattr(uploads, "MOST_BYTES", 6 * MB)


def large(size: int) -> SimpleUploadedFile:
    return SimpleUploadedFile("large.csv", b"x" * size)


def errors_on(page) -> list[str]:
    text = page.content.decode()
    return [part.split("<")[0] for part in text.split('class="qy-error" role="alert">')[1:]]


def test_a_file_of_codes_that_is_too_large_is_told_in_one_sentence(shop, little_room):
    with tenant_atomic():
        sku = make_sku()
    browser = browser_of(shop, "operator")

    answer = browser.post("/office/imports/", {"sku": sku.pk, "text": "", "file": large(7 * MB)})

    assert errors_on(answer) == ["The file is larger than 200 MB. Split it and load the parts."]
    assert answer.context["form"]["sku"].value() == str(sku.pk)
    with tenant_atomic():
        assert ImportJob.objects.count() == 0


def test_what_stands_behind_the_file_in_the_form_is_not_lost(shop, little_room):
    with tenant_atomic():
        sku = make_sku()
    browser = browser_of(shop, "operator")

    answer = browser.post(
        "/office/imports/", {"sku": sku.pk, "file": large(7 * MB), "text": "CODE-0001"}
    )

    assert answer.context["form"]["text"].value() == "CODE-0001"
    assert len(errors_on(answer)) == 1


def test_nothing_of_a_file_that_is_too_large_stays_on_disk(shop, little_room, settings, tmp_path):
    settings.UPLOADS_DIR = str(tmp_path)  # other tests keep theirs elsewhere
    browser = browser_of(shop, "operator")

    browser.post("/office/imports/", {"file": large(7 * MB)}).close()

    assert list(uploads.Path(settings.UPLOADS_DIR).iterdir()) == []


@pytest.mark.parametrize("size", [MOST_LOGO + 1, 9 * MB])
def test_a_logo_that_is_too_large_is_told_once_and_nothing_is_saved(shop, size):
    browser = browser_of(shop, "owner")

    answer = browser.post("/office/settings/", LOOK | {"logo": large(size)})

    assert errors_on(answer) == ["The file is larger than 4 MB."]
    assert Merchant.objects.get(pk=shop.pk).theme == {}


def test_a_picture_that_is_too_large_is_told_once_and_the_product_stays_typed(shop, little_room):
    with tenant_atomic():
        brand, category = make_brand(), make_category()
    browser = browser_of(shop, "operator")
    form = product_form(name="Video", brand=brand.pk, category=category.pk)

    answer = browser.post("/office/catalog/product/add/", {"upload": large(9 * MB), **form})

    text = answer.content.decode()
    assert text.count(escape("The file is larger than 8 MB.")) == 1 + text.count("data-too-large")
    assert answer.context["adminform"].form.errors.keys() == {"upload"}
    assert "Video" in text
    with tenant_atomic():
        assert (Product.objects.count(), Picture.objects.count()) == (0, 0)


def test_a_table_that_is_too_large_is_told_once(shop, little_room):
    browser = browser_of(shop, "operator")

    answer = browser.post("/office/products/table/", {"table": large(7 * MB), "then": "do"})

    assert errors_on(answer) == ["The table is larger than 5 MB."]
