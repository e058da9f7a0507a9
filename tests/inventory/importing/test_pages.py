"""The wizard in the back office, from the upload to the refused lines."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.scope import tenant_atomic
from core.uploads import SealedFile
from inventory.models import Code, ImportJob
from inventory.services import importing
from tests.catalog.factories import make_sku
from tests.dashboard.people import browser_of

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

FILE = "卡号,卡密,有效期\r\nA001,SECRETSECRET0001,永久\r\nA002,SECRETSECRET0002,2020-01-01\r\n"


def test_an_operator_uploads_looks_checks_and_loads(shop):
    browser = browser_of(shop, "operator")
    with tenant_atomic():
        sku = make_sku()

    sent = {"sku": sku.pk, "file": SimpleUploadedFile("codes.csv", FILE.encode("gb18030"))}
    page = browser.post("/office/imports/", sent).url
    looked = browser.get(page)
    columns = ["card_no", "secret", "expires_on"]
    given = {f"column{at}": name for at, name in enumerate(columns)} | {"width": 3}
    given |= {"delimiter": ",", "has_header": "on", "encoding": "gb18030", "then": "check"}
    browser.post(f"{page}choose/", given)
    checked = browser.get(page)
    browser.post(f"{page}start/")
    with tenant_atomic():
        job = ImportJob.objects.get()
    importing.run_import(job_id=job.pk, now=timezone.now())
    result = browser.get(page)
    refused = browser.get(f"{page}refused.csv").getvalue().decode("utf-8-sig")

    for answer in (looked, checked, result):
        assert answer.status_code == 200
        assert b"SECRETSECRET" not in answer.content
    assert "SECRETSECRET" not in refused
    assert "SECR••••0001" in looked.content.decode()
    with tenant_atomic():
        assert Code.objects.filter(sku=sku).count() == 1
    assert refused.splitlines()[1].startswith("3,")


def test_a_file_and_a_paste_together_are_refused_and_the_text_stays(shop, settings, tmp_path):
    settings.UPLOADS_DIR = tmp_path
    browser = browser_of(shop, "operator")
    with tenant_atomic():
        sku = make_sku()
    file = SimpleUploadedFile("codes.csv", FILE.encode())

    answer = browser.post("/office/imports/", {"sku": sku.pk, "file": file, "text": "PASTED-0001"})

    page = answer.content.decode()
    assert "Load a file or pasted codes, not both at once. The text is still in the box" in page
    assert "PASTED-0001" in page
    assert list(tmp_path.iterdir()) == []
    with tenant_atomic():
        assert not ImportJob.objects.exists()


def test_a_header_alone_is_told_where_it_was_typed(shop, settings, tmp_path):
    settings.UPLOADS_DIR = tmp_path
    browser = browser_of(shop, "operator")
    with tenant_atomic():
        sku = make_sku()

    pasted = browser.post("/office/imports/", {"sku": sku.pk, "text": "卡号,卡密\n"})
    file = SimpleUploadedFile("codes.csv", "卡号,卡密\n".encode())
    uploaded = browser.post("/office/imports/", {"sku": sku.pk, "file": file})

    for answer, place in ((pasted, "text"), (uploaded, "file")):
        (why,) = answer.context["form"].errors[place]
        assert why == "No codes were found: there is a header line, and nothing below it."
    assert list(tmp_path.iterdir()) == []


def test_an_uploaded_file_stays_while_its_import_waits(shop, settings, tmp_path):
    settings.UPLOADS_DIR = tmp_path
    browser = browser_of(shop, "operator")
    with tenant_atomic():
        sku = make_sku()

    browser.post("/office/imports/", {"sku": sku.pk, "file": SimpleUploadedFile("a.csv", b"S-1\n")})

    with tenant_atomic():
        job = ImportJob.objects.get()
    assert [file.name for file in tmp_path.iterdir()] == [job.file_name]


def test_after_the_check_the_columns_can_be_changed_and_nothing_typed_is_lost(shop):
    browser = browser_of(shop, "operator")
    with tenant_atomic():
        sku = make_sku()
    page = browser.post("/office/imports/", {"sku": sku.pk, "text": "S-0001\nS-0001\n"}).url
    given = {"column0": "secret", "width": 1, "delimiter": "", "then": "check"}

    browser.post(f"{page}choose/", given | {"cost": "9.8", "supplier_name": "Star", "note": "Nov"})
    checked = browser.get(page)
    browser.post(f"{page}columns/")
    again = browser.get(page)

    assert checked.context["counts"]["duplicate_in_file"] == 1
    for kept in ('value="9.80"', 'value="Star"', 'value="Nov"'):
        assert kept in again.content.decode()
    with tenant_atomic():
        job = ImportJob.objects.get()
        assert (job.state, job.check_counts, job.reports.count()) == ("uploaded", {}, 0)


def test_why_a_load_failed_is_told_in_words(shop):
    browser = browser_of(shop, "operator")
    with tenant_atomic():
        sku = make_sku()
    page = browser.post("/office/imports/", {"sku": sku.pk, "text": "S-0001\n"}).url
    browser.get(page)
    given = {"column0": "secret", "width": 1, "delimiter": "", "then": "check"}
    browser.post(f"{page}choose/", given)
    browser.post(f"{page}start/")
    with tenant_atomic():
        job = ImportJob.objects.get()
    SealedFile(name=job.file_name, key=b"").delete()

    importing.run_import(job_id=job.pk, now=timezone.now())

    answer = browser.get(page).content.decode()
    assert "The file is gone or damaged. Load it again." in answer
    assert "file_unreadable" not in answer


def test_the_empty_table_can_be_fetched(shop):
    answer = browser_of(shop, "operator").get("/office/imports/template.xlsx")

    assert answer.status_code == 200
    assert answer.content.startswith(b"PK")
