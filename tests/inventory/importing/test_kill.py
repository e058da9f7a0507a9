"""A worker is killed between any two steps of a load; another one goes on."""

import os
import signal
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections

from core.scope import bind, tenant_atomic
from inventory.models import Code
from inventory.services import importing
from inventory.services.importing import stretches
from inventory.services.importing.leases import LEASE
from inventory.states import ImportState
from tests.inventory.importing.factories import OWNER, checked, lines_of, open_file, reread
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def killed_at(point: str, *, job_id: int, tenant_id: int, now: datetime, folder: Path) -> bool:
    """Run the import in a process of its own that dies at the point; whether it did."""
    Path(folder, point).touch()
    connections.close_all()  # a child must not share the parent's connection
    child = os.fork()
    if child == 0:
        with bind(tenant_id):
            importing.run_import(job_id=job_id, now=now)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def test_a_load_killed_again_and_again_loads_each_code_once(shop, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(stretches, "LINES", 100)
    settings.FAILPOINTS_DIR = str(tmp_path)
    job = checked(open_file(lines_of(450) + lines_of(50)))
    importing.start_import(job_id=job.pk, by=OWNER, now=NOON)
    points = [
        "inventory.import_after_claim",
        "inventory.import_after_stretch",  # 20 % is loaded
        "inventory.import_in_stretch",
        "inventory.import_after_stretch",  # 40 %
        "inventory.import_after_stretch",
        "inventory.import_in_stretch",
        "inventory.import_after_stretch",  # 80 %
    ]

    now = NOON
    for point in points:
        given = {"job_id": job.pk, "tenant_id": shop.pk, "folder": tmp_path}
        assert killed_at(point, now=now, **given)
        now += LEASE + timedelta(seconds=5)
    half_way = reread(job)
    importing.run_import(job_id=job.pk, now=now)

    job = reread(job)
    assert half_way.done_lines == 400
    assert job.state == ImportState.DONE
    assert (job.counts["valid"], job.counts["duplicate_in_file"]) == (450, 50)
    with tenant_atomic():
        assert Code.objects.filter(batch=job.batch).count() == 450


def test_a_cancelled_load_keeps_what_it_has_and_goes_on_when_told(
    shop, settings, tmp_path, monkeypatch
):
    monkeypatch.setattr(stretches, "LINES", 10)
    settings.FAILPOINTS_DIR = str(tmp_path)
    job = checked(open_file(lines_of(30)))
    importing.start_import(job_id=job.pk, by=OWNER, now=NOON)
    given = {"job_id": job.pk, "tenant_id": shop.pk, "folder": tmp_path}
    assert killed_at("inventory.import_after_stretch", now=NOON, **given)

    importing.cancel_import(job_id=job.pk, by=OWNER, now=NOON)
    importing.run_import(job_id=job.pk, now=NOON + timedelta(minutes=1))
    stopped = reread(job)
    importing.resume_import(job_id=job.pk, by=OWNER, now=NOON)
    importing.run_import(job_id=job.pk, now=NOON)

    assert (stopped.state, stopped.counts["valid"]) == (ImportState.CANCELED, 10)
    assert (reread(job).state, reread(job).counts["valid"]) == (ImportState.DONE, 30)
