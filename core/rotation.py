"""Key rotation on line: re-wrap the data keys, then re-encrypt what an old data key sealed.

Resumable by nature: a row is done when its ciphertext names the newest key version, so a killed run
starts again where it stopped. Each batch is one short transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass

from core.crypto import Place, forget_keys, key_version, sealer
from core.datakeys import add_data_key, rewrap_keys
from core.failpoints import reach
from core.scope import TenantModel, bind, tenant_atomic

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of ciphertext; its model has a `uid` that the ciphertext is bound to."""

    model: type[TenantModel]
    field: str
    place: Place


_columns: list[SealedColumn] = []


def sealed_column(model: type[TenantModel], field: str, *, place: Place) -> None:
    """Have `model.field` re-encrypted by `rotate_keys`; called from config.wiring only."""
    _columns.append(SealedColumn(model=model, field=field, place=place))


def rotate_tenant(*, tenant_id: int, new_key: bool, said: Callable[[str], None]) -> None:
    """Re-wrap one tenant's keys and, with `new_key`, start a new data key; then re-encrypt."""
    with bind(tenant_id):
        rewrap_keys()
        if new_key:
            add_data_key()
        forget_keys()
        for column in _columns:
            said(f"{column.place.table}.{column.field}: {_reseal_all(column)} re-encrypted")


def _reseal_all(column: SealedColumn) -> int:
    done, after = 0, 0
    while (found := _reseal_batch(column, after=after)) is not None:
        after, changed = found
        done += changed
        reach("rotation.after_batch")
    return done


@tenant_atomic(durable=True)
def _reseal_batch(column: SealedColumn, *, after: int) -> tuple[int, int] | None:
    rows: list[TenantModel] = list(
        column.model.objects.filter(pk__gt=after)
        .order_by("pk")
        .select_for_update(no_key=True)[:BATCH]
    )
    if not rows:
        return None
    keys = sealer()
    stale = [row for row in rows if _is_stale(getattr(row, column.field), keys.current)]
    for row in stale:
        uid = row.uid  # type: ignore[attr-defined]  # -- every sealed model has one
        text = keys.open(getattr(row, column.field), place=column.place, uid=uid)
        setattr(row, column.field, keys.seal(text, place=column.place, uid=uid))
    if stale:
        column.model.objects.bulk_update(stale, [column.field])
    return int(rows[-1].pk), len(stale)


def _is_stale(sealed: bytes | None, current: int) -> bool:
    return bool(sealed) and key_version(bytes(sealed or b"")) != current


def open_newest(*, tenant_id: int, most: int) -> int:
    """Open so many of each column's newest texts; how many there were, or CannotDecrypt."""
    with bind(tenant_id), tenant_atomic():
        return sum(_open_column(column, most=most) for column in _columns)


def _open_column(column: SealedColumn, *, most: int) -> int:
    keys, some = sealer(), column.model.objects.exclude(**{column.field: None})
    texts = [
        keys.open(getattr(row, column.field), place=column.place, uid=row.uid)  # type: ignore[attr-defined]  # -- every sealed model has one
        for row in some.order_by("-pk")[:most]
        if getattr(row, column.field)
    ]
    return len(texts)
