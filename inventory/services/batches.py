"""Batches: opened, filled, moved. What is done to all their codes is in modules of its own."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import InvalidInput
from core.scope import tenant_atomic
from core.states import check_move
from inventory.models import NEVER, Batch, BatchMove, Code
from inventory.sealing import CodeSealer
from inventory.states import BATCH_MOVES, BatchState
from inventory.types import Added, NewBatch, NewCode
from tenants import audit

CHUNK = 5_000
AT_ONCE = 1_000  # so many codes are moved or deleted within the request


@tenant_atomic
def open_batch(*, given: NewBatch, by: Actor, now: datetime) -> Batch:
    if given.cost_e4 < 0:
        raise InvalidInput(_("A cost is not negative."), param="cost")
    batch = Batch.objects.create(
        sku_id=given.sku_id,
        supplier_name=given.supplier_name.strip()[:80],
        cost_e4=given.cost_e4,
        note=given.note.strip()[:200],
        expires_on=given.expires_on or NEVER,
        file_hash=given.file_hash,
        made_by=by.label[:120],
        made_at=now,
    )
    _remember(batch, old="", by=by, reason="opened", now=now)
    return batch


@tenant_atomic
def add_codes(*, given: NewBatch, codes: Iterable[NewCode], by: Actor, now: datetime) -> Added:
    """A new batch from codes at hand, for small numbers; the importer streams large ones.

    Codes that the SKU has had before, in stock or sold, are left out and counted.
    """
    batch = open_batch(given=given, by=by, now=now)
    fresh = _new_codes(batch, codes, now=now)
    known_before = set(
        Code.objects.filter(sku_id=given.sku_id, index_hash__in=fresh).values_list(
            "index_hash", flat=True
        )
    )
    seen = {bytes(index_hash) for index_hash in known_before}
    rows = [code for index_hash, code in fresh.items() if index_hash not in seen]
    Code.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)
    added = Code.objects.filter(batch=batch).count()
    return Added(batch_id=batch.pk, added=added, known=len(fresh) - added)


def _new_codes(batch: Batch, codes: Iterable[NewCode], *, now: datetime) -> dict[bytes, Code]:
    """Sealed rows by their index hash, so that a code given twice is there once."""
    keys, fresh = CodeSealer(), {}
    for code in codes:
        uid = uuid4()
        card_no = code.card_no.reveal() if code.card_no else ""
        sealed = keys.seal(card_no=card_no, secret=code.secret.reveal(), uid=uid)
        fresh[sealed.index_hash] = Code(
            uid=uid,
            sku_id=batch.sku_id,
            batch=batch,
            card_no=sealed.card_no,
            secret=sealed.secret,
            index_hash=sealed.index_hash,
            secret_hash=sealed.secret_hash,
            expires_on=code.expires_on or batch.expires_on,
            loaded_at=now,
        )
    return fresh


def locked(batch_id: int) -> Batch:
    batch: Batch = Batch.objects.select_for_update(no_key=True).get(pk=batch_id)
    return batch


def begin(
    batch: Batch, new: BatchState, *, codes: int, by: Actor, reason: str, now: datetime
) -> None:
    """Leave a locked batch's codes to a worker, which the sweeper starts within a second."""
    move(batch, new, by=by, reason=reason, now=now, data={"codes": codes})
    batch.done, batch.lease_until = 0, now
    batch.save(update_fields=["done", "lease_until"])


def move(
    batch: Batch,
    new: BatchState,
    *,
    by: Actor,
    reason: str,
    now: datetime,
    data: Mapping[str, int] | None = None,
) -> None:
    """Move a locked batch, or raise MoveRefused; history and audit rows go with it."""
    old = BatchState(batch.state)
    check_move(BATCH_MOVES, old, new)
    batch.state = new
    batch.save(update_fields=["state"])
    _remember(batch, old=old, by=by, reason=reason, now=now, data=data)


def _remember(
    batch: Batch,
    *,
    old: str,
    by: Actor,
    reason: str,
    now: datetime,
    data: Mapping[str, int] | None = None,
) -> None:
    BatchMove.objects.create(
        batch=batch,
        old=old,
        new=batch.state,
        by=by.label[:80],
        reason=reason[:60],
        data=dict(data or {}),
        at=now,
    )
    audit.record(
        by=by,
        action=f"batch.{batch.state}",
        target=f"batch:{batch.ref}",
        reason=reason,
        data=dict(data or {}),
        now=now,
    )
