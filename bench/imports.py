"""A million lines from an uploaded file into stock: GB18030, CRLF, 10 % duplicates, 1 % bad.

The worker's task runs in a process of its own, whose peak memory is what the system says; another
looks at the job's row, as the progress page does.
"""

import random
import resource
import threading
import time
from collections.abc import Iterator

from bench.goods import Goods, make_goods
from bench.processes import crew
from bench.report import Report

LINES = 1_000_000
CHUNK = 20_000
PACE = 0.1


def run(report: Report) -> None:
    goods = make_goods(codes=1000)
    job_id = _upload(goods)
    with crew(1) as together:
        _start(goods, job_id, verb="check")
        checked, _peak = together(work_on, [(goods, job_id)])[0]
        _start(goods, job_id, verb="load")
        watch = _Watch(goods, job_id)
        watch.start()
        loaded, peak_mb = together(work_on, [(goods, job_id)])[0]
        watch.is_over.set()
        watch.join()
    counts = _check_done(goods, job_id)
    report.add("import_1m_seconds", loaded, "s", f"load of 1,000,000 lines: {counts}")
    report.add("import_1m_check_seconds", checked, "s", "the dry run before it")
    report.add("import_1m_rss_mb", peak_mb, "MB", "peak of the worker's process")
    report.add("import_1m_longest_gap_seconds", watch.longest_gap, "s", "between two progresses")


def work_on(goods: Goods, job_id: int) -> tuple[float, float]:
    """Seconds the worker's task took, and the peak memory of its process in MB."""
    from django.utils import timezone  # noqa: PLC0415 -- after django.setup()

    from core.scope import bind  # noqa: PLC0415
    from inventory.services import importing  # noqa: PLC0415

    began = time.monotonic()
    with bind(goods.tenant_id):
        importing.run_import(job_id=job_id, now=timezone.now())
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return time.monotonic() - began, peak_kb / 1024


class _Watch(threading.Thread):
    """Looks at the job's progress, as the page does, for the longest time without any."""

    def __init__(self, goods: Goods, job_id: int) -> None:
        super().__init__(daemon=True)
        self._goods, self._job_id = goods, job_id
        self.is_over = threading.Event()
        self.longest_gap = 0.0

    def run(self) -> None:
        seen, since = -1, time.monotonic()
        while not self.is_over.wait(PACE):
            done = _job(self._goods, self._job_id).done_lines
            if done != seen:
                self.longest_gap = max(self.longest_gap, time.monotonic() - since)
                seen, since = done, time.monotonic()


def _upload(goods: Goods) -> int:
    from django.utils import timezone  # noqa: PLC0415 -- after django.setup()

    from core.actors import SYSTEM  # noqa: PLC0415
    from core.scope import bind  # noqa: PLC0415
    from core.uploads import SealedUpload, SealedWriter  # noqa: PLC0415
    from inventory.services import importing  # noqa: PLC0415

    writer = SealedWriter()
    for chunk in _file():
        writer.write(chunk)
    sealed = writer.close()
    upload = SealedUpload(sealed=sealed, name="codes.csv", size=writer.size, content_type="")
    with bind(goods.tenant_id):
        job = importing.open_import(
            sku_id=goods.sku_id, upload=upload, by=SYSTEM, now=timezone.now()
        )
    return job.pk


def _file() -> Iterator[bytes]:
    dice = random.Random(7)  # noqa: S311 -- the same file each time
    yield "卡号,卡密,备注\r\n".encode("gb18030")
    for start in range(0, LINES, CHUNK):
        lines = [_line(number, dice) for number in range(start, start + CHUNK)]
        yield "".join(lines).encode("gb18030")


def _line(number: int, dice: random.Random) -> str:
    fate = dice.random()
    if fate < 0.01:
        return f"NO{number:09d},,缺卡密\r\n"
    if fate < 0.11 and number:
        number = dice.randrange(number)
    return f"NO{number:09d},QY{number * 7919:012X}{number:08X},优酷年卡\r\n"


def _start(goods: Goods, job_id: int, *, verb: str) -> None:
    from django.utils import timezone  # noqa: PLC0415 -- after django.setup()

    from core.actors import SYSTEM  # noqa: PLC0415
    from core.scope import bind  # noqa: PLC0415
    from inventory.services import importing  # noqa: PLC0415

    with bind(goods.tenant_id):
        if verb == "check":
            importing.dry_run(job_id=job_id, now=timezone.now())
        else:
            importing.start_import(job_id=job_id, by=SYSTEM, now=timezone.now())


def _job(goods: Goods, job_id: int):  # type: ignore[no-untyped-def]  # -- a model, known after setup
    from core.scope import bind, tenant_atomic  # noqa: PLC0415 -- after django.setup()
    from inventory.models import ImportJob  # noqa: PLC0415

    with bind(goods.tenant_id), tenant_atomic():
        return ImportJob.objects.get(pk=job_id)


def _check_done(goods: Goods, job_id: int) -> str:
    job = _job(goods, job_id)
    told = job.counts["valid"] + sum(job.counts["reasons"].values())
    if job.state != "done" or told != LINES:
        raise SystemExit(f"the import ended {job.state} with {told} lines accounted for")
    return f"{job.counts['valid']:,} codes"
