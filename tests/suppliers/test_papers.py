"""Papers of authorisations: what is taken, how it is kept, and who may have it again."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.utils import timezone

from core.actors import SYSTEM
from core.scope import tenant_atomic
from suppliers import services
from suppliers.errors import SupplierUnfit
from suppliers.models import Authorisation, Paper
from suppliers.selectors import find_paper
from tenants.models import AuditRow
from tenants.roles import Role
from tests.conftest import as_tenant
from tests.dashboard.people import browser_of
from tests.suppliers.factories import make_offer
from tests.suppliers.papers import PDF, a_paper, authorise
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
PNG, JPG = b"\x89PNG\r\n\x1a\n rest", b"\xff\xd8\xff\xe0 rest"
HTML = b"<html><script>alert(1)</script></html>"
MB = 1024 * 1024
DAYS = {"number": "授权 A/1", "since": "2026-11-01", "until": "2026-11-30"}


@pytest.fixture
def offer(shop):
    with tenant_atomic():
        return make_offer(needs_authorisation=True)


@pytest.fixture
def uploads(settings, tmp_path):
    settings.UPLOADS_DIR = tmp_path
    return tmp_path


def upload(browser, offer, body=PDF, name="letter.pdf", **given):
    form = DAYS | {"brand": offer.sku.product.brand_id} | given
    if body is not None:
        form["paper"] = SimpleUploadedFile(name, body, content_type="application/pdf")
    path = f"/office/suppliers/{offer.supplier_id}/authorisations/new/"
    return browser.post(path, form)


# What is taken


@pytest.mark.parametrize(("body", "kind"), [(PDF, "pdf"), (PNG, "png"), (JPG, "jpg")])
def test_a_paper_is_what_its_first_bytes_say(offer, body, kind):
    with tenant_atomic():
        assert authorise(offer, paper=a_paper(body)).kind == kind


@pytest.mark.parametrize("body", [HTML, b"", b" " + PDF, b"GIF89a", PDF + bytes(5 * MB)])
def test_anything_else_is_refused_and_nothing_is_kept(offer, body):
    with tenant_atomic(), pytest.raises(SupplierUnfit) as refusal:
        authorise(offer, paper=a_paper(body))

    assert refusal.value.param == "paper"
    with tenant_atomic():
        assert not Authorisation.objects.exists()
        assert not Paper.objects.exists()


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"number": " "}, "number"),
        ({"number": "x" * 81}, "number"),
        ({"until": date(2026, 10, 31)}, "until"),
        ({"since": date(1, 1, 1)}, "since"),
        ({"until": date(9999, 12, 31)}, "until"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_nonsense_is_refused_by_name(offer, given, param):
    with tenant_atomic(), pytest.raises(SupplierUnfit) as refusal:
        authorise(offer, **given)

    assert refusal.value.param == param


def test_another_shops_brand_is_no_brand_here(offer, other_shop):
    with as_tenant(other_shop.pk), tenant_atomic():
        theirs = make_offer().sku.product.brand_id

    with pytest.raises(IntegrityError), tenant_atomic():
        Authorisation.objects.create(
            supplier_id=offer.supplier_id, brand_id=theirs, number="A-1", kind="pdf",
            since=date(2026, 11, 1), until=date(2026, 11, 30), paper_key=b"", made_at=NOON,
        )  # fmt: skip


# How it is kept


def test_a_paper_is_sealed_and_opens_again(offer, scope):
    made = authorise(offer)
    found = find_paper(authorisation_id=made.pk)

    assert PDF not in bytes(found.body)
    assert services.read_paper(paper=found, by=SYSTEM, now=NOON) == PDF
    assert AuditRow.objects.filter(action="authorisation.read", target="A-1").count() == 1


def test_another_paper_takes_the_place_of_the_one_before(offer, scope):
    made = authorise(offer)

    services.change_authorisation(
        authorisation_id=made.pk, given={"number": "A-2"}, paper=a_paper(PNG), by=SYSTEM, now=NOON
    )

    found = find_paper(authorisation_id=made.pk)
    assert (found.authorisation.number, found.authorisation.kind) == ("A-2", "png")
    assert services.read_paper(paper=found, by=SYSTEM, now=NOON) == PNG
    assert Paper.objects.count() == 1


def test_without_another_paper_the_one_that_is_kept_stays(offer, scope):
    made = authorise(offer)

    services.change_authorisation(
        authorisation_id=made.pk, given={"until": date(2027, 1, 1)}, by=SYSTEM, now=NOON
    )

    found = find_paper(authorisation_id=made.pk)
    assert services.read_paper(paper=found, by=SYSTEM, now=NOON) == PDF
    assert found.authorisation.until == date(2027, 1, 1)


# In the office


def test_a_paper_is_uploaded_and_comes_back_to_be_kept_not_shown(shop, offer, uploads):
    browser = browser_of(shop, "operator")

    answer = upload(browser, offer)

    assert answer.status_code == 302
    assert list(uploads.iterdir()) == []  # it is in the database, and nowhere else
    with tenant_atomic():
        made = Authorisation.objects.get()
        assert AuditRow.objects.filter(action="authorisation.made").count() == 1
    paper = browser.get(f"/office/suppliers/authorisations/{made.pk}/paper/")
    assert (paper.status_code, paper.content) == (200, PDF)
    assert paper["Content-Type"] == "application/pdf"
    assert paper["Content-Disposition"].startswith("attachment; filename")
    assert paper["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in paper["Cache-Control"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (HTML, "The paper is a PDF, a JPG or a PNG."),
        (b"", "The submitted file is empty."),
        (PDF + bytes(6 * MB), "The file is larger than 5 MB."),
        (None, "This field is required."),
    ],
    ids=["HTML named .pdf", "0 bytes", "6 MB", "no file"],
)
def test_a_bad_paper_is_told_at_its_field_and_the_rest_stays_typed(
    shop, offer, uploads, body, told
):
    page = upload(browser_of(shop, "owner"), offer, body)

    assert page.status_code == 422
    assert page.context["form"].errors == {"paper": [told]}
    assert DAYS["number"] in page.content.decode()
    assert list(uploads.iterdir()) == []
    with tenant_atomic():
        assert not Authorisation.objects.exists()


def test_an_authorisation_is_changed_in_the_office(shop, offer, uploads):
    with tenant_atomic():
        made = authorise(offer)
    browser = browser_of(shop, "owner")

    answer = browser.post(
        f"/office/suppliers/authorisations/{made.pk}/", DAYS | {"until": "2027-11-30"}
    )

    assert answer.status_code == 302
    with tenant_atomic():
        made.refresh_from_db()
    assert (made.number, made.until) == (DAYS["number"], date(2027, 11, 30))


def test_the_audit_log_names_the_brand_and_leads_to_the_supplier(shop, offer):
    with tenant_atomic():
        authorise(offer)
        brand = offer.sku.product.brand.name

    page = browser_of(shop, "owner").get("/office/tenants/auditrow/").content.decode()

    assert f"Authorisation for {brand} · A-1" in page
    assert f'href="/office/suppliers/{offer.supplier_id}/"' in page


@pytest.mark.parametrize("role", Role.values)
def test_papers_are_for_who_edits_suppliers(shop, offer, role):
    with tenant_atomic():
        made = authorise(offer)

    answer = browser_of(shop, role).get(f"/office/suppliers/authorisations/{made.pk}/paper/")

    may = role in {Role.OWNER, Role.OPERATOR}
    assert (answer.status_code == 200) == may


def test_another_shops_paper_is_not_there(shop, offer, other_shop):
    with as_tenant(other_shop.pk), tenant_atomic():
        theirs = authorise(make_offer(needs_authorisation=True))
    browser = browser_of(shop, "owner")

    paths = (f"{theirs.pk}/", f"{theirs.pk}/paper/")
    seen = [browser.get(f"/office/suppliers/authorisations/{path}").status_code for path in paths]

    assert seen == [404, 404]


def test_what_ends_soon_is_seen_at_the_supplier_and_its_offers(shop, offer):
    with tenant_atomic():
        today = timezone.localdate(timezone=ZoneInfo(shop.time_zone))
        authorise(offer, since=today, until=today)
        offer.sku.kind = "supplier_code"
        offer.sku.save()
    browser = browser_of(shop, "viewer")

    pages = {
        "/office/suppliers/health/": "ends on",
        f"/office/suppliers/{offer.supplier_id}/": "0 days left",
        "/office/offers/": "authorised until",
    }

    for path, words in pages.items():
        assert words in browser.get(path).content.decode(), path
