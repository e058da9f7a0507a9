"""What a worker does to a batch, and how the batch looks from outside."""

import os
import signal
from pathlib import Path

from django.db import connections

from core.scope import bind, tenant_atomic
from inventory import services as inventory
from inventory.models import Batch, BatchMove
from inventory.selectors import counts_of_batches
from tests.times import MORNING


def killed_after_a_stretch(batch: Batch, folder: Path) -> bool:
    """Go through it in a process of its own that dies at the point; whether it did."""
    Path(folder, "inventory.batch_after_stretch").touch()
    connections.close_all()  # a child must not share the parent's connection
    child = os.fork()
    if child == 0:
        with bind(batch.tenant_id):
            inventory.go_through_batch(batch_id=batch.pk, now=MORNING)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@tenant_atomic
def state_of(batch: Batch) -> str:
    return str(Batch.objects.values_list("state", flat=True).get(pk=batch.pk))


@tenant_atomic
def counts_of(batch: Batch) -> dict[str, int]:
    return counts_of_batches(batch_ids=[batch.pk]).get(batch.pk, {})


@tenant_atomic
def moves_of(batch: Batch) -> list[tuple[str, str, dict[str, int]]]:
    """(new state, why, counts) since it was opened."""
    moves = BatchMove.objects.filter(batch=batch).order_by("pk")
    return list(moves.values_list("new", "reason", "data"))[1:]
