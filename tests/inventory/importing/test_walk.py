"""An import from the file to the shelf, and what may happen on the way."""

import csv
import io
import os
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.utils import timezone, translation

from core.errors import InvalidInput
from core.scope import bind, tenant_atomic
from core.uploads import SealedFile, seal_bytes
from inventory import selectors, tasks
from inventory import services as inventory
from inventory.errors import FileRefused, ImportBusy
from inventory.models import Code, ImportJob, ImportReport
from inventory.selectors import due_import_files, due_imports
from inventory.services import importing
from inventory.services.importing import checking, strays, stretches
from inventory.services.importing.columns import Field, Layout
from inventory.services.importing.jobs import locked
from inventory.services.importing.leases import claim
from inventory.states import ImportState
from tests.catalog.factories import make_sku
from tests.inventory.factories import a_hold
from tests.inventory.importing.factories import (
    OWNER,
    checked,
    lines_of,
    loaded,
    make_upload,
    make_workbook,
    open_file,
    reread,
)
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

FILE = (
    "卡号,卡密,有效期\r\n"
    "A001,SECRET-AAAA-0001,2027-12-31\r\n"
    "A002,SECRET-AAAA-0002,2027-12-31\r\n"
    "A001,SECRET-AAAA-0001,2027-12-31\r\n"  # again
    "A003,SECRET-AAAA-0003,2020-01-01\r\n"  # expired
    "A004,,2027-12-31\r\n"  # no code
    "\r\n"
    "A005,SECRET-AAAA-0005,永久\r\n"
).encode("gb18030")


def test_a_gb18030_table_is_checked_and_loaded(shop):
    job = open_file(FILE)

    run = importing.dry_run(job_id=job.pk, now=NOON)
    loaded(job)

    expected = {
        "lines": 6,
        "valid": 3,
        "duplicate_in_file": 1,
        "in_stock": 0,
        "sold_before": 0,
        "expired": 1,
        "malformed": 1,
        "reasons": {"duplicate_in_file": 1, "expired": 1, "empty": 1},
    }
    assert run.is_done
    assert run.counts == expected
    assert [line.number for line in run.refused] == [4, 5, 6]
    job = reread(job)
    assert (job.state, job.done_lines, job.total_lines) == (ImportState.DONE, 8, 8)
    assert {key: job.counts[key] for key in expected} == expected
    assert stock_of(job) == 3
    assert job.file_name == ""


def test_a_loaded_code_is_what_the_buyer_gets(shop):
    job = loaded(checked(open_file("Ａ001----ＳＥＣ\u200bＲＥＴ-1  \n")))

    with tenant_atomic():
        code = Code.objects.get(batch=job.batch)
        inventory.reserve(request=a_hold(job.sku), now=NOON)
        inventory.keep(item_id=1, now=NOON)
        (goods,) = inventory.read_goods(goods=inventory.sell(item_id=1, now=NOON))

    assert (goods.card_no.reveal(), goods.secret.reveal()) == ("A001", "SECRET-1")
    assert b"SECRET" not in bytes(code.secret)


def test_the_same_file_again_loads_nothing(shop):
    first = loaded(checked(open_file(lines_of(30))))

    again = checked(open_file(lines_of(30), sku=first.sku))

    assert again.check_counts["in_stock"] == 30
    with pytest.raises(ImportBusy), tenant_atomic():
        importing.start_import(job_id=again.pk, by=OWNER, now=NOON)
    assert stock_of(first) == 30
    assert importing.preview(job_id=again.pk).same_file_ref == first.ref


def test_a_loaded_code_is_known_under_any_spelling(shop):
    first = loaded(checked(open_file("SECRET-AAAA-0001\n")))
    spelt_anew = "卡号,卡密\nSN-1,SECRET-AAAA-0001\nSN-2,secret-aaaa-0001\n"

    again = checked(open_file(spelt_anew, sku=first.sku))

    assert (again.check_counts["valid"], again.check_counts["in_stock"]) == (0, 2)


def test_a_code_that_was_sold_is_told_from_one_in_stock(shop):
    first = loaded(checked(open_file(lines_of(2))))
    with tenant_atomic():
        inventory.reserve(request=a_hold(first.sku), now=NOON)
        inventory.keep(item_id=1, now=NOON)
        inventory.sell(item_id=1, now=NOON)

    again = checked(open_file(lines_of(3), sku=first.sku))

    assert again.check_counts["sold_before"] == 1
    assert again.check_counts["in_stock"] == 1
    assert again.check_counts["valid"] == 1


def test_an_undone_batch_may_be_loaded_again(shop):
    first = loaded(checked(open_file(lines_of(5))))

    with tenant_atomic():
        gone = inventory.undo_batch(batch_id=first.batch_id, by=OWNER, now=NOON)
    again = loaded(checked(open_file(lines_of(5), sku=first.sku)))

    assert gone == 5
    assert again.counts["valid"] == 5


def test_two_loads_of_the_same_file_at_once_load_each_code_once(shop, monkeypatch):
    monkeypatch.setattr(stretches, "LINES", 100)
    one = checked(open_file(lines_of(1000)))
    two = checked(open_file(lines_of(1000), sku=one.sku))
    ready = Barrier(2)

    def work(job: ImportJob) -> None:
        try:
            with bind(shop.pk):
                importing.start_import(job_id=job.pk, by=OWNER, now=NOON)
                ready.wait()
                importing.run_import(job_id=job.pk, now=NOON)
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=(job,)) for job in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    one, two = reread(one), reread(two)
    assert (one.state, two.state) == (ImportState.DONE, ImportState.DONE)
    assert one.counts["valid"] + two.counts["valid"] == 1000
    assert one.counts["in_stock"] + two.counts["in_stock"] == 1000
    assert stock_of(one) == 1000


def test_a_file_given_up_before_loading_is_deleted(shop):
    job = checked(open_file(lines_of(3)))
    sealed = SealedFile(name=job.file_name, key=b"")

    importing.cancel_import(job_id=job.pk, by=OWNER, now=NOON)

    assert reread(job).state == ImportState.CANCELED
    assert not sealed.path.exists()


def test_a_batch_undone_during_its_load_gets_nothing_more(shop):
    job = checked(open_file(lines_of(3)))
    importing.start_import(job_id=job.pk, by=OWNER, now=NOON)
    job = reread(job)
    inventory.undo_batch(batch_id=job.batch_id, by=OWNER, now=NOON)

    importing.run_import(job_id=job.pk, now=NOON)

    assert reread(job).state == ImportState.CANCELED
    assert stock_of(job) == 0
    with pytest.raises(ImportBusy):
        importing.resume_import(job_id=job.pk, by=OWNER, now=NOON)


def test_a_large_file_is_checked_by_a_worker(shop, monkeypatch):
    monkeypatch.setattr(checking, "AT_ONCE", 10)
    monkeypatch.setattr(stretches, "LINES", 10)
    job = open_file(lines_of(25) + lines_of(5))

    first = importing.dry_run(job_id=job.pk, now=NOON)
    due = due_imports(now=NOON, limit=10)
    importing.run_import(job_id=job.pk, now=NOON)
    second = importing.dry_run(job_id=job.pk, now=NOON)

    assert not first.is_done
    assert due == [(shop.pk, job.pk)]
    assert second.is_done
    assert (second.counts["valid"], second.counts["duplicate_in_file"]) == (25, 5)


def test_the_sweepers_task_loads_for_the_tenant_in_its_header(shop):
    job = checked(open_file(lines_of(3)))
    importing.start_import(job_id=job.pk, by=OWNER, now=NOON)
    ((tenant_id, job_id),) = due_imports(now=NOON, limit=10)

    headers = {"tenant_id": tenant_id}
    tasks.run_import.apply(kwargs={"job_id": job_id}, headers=headers).get()

    assert reread(job).state == ImportState.DONE


def test_an_import_whose_file_is_gone_fails_and_says_so(shop):
    job = checked(open_file(lines_of(3)))
    importing.start_import(job_id=job.pk, by=OWNER, now=NOON)
    SealedFile(name=job.file_name, key=b"").delete()

    importing.run_import(job_id=job.pk, now=NOON)

    assert (reread(job).state, reread(job).failure) == (ImportState.FAILED, "file_unreadable")
    assert stock_of(job) == 0


def test_a_file_left_lying_for_a_week_is_deleted(shop):
    job = checked(open_file(lines_of(3)))
    sealed = SealedFile(name=job.file_name, key=b"")

    early = due_import_files(now=NOON + timedelta(days=6), limit=10)
    late = due_import_files(now=NOON + timedelta(days=8), limit=10)
    inventory.forget_import_file(job_id=job.pk)

    assert (early, late) == ([], [(shop.pk, job.pk)])
    assert not sealed.path.exists()


def test_a_file_that_no_import_knows_is_deleted_after_a_day(shop, settings, tmp_path):
    settings.UPLOADS_DIR = tmp_path
    known, stray, fresh = open_file(lines_of(3)).file_name, seal_bytes(b"S").name, seal_bytes(b"S")
    other = tmp_path / "README"
    other.touch()
    for name in (known, stray, other.name):
        os.utime(tmp_path / name, times=(NOON.timestamp(), NOON.timestamp()))
    os.utime(fresh.path, times=(NOON.timestamp() + 7200, NOON.timestamp() + 7200))

    early = inventory.forget_stray_files(NOON + timedelta(hours=23))
    late = inventory.forget_stray_files(NOON + timedelta(hours=25))

    assert (early, late) == (0, 1)
    assert {file.name for file in tmp_path.iterdir()} == {known, fresh.name, "README"}


def test_so_many_stray_files_are_deleted_at_a_time(shop, settings, tmp_path, monkeypatch):
    settings.UPLOADS_DIR = tmp_path
    monkeypatch.setattr(strays, "AT_ONCE", 2)
    monkeypatch.setattr(selectors, "_NAMES_ASKED", 1)
    for _unused in range(3):
        seal_bytes(b"S")
    later = timezone.now() + timedelta(days=2)

    gone = [inventory.forget_stray_files(later) for _unused in range(3)]

    assert gone == [2, 1, 0]


def test_while_one_worker_has_it_another_does_nothing(shop):
    job = checked(open_file(lines_of(3)))
    importing.start_import(job_id=job.pk, by=OWNER, now=NOON)
    held_elsewhere(job)

    importing.run_import(job_id=job.pk, now=NOON)

    assert reread(job).state == ImportState.RUNNING
    assert stock_of(reread(job)) == 0


def test_a_worker_does_not_wait_for_one_whose_lease_ran_out(shop):
    job = checked(open_file(lines_of(3)))
    importing.start_import(job_id=job.pk, by=OWNER, now=NOON)
    leases = []

    def claim_elsewhere() -> None:
        try:
            with bind(shop.pk):
                leases.append(claim(job.pk, now=NOON + timedelta(minutes=5)))
        finally:
            connections.close_all()

    with tenant_atomic():
        locked(job.pk)  # the other one is in the middle of a stretch
        second = Thread(target=claim_elsewhere)
        second.start()
        second.join(20)
        found = list(leases)
    second.join()

    assert found == [None]


def test_a_workbook_is_loaded_without_what_excel_has_spoilt(shop):
    rows = [["卡号", "密码"], ["0012", "SECRET-0001"], ["0013", 1234567890123456]]

    job = loaded(checked(open_file(make_workbook(rows))))

    assert job.counts["reasons"] == {"lost_digits": 1}
    assert stock_of(job) == 1


def test_the_preview_masks_codes_and_marks_what_was_cleaned(shop):
    job = open_file("卡号,卡密,有效期\nA001, ＳECRETSECRET0001 ,2027-12-31\nA002,,2027-12-31\n")

    preview = importing.preview(job_id=job.pk)

    assert preview.header == ("卡号", "卡密", "有效期")
    assert [line.number for line in preview.lines] == [2, 3]
    secret = preview.lines[0].cells[1]
    assert (secret.text, secret.length) == ("SECR••••0001", 16)
    assert secret.marks == ("trimmed", "full_width")
    assert preview.lines[0].cells[2].text == "2027-12-31"
    assert preview.lines[1].reason == "empty"


def test_the_preview_shows_notes_and_masks_what_may_be_a_code(shop):
    job = open_file(
        "卡号,卡密,备注,成本,门店\n"
        "CARDCARD00000001,SECRETSECRET0001,优酷年卡 11 月,9.80,STOREHOUSE000001\n"
        "CARDCARD00000002,SECRETSECRET0002,url?c=SECRETSECRET0002,9.80,STOREHOUSE000002\n"
    )

    (plain, telling) = importing.preview(job_id=job.pk).lines

    assert [cell.text for cell in plain.cells] == [
        "CARD••••0001", "SECR••••0001", "优酷年卡 11 月", "9.80", "STOR••••0001",
    ]  # fmt: skip
    assert [cell.is_masked for cell in plain.cells] == [True, True, False, False, True]
    assert telling.cells[2].text == "url?••••0002"


def test_a_choice_is_remembered_for_the_next_file_of_its_make(shop):
    job = open_file("X001,SECRET-0001,Z\nX002,SECRET-0002,Z\n")
    columns = (Field.SECRET, Field.CARD_NO, Field.IGNORED)
    layout = Layout(delimiter=",", has_header=False, columns=columns)
    choice = importing.ImportChoice(layout=layout)

    importing.choose(job_id=job.pk, choice=choice, by=OWNER, now=NOON)

    other = open_file("X003,SECRET-0003,Z\nX004,SECRET-0004,Z\n")
    assert other.layout == layout.as_json()


def test_a_choice_without_a_code_column_is_refused(shop):
    job = open_file("X001,SECRET-0001\n")
    layout = Layout(delimiter=",", has_header=False, columns=(Field.CARD_NO, Field.IGNORED))

    with pytest.raises(InvalidInput):
        importing.choose(
            job_id=job.pk, choice=importing.ImportChoice(layout=layout), by=OWNER, now=NOON
        )

    assert reread(job).layout["columns"] == ["card_no", "secret"]


def test_a_load_that_has_begun_is_not_taken_back_to_its_columns(shop):
    job = checked(open_file(lines_of(3)))
    importing.start_import(job_id=job.pk, by=OWNER, now=NOON)

    with pytest.raises(ImportBusy):
        importing.reopen_import(job_id=job.pk, by=OWNER, now=NOON)

    assert reread(job).state == ImportState.RUNNING


def test_the_skus_format_decides_what_a_code_is(shop):
    sku = make_in_scope(code_format={"secret": {"pattern": "[A-Z]{4}-[0-9]{8}"}})

    job = checked(open_file("CODE-00000001\nCODE_00000002\n", sku=sku))

    assert job.check_counts["reasons"] == {"secret_format": 1}


def test_a_column_of_costs_gives_the_batch_their_mean(shop):
    job = loaded(checked(open_file("卡密,成本\nSECRET-0001,9.50\nSECRET-0002,10.50\n")))

    with tenant_atomic():
        assert job.batch.cost_e4 == 100_000


def test_the_error_file_names_lines_and_reasons_and_no_code(shop):
    job = checked(open_file("卡号,卡密\n" + "=CMD00000000000001,SECRETSECRET0001\n" * 3))

    body = b"".join(importing.error_file(job_id=job.pk))

    table = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert [row[0] for row in table[1:]] == ["3", "4"]
    assert table[1][2:] == ["'=CMD••••0001", "SECR••••0001"]
    assert b"SECRETSECRET" not in body
    with tenant_atomic():
        stored = b"".join(bytes(report.body) for report in ImportReport.objects.all())
    assert b"SECR" not in stored


@pytest.mark.parametrize("body", [b"", b"  \r\n", b"%PDF-1.7 ...", b"\xd0\xcf\x11\xe0rubbish"])
def test_a_file_nobody_can_read_is_refused_and_deleted(shop, body):
    upload = make_upload(body)

    with pytest.raises(FileRefused):
        importing.open_import(sku_id=make_in_scope().pk, upload=upload, by=OWNER, now=NOON)

    assert not upload.sealed.path.exists()


def test_the_error_file_comes_in_stretches_and_says_how_many_it_leaves_out(shop, monkeypatch):
    monkeypatch.setattr(stretches, "LINES", 10)
    monkeypatch.setattr(checking, "MOST_LINES", 25)
    job = checked(open_file("卡密,有效期\n" + "".join(f"S-{n},2020-01-01\n" for n in range(45))))

    with translation.override("en"):
        pieces = list(importing.error_file(job_id=job.pk))

    head, *tables, tail = [piece.decode("utf-8-sig").splitlines() for piece in pieces]
    assert head == ["Line,Reason,Card number,Code"]
    assert [len(table) for table in tables] == [10, 10, 10]
    assert [table[0].split(",")[0] for table in tables] == ["2", "12", "22"]
    assert tail == [",15 more lines are not listed."]
    with tenant_atomic():
        assert importing.count_unlisted(job) == 15


WITHOUT_CODES = {
    "a header alone": ("卡号,卡密\r\n,\r\n".encode("gb18030"), "header line"),
    "separators alone": (b"\xef\xbb\xbf \r\n,,\r\n\t\r\n", "only empty lines"),
    "blank lines in UTF-16": ("\r\n \r\n".encode("utf-16"), "only empty lines"),
    "blank lines alone": (b"\n \n", "only empty lines"),
    "no byte": (b"", "is empty"),
    "an empty workbook": (make_workbook([]), "first sheet"),
    "a workbook of blanks": (make_workbook([["", " "], [None, ""]]), "first sheet"),
    "a workbook's header": (make_workbook([["卡号", "卡密"]]), "header line"),
}


@pytest.mark.parametrize(("body", "why"), WITHOUT_CODES.values(), ids=WITHOUT_CODES.keys())
def test_a_file_without_a_code_is_refused_at_once(shop, body, why):
    upload, sku = make_upload(body), make_in_scope()

    with pytest.raises(FileRefused) as refusal, translation.override("en"):
        importing.open_import(sku_id=sku.pk, upload=upload, by=OWNER, now=NOON)

    assert why in str(refusal.value.message)
    assert not upload.sealed.path.exists()


def test_a_file_and_a_paste_together_are_refused(shop):
    upload = make_upload(b"S-0001\n")

    with pytest.raises(InvalidInput) as refusal:
        importing.open_import(
            sku_id=make_in_scope().pk, upload=upload, text="S-0002", by=OWNER, now=NOON
        )

    assert refusal.value.param == "text"
    with tenant_atomic():
        assert not ImportJob.objects.exists()


def test_a_paste_is_a_file_too(shop):
    sku = make_in_scope()

    job = importing.open_import(sku_id=sku.pk, text="S-0001\nS-0002\n", by=OWNER, now=NOON)

    assert checked(job).check_counts["valid"] == 2


@tenant_atomic
def held_elsewhere(job: ImportJob) -> None:
    """Another worker has it, as far as the row shows."""
    ImportJob.objects.filter(pk=job.pk).update(lease_until=NOON + timedelta(seconds=20))


@tenant_atomic
def make_in_scope(**fields):
    return make_sku(**fields)


@tenant_atomic
def stock_of(job: ImportJob) -> int:
    return Code.objects.filter(sku_id=job.sku_id).count()
