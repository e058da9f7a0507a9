"""The one door through which attempts move, with their history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.actors import SYSTEM, Actor
from core.outbox import emit
from core.rows import fetch, fetch_with
from core.sheets import Sheet
from core.states import check_move
from suppliers.events import AttemptEnded
from suppliers.models import Attempt, AttemptMove, Offer
from suppliers.states import ENDED, MOVES, AttemptState


def locked(attempt_id: int, offer: Offer | None = None) -> Attempt:
    """The attempt under its lock, with its offer and supplier."""
    attempt = fetch(Attempt, "id = %s FOR NO KEY UPDATE", attempt_id)[0]
    if offer is None:
        (offer,) = fetch_with(Offer, "supplier", "own.id = %s", attempt.offer_id)
    attempt.offer = offer
    return attempt


@dataclass(frozen=True, slots=True)
class Trail:
    """Where an attempt's steps are put down, when and by whom. Who made the sheet writes it."""

    sheet: Sheet
    now: datetime
    by: Actor = SYSTEM

    def move(
        self,
        attempt: Attempt,
        new: AttemptState,
        *,
        reason: str,
        told: Mapping[str, object] | None = None,
    ) -> None:
        """Move a locked attempt, or raise MoveRefused, its history with it."""
        old = AttemptState(attempt.state)
        check_move(MOVES, old, new)
        self.change(attempt, {"state": new, **(told or {})})
        said = str((told or {}).get("reason", ""))
        self.note(attempt, old, new, reason=reason, said=said)
        if new in ENDED:
            emit(AttemptEnded(unit_id=attempt.unit_id), sheet=self.sheet)

    def change(self, attempt: Attempt, told: dict[str, object]) -> None:
        for name, value in told.items():
            setattr(attempt, name, value)
        self.sheet.change(attempt, **told)

    def note(
        self, attempt: Attempt, old: str, new: AttemptState, *, reason: str, said: str = ""
    ) -> None:
        self.sheet.note(
            AttemptMove,
            attempt=attempt,
            old=old,
            new=new,
            by=self.by.label[:80],
            reason=reason[:60],
            data={"said": said} if said else {},
            at=self.now,
        )
