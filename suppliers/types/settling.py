"""What a supplier bills, is paid for, and where its books and ours differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundBreak:
    """Where our books and a supplier's differ, as a comparison has found it."""

    kind: str
    number: str = ""
    supplier_ref: str = ""
    ours_e4: int | None = None
    theirs_e4: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BillFile:
    """What a supplier sent as its bill for these days. `mapping` says which column (from 0) holds
    what, where the header's words do not; `skips_bad`: lines that cannot be read are left out."""

    name: str
    body: bytes
    since: date
    until: date
    mapping: Mapping[str, int] | None = None
    skips_bad: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """A bank's slip; its `kind` is found by its first bytes when it is kept."""

    name: str
    body: bytes
    kind: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPayment:
    """Money that was sent to a supplier; `counts_on` none: in the cycle in which it was paid."""

    amount_e4: int
    paid_on: date
    how: str
    ref: str
    counts_on: date | None = None
    note: str = ""
    proof: Proof | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Purchase:
    """What a supplier is paid for: `unit_id` is the thing's key on a higher floor."""

    attempt_id: int
    unit_id: int
    number: str
    supplier_ref: str
    cost_e4: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What a sandbox's supplier plays for a SKU, under its own name for it, and what it takes."""

    product: str
    cost_e4: int
