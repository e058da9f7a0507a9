"""An export's life: asked for, tried again, canceled, forgotten. `move` writes its state."""

import base64
import os
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.actors import Actor
from core.constraints import broken_rule
from core.crypto import KEY_BYTES, seal, unseal
from core.errors import InvalidInput, NotAllowed
from core.nudge import nudge_after_commit
from core.refs import new_ref
from core.scope import tenant_atomic
from core.states import check_move
from reports.errors import TooManyExports
from reports.models import FILE_KEY, MOST_AT_ONCE, QUERY, Export, Piece
from reports.selectors import get_export
from reports.services.tables import asker_of, get_table
from reports.states import AT_WORK, EXPORT_MOVES, ExportState, Form
from reports.types import Asker, Figures, Table, Wanted
from tenants import audit

KEPT = timedelta(days=7)
MOST_QUERY = 8_000
TASK = "reports.run_export"


@tenant_atomic
def ask_for_export(*, wanted: Wanted, by: Actor, now: datetime) -> Export:
    """Have a list made into a file by a worker. Raises NotAllowed, InvalidInput for an address
    that means nothing, TooManyExports while a shop has `MOST_AT_ONCE` at work."""
    if by.user_id is None:
        raise NotAllowed
    known = Export.objects.filter(uid=wanted.uid, user_id=by.user_id).first()
    if known is not None:
        return known
    if wanted.form not in Form.values or len(wanted.query) > MOST_QUERY:
        raise InvalidInput(_("Load the page again, then try once more."), param="form")
    table, asker = get_table(wanted.table), asker_of(by.user_id)
    _check(table, asker, wanted.query)
    export = Export(
        uid=wanted.uid, ref=new_ref(), table=table.name, form=wanted.form,
        language=wanted.language[:10], user_id=by.user_id, asked_by=by.label[:80], made_at=now,
        lease_until=now, rights=table.rights_of(asker), is_filtered=bool(wanted.query),
        query=seal(wanted.query, place=QUERY, uid=wanted.uid), file_key=_new_key(wanted),
    )  # fmt: skip
    _with_slot(export)
    audit.record(by=by, action="export.asked", target=table.name, now=now,
                 data={"ref": export.ref, "form": export.form})  # fmt: skip
    nudge_after_commit(TASK, id_name="export_id", row=export)
    return export


def _check(table: Table | Figures, asker: Asker, query: str) -> None:
    if not asker.may(table.right):
        raise NotAllowed
    if isinstance(table, Table):
        table.rows(asker, query)


def _new_key(wanted: Wanted) -> bytes:
    key = base64.b64encode(os.urandom(KEY_BYTES)).decode()
    return seal(key, place=FILE_KEY, uid=wanted.uid)


def _with_slot(export: Export) -> None:
    """Store it in a free place. Two who saw the same one free: the database lets one have it."""
    taken = set(Export.objects.filter(state__in=AT_WORK).values_list("slot", flat=True))
    for slot in range(1, MOST_AT_ONCE + 1):
        if slot in taken:
            continue
        export.slot = slot
        try:
            with transaction.atomic():
                export.save()
        except IntegrityError as why:
            if broken_rule(why) != "export_slot_once":
                raise
        else:
            return
    raise TooManyExports(
        _("%(count)s lists of this shop are being made already. Ask again when one is done.")
        % {"count": MOST_AT_ONCE}
    )


@tenant_atomic
def try_export_again(*, ref: str, by: Actor, now: datetime) -> Export:
    """Have it made anew, as it was asked for, of the rows that there are now."""
    export = _own(ref, by)
    if export.is_at_work:
        return export
    check_move(EXPORT_MOVES, ExportState(export.state), ExportState.WAITING)
    _check(get_table(export.table), asker_of(export.user_id), query_of(export))
    empty(export)
    export.rows_done, export.rows_total, export.after_id, export.pieces = 0, None, None, 0
    export.tries, export.failure, export.lease_until = 0, "", now
    export.ended_at = export.kept_until = None
    move(export, ExportState.WAITING)
    audit.record(by=by, action="export.asked", target=export.table, now=now,
                 data={"ref": export.ref, "form": export.form})  # fmt: skip
    nudge_after_commit(TASK, id_name="export_id", row=export)
    return export


@tenant_atomic
def cancel_export(*, ref: str, by: Actor, now: datetime) -> Export:
    """Stop it: whoever is at work on it finds that out at the next stretch."""
    export = _own(ref, by)
    if export.is_at_work:
        end(export, ExportState.CANCELED, now=now)
        empty(export)
        audit.record(by=by, action="export.canceled", target=export.table, now=now)
    return export


@tenant_atomic
def forget_export(*, export_id: int, now: datetime) -> None:
    """Delete the file and its key, and what was looked for; that there was one stays."""
    export = locked(export_id)
    if export.is_at_work or export.kept_until is None or export.kept_until > now:
        return
    empty(export)
    export.query, export.file_key, export.kept_until = None, None, None
    move(export, ExportState.GONE)


def end(export: Export, new: ExportState, *, now: datetime, failure: str = "") -> None:
    export.ended_at, export.kept_until, export.failure = now, now + KEPT, failure
    move(export, new)


def move(export: Export, new: ExportState) -> None:
    """Move a locked export, or raise MoveRefused, and write what else was changed of it."""
    check_move(EXPORT_MOVES, ExportState(export.state), new)
    export.state = new
    if new == ExportState.WAITING:
        _with_slot(export)
        return
    if new not in AT_WORK:
        export.slot, export.lease_until = None, None
    export.save()


def locked(export_id: int) -> Export:
    return Export.objects.select_for_update(of=("self",), no_key=True).get(pk=export_id)


def _own(ref: str, by: Actor) -> Export:
    return locked(get_export(ref=ref, user_id=by.user_id or 0).pk)


def empty(export: Export) -> None:
    Piece.objects.filter(export=export).delete()


def query_of(export: Export) -> str:
    if export.query is None:
        return ""
    return unseal(bytes(export.query), place=QUERY, uid=export.uid)


def key_of(export: Export) -> bytes:
    sealed = bytes(export.file_key or b"")
    return base64.b64decode(unseal(sealed, place=FILE_KEY, uid=export.uid))
