"""Complaints to suppliers, as they are."""

from collections.abc import Iterable

from django.db.models import QuerySet

from core.crypto import unseal
from core.secrets import Secret
from suppliers.models import (
    COMPLAINT_SAID,
    COMPLAINT_TEXT,
    SupplierComplaint,
    SupplierComplaintMove,
)


def complaints_of_attempt(*, attempt_id: int) -> "QuerySet[SupplierComplaint]":
    """The newest first."""
    return SupplierComplaint.objects.filter(attempt_id=attempt_id).order_by("-pk")


def words_of_complaint(complaint: SupplierComplaint) -> tuple[Secret, Secret]:
    """Ours and theirs; theirs are empty as long as there are none."""
    uid, said = complaint.uid, complaint.said
    ours = Secret(unseal(bytes(complaint.text), place=COMPLAINT_TEXT, uid=uid))
    theirs = unseal(bytes(said), place=COMPLAINT_SAID, uid=uid) if said else ""
    return ours, Secret(theirs)


def complaint_moves_of_units(*, unit_ids: Iterable[int]) -> "QuerySet[SupplierComplaintMove]":
    """What became of every complaint about these things, in order."""
    moves = SupplierComplaintMove.objects.filter(complaint__attempt__unit_id__in=list(unit_ids))
    return moves.select_related("complaint__attempt__offer__supplier").order_by("at", "pk")
