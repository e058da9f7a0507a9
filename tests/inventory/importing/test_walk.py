"""An import from the file to the shelf."""

import pytest

from core.scope import tenant_atomic
from inventory.models import Code, ImportJob
from inventory.services import importing
from inventory.states import ImportState
from tests.inventory.importing.factories import OWNER, open_file
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
    with tenant_atomic():
        job = open_file(FILE)

    run = importing.dry_run(job_id=job.pk, now=NOON)
    importing.start_import(job_id=job.pk, by=OWNER, now=NOON)
    importing.run_import(job_id=job.pk, now=NOON)

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
    with tenant_atomic():
        job = ImportJob.objects.get(pk=job.pk)
        assert (job.state, job.done_lines, job.total_lines) == (ImportState.DONE, 8, 8)
        assert {key: job.counts[key] for key in expected} == expected
        assert Code.objects.filter(batch=job.batch).count() == 3
        assert job.file_name == ""
