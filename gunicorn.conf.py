"""What gunicorn does beside its command line: a folder for what its workers count (core.metrics).

Read before the code is loaded, from the folder that gunicorn is started in.
"""

import os
import shutil
import tempfile
from typing import Any

os.environ["PROMETHEUS_MULTIPROC_DIR"] = _folder = tempfile.mkdtemp(prefix="quanyi-metrics-")


def child_exit(_server: Any, worker: Any) -> None:
    from core.metrics import fold  # noqa: PLC0415 -- the folder must be named first

    fold(worker.pid)


def on_exit(_server: Any) -> None:
    shutil.rmtree(_folder, ignore_errors=True)
