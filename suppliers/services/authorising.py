"""Brand authorisations: the paper that allows us to sell, sealed as it came, and its days."""

import base64
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.crypto import seal, unseal
from core.scope import tenant_atomic
from core.uploads import SealedUpload, open_bytes
from suppliers.errors import SupplierUnfit
from suppliers.models import PAPER_KEY, Authorisation, Paper
from suppliers.services.papers import MOST_PAPER, find_kind, is_too_large
from tenants import audit

FIELDS = ("brand_id", "number", "since", "until")
LONGEST = 80
FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)


@tenant_atomic
def authorise(
    *, supplier_id: int, given: Mapping[str, Any], paper: SealedUpload, by: Actor, now: datetime
) -> Authorisation:
    """A brand may be sold as it comes from this supplier; raises SupplierUnfit, naming the field.

    `given` has brand_id, number, since and until. `paper` is a PDF, JPG or PNG of at most 5 MB.
    """
    row = Authorisation(uid=uuid4(), supplier_id=supplier_id, made_at=now)
    _fill(row, given)
    body = _take(row, paper)
    row.save()
    Paper.objects.create(authorisation=row, body=body)
    _record(row, "authorisation.made", by=by, now=now)
    return row


@tenant_atomic
def change_authorisation(
    *,
    authorisation_id: int,
    given: Mapping[str, Any],
    paper: SealedUpload | None = None,
    by: Actor,
    now: datetime,
) -> Authorisation:
    """Put right what was typed wrong, or end it; a `paper` takes the place of the one before."""
    row = Authorisation.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=authorisation_id
    )
    _fill(row, given)
    if paper is not None:
        Paper.objects.filter(authorisation=row).update(body=_take(row, paper))
    row.save()
    action = "authorisation.changed" if paper is None else "authorisation.paper"
    _record(row, action, by=by, now=now)
    return row


@tenant_atomic
def read_paper(*, paper: Paper, by: Actor, now: datetime) -> bytes:
    """The file as it was uploaded; who took it is noted."""
    row = paper.authorisation
    key = base64.b64decode(unseal(bytes(row.paper_key), place=PAPER_KEY, uid=row.uid))
    body = open_bytes(bytes(paper.body), key=key)
    _record(row, "authorisation.read", by=by, now=now)
    return body


def _fill(row: Authorisation, given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        if name not in FIELDS:
            raise SupplierUnfit(_("An authorisation has no such field."), param=name)
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    if not 1 <= len(row.number) <= LONGEST or "\0" in row.number:
        raise SupplierUnfit(_("Fill this in, in a few words."), param="number")
    for name in ("since", "until"):
        if not FIRST <= getattr(row, name) < LAST:
            raise SupplierUnfit(_("Choose a day of this century."), param=name)
    if row.until < row.since:
        raise SupplierUnfit(_("An authorisation ends after it begins."), param="until")


def _take(row: Authorisation, paper: SealedUpload) -> bytes:
    """The paper as the row keeps it, and its key in the row."""
    clear = paper.read_all(most=MOST_PAPER)
    if is_too_large(clear):
        raise SupplierUnfit(_("The paper is larger than 5 MB."), param="paper")
    kind = find_kind(clear)
    if kind is None:
        raise SupplierUnfit(_("The paper is a PDF, a JPG or a PNG."), param="paper")
    key = base64.b64encode(paper.sealed.key).decode()
    row.kind, row.paper_key = kind, seal(key, place=PAPER_KEY, uid=row.uid)
    return paper.sealed.read_sealed()


def _record(row: Authorisation, action: str, *, by: Actor, now: datetime) -> None:
    told: dict[str, str | int | None] = {
        "supplier": row.supplier.name,
        "brand": row.brand.name,
        "since": row.since.isoformat(),
        "until": row.until.isoformat(),
    }
    audit.record(by=by, action=action, target=row.number, data=told, now=now)
