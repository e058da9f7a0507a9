"""The tenants' wrapped keys: making the first ones, adding a version, re-wrapping."""

import os
from dataclasses import dataclass

from core.crypto import KEY_BYTES, master_keys, unwrap, wrap
from core.models import DataKey
from core.scope import require_tenant, tenant_atomic


@dataclass(frozen=True, slots=True)
class TenantKeys:
    data: dict[int, bytes]
    index: bytes


def ensure_keys() -> TenantKeys:
    """All keys of the bound tenant, unwrapped; the first pair is made when there is none."""
    rows = list(DataKey.objects.all())
    if not rows:
        # Two processes may both find nothing: the unique version lets one pair win.
        DataKey.objects.bulk_create(
            [_new(DataKey.DATA, 1), _new(DataKey.INDEX, 1)], ignore_conflicts=True
        )
        rows = list(DataKey.objects.all())
    opened = {(row.purpose, row.version): _open(row) for row in rows}
    data = {version: key for (purpose, version), key in opened.items() if purpose == DataKey.DATA}
    return TenantKeys(data=data, index=opened[DataKey.INDEX, 1])


@tenant_atomic
def add_data_key() -> int:
    """A new data key version for the bound tenant; new secrets use it from now on."""
    newest = DataKey.objects.filter(purpose=DataKey.DATA).order_by("-version").first()
    version = newest.version + 1 if newest else 1
    _new(DataKey.DATA, version).save(force_insert=True)
    return version


@tenant_atomic
def rewrap_keys() -> int:
    """Wrap the bound tenant's keys with the newest master key; returns how many were changed."""
    stale = list(DataKey.objects.exclude(master=max(master_keys())).select_for_update(no_key=True))
    for row in stale:
        row.wrapped, row.master = wrap(_open(row), label=_label(row))
        row.save(update_fields=["wrapped", "master"])
    return len(stale)


def _new(purpose: str, version: int) -> DataKey:
    row = DataKey(purpose=purpose, version=version)
    row.wrapped, row.master = wrap(os.urandom(KEY_BYTES), label=_label(row))
    return row


def _open(row: DataKey) -> bytes:
    return unwrap(bytes(row.wrapped), number=row.master, label=_label(row))


def _label(row: DataKey) -> str:
    return f"{require_tenant()}|{row.purpose}|{row.version}"
