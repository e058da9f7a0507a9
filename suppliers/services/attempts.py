"""Tries to buy. What can be bought twice is begun here and nowhere else.

The caller commits an attempt before it is sent, sends it in no transaction, and records the answer:
if it dies in between, the attempt is asked after, never sent again.
"""

import time
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from core.constraints import broken_rule
from core.keys import new_key
from core.refs import new_ref
from core.rows import draft
from core.scope import tenant_atomic
from core.sheets import Sheet
from suppliers.abilities import Rehearses
from suppliers.errors import BoughtAlready, TooLate
from suppliers.models import Attempt, Offer
from suppliers.services.docking import speaker
from suppliers.services.moving import Trail, locked
from suppliers.services.pacing import speaking, take_turn
from suppliers.states import TO_BE_ASKED, AttemptState
from suppliers.transport import ANSWER_SECONDS, CONNECT_SECONDS, answered
from suppliers.types import Answer, Choice, PurchaseOrder, SupplierAdapter

NUMBER_LENGTH = 20  # letters and digits: the narrowest protocol takes 8 to 32
SEND_WITHIN = timedelta(seconds=10)
# For all that an adapter says in one turn, a token and a second try with it included. Nobody asks
# while it may still be going out, which is a little longer.
SPEAKS_WITHIN = CONNECT_SECONDS + ANSWER_SECONDS
CALL_TAKES = timedelta(seconds=SPEAKS_WITHIN + 2)
FORGOTTEN_AFTER = timedelta(seconds=5)


@tenant_atomic
def begin(
    *, unit_id: int, offer: Offer, choice: str, is_probe: bool = False, now: datetime
) -> Attempt:
    """A new attempt for the thing; raises BoughtAlready while another one may have bought it, and
    SupplierBusy when the supplier takes none just now."""
    chosen, sheet = Choice(offer=offer, why=choice, is_probe=is_probe), Sheet()
    attempt = _begun(unit_id, chosen, is_sent=False, now=now, sheet=sheet)
    try:
        with tenant_atomic():
            sheet.write()
    except IntegrityError as why:
        if broken_rule(why) != "bought_once":
            raise
        raise BoughtAlready(_("This is being bought already.")) from why
    return attempt


def begin_sent(*, unit_id: int, choice: Choice, now: datetime, sheet: Sheet) -> Attempt:
    """`begin` and `mark_sent` in one, on the sheet of a caller who sends when it is committed.

    He has looked, under a lock, that no other attempt may have bought the thing.
    """
    return _begun(unit_id, choice, is_sent=True, now=now, sheet=sheet)


def _begun(unit_id: int, choice: Choice, *, is_sent: bool, now: datetime, sheet: Sheet) -> Attempt:
    assert choice.offer is not None  # somebody was chosen
    with tenant_atomic():  # a probe that was taken is given back if its turn is refused after all
        take_turn(choice.offer.supplier, is_probe=choice.is_probe, now=now)
    attempt = draft(
        Attempt,
        id=new_key(Attempt),
        offer=choice.offer,
        unit_id=unit_id,
        number=new_ref(NUMBER_LENGTH),
        state=AttemptState.SENT if is_sent else AttemptState.CREATED,
        choice=choice.why[:120],
        made_at=now,
        sent_at=now if is_sent else None,
        next_at=now + (CALL_TAKES if is_sent else FORGOTTEN_AFTER),
    )
    sheet.insert(attempt)
    trail = Trail(sheet, now)
    trail.note(attempt, "", AttemptState.CREATED, reason="begun")
    if is_sent:
        trail.note(attempt, AttemptState.CREATED, AttemptState.SENT, reason="sent")
    return attempt


@tenant_atomic
def mark_sent(*, attempt_id: int, now: datetime) -> bool:
    """Commit it, and send: True for the one caller who is to buy, False for whoever is to ask.

    He has `SEND_WITHIN` to begin. It is asked after when his call must be over.
    """
    attempt, sheet = locked(attempt_id), Sheet()
    if attempt.state != AttemptState.CREATED:
        return False
    told: dict[str, object] = {"sent_at": now, "next_at": now + CALL_TAKES}
    Trail(sheet, now).move(attempt, AttemptState.SENT, reason="sent", told=told)
    sheet.write()
    return True


@tenant_atomic(savepoint=False)
def ask_later(*, attempt_id: int, at: datetime) -> None:
    """Nobody has a hand free for it now."""
    Attempt.objects.filter(pk=attempt_id, next_at__lt=at).update(next_at=at)


def keep_asking(*, attempt: Attempt, now: datetime, sheet: Sheet) -> bool:
    """Whether the supplier is to be asked at once, by whoever has just recorded what it said.

    He has as long for it as for any call; if he dies, it is asked after then.
    """
    is_due = attempt.next_at is not None and attempt.next_at <= now
    if attempt.state not in TO_BE_ASKED or not is_due:
        return False
    sheet.change(attempt, next_at=now + CALL_TAKES)
    return True


def ask(
    *,
    attempt: Attempt,
    order: PurchaseOrder,
    is_first: bool,
    keeps_hand: bool = False,
    now: datetime,
) -> Answer:
    """Buy, or ask what became of it; in no transaction. Whatever happens is an Answer.

    `keeps_hand`: whoever bought it asks, and needs no other hand for it.

    `now` is the moment of the call. Who was held up since the attempt was made (a stopped process,
    a slow database) sends nothing any more: others may have asked meanwhile, heard of no such
    order, and begun elsewhere.
    """

    def speak() -> Answer:
        adapter = speaker(attempt.offer.supplier, within=SPEAKS_WITHIN)
        if not is_first:
            return _asked_after(adapter, attempt, order, now=now)
        if now - attempt.made_at > SEND_WITHIN:
            raise TooLate("too late to send: it is asked after first")
        return adapter.buy(order=order, number=attempt.number)

    began = time.monotonic()
    with speaking(supplier_id=attempt.offer.supplier_id, is_first=is_first or keeps_hand):
        answer = answered(speak, is_purchase=is_first).compared_with(order)
    return replace(answer, took_ms=round((time.monotonic() - began) * 1000))


def _asked_after(
    adapter: SupplierAdapter, attempt: Attempt, order: PurchaseOrder, *, now: datetime
) -> Answer:
    if isinstance(adapter, Rehearses):
        after = now - (attempt.sent_at or now)
        return adapter.query_again(order=order, number=attempt.number, after=after)
    return adapter.query(number=attempt.number)
