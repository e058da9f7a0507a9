"""The sandbox plays a Chinese QR payment: a page with "pay now", then a signed notice from outside.

It misbehaves on demand. Its notices leave from the worker: a synchronous web process that called
itself would lock up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F

from core.errors import NotFound
from core.failpoints import reach
from core.outbox import emit
from core.refs import new_ref
from core.scope import tenant_atomic
from payments import selectors
from payments.adapters import sandbox as protocol
from payments.adapters.sandbox_gate import post
from payments.events import SandboxNoticeDue
from payments.models import SandboxNotice, SandboxTrade
from payments.services.registry import has_sandbox
from payments.services.sandbox_books import merchant_ref, notice_key
from payments.types import Misbehaviour, TradePage
from tenants.selectors import primary_host

LEASE = timedelta(seconds=20)  # longer than a posting can take
DELAY = timedelta(seconds=30)
COPIES = 5
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(seconds=15)
MOST_TRIES = 480  # two hours
MOST_TRIES_OF_A_LIE = 2  # it is meant to be refused
LIES = frozenset({Misbehaviour.WRONG_AMOUNT, Misbehaviour.FORGED})


def sandbox_trade(*, token: str) -> TradePage:
    """What the bank page shows, or NotFound."""
    found = selectors.find_trade(token=token) if has_sandbox() else None
    if found is None:
        raise NotFound
    return found


@tenant_atomic
def sandbox_pay(
    *, token: str, misbehaviour: str = "none", payer: str = "", now: datetime
) -> TradePage:
    """The shopper taps "pay now": the sandbox books it, and tells us by its notices; whose account
    paid too, if one is named.

    A second tap sends nothing new. A forger pays nothing: the trade stays to be paid.
    """
    page = sandbox_trade(token=token)
    how = Misbehaviour(misbehaviour) if misbehaviour in set(Misbehaviour) else Misbehaviour.NONE
    trade = SandboxTrade.objects.select_for_update(of=("self",), no_key=True).get(token=token)
    if trade.paid_at is not None or _is_lied_about(trade):
        return page
    paid_at = None if how is Misbehaviour.FORGED else now
    SandboxTrade.objects.filter(pk=trade.pk).update(paid_at=paid_at, payer=payer.strip()[:64])
    if how is Misbehaviour.SILENT:
        return sandbox_trade(token=token)
    due = _due(trade, how, now=now)
    event_ref = f"EV{new_ref(20)}"
    rows = [
        SandboxNotice(
            trade=trade, event_ref=event_ref, misbehaviour=how, next_at=due, lease_until=now
        )
        for _copy in range(COPIES if how is Misbehaviour.REPEAT else 1)
    ]
    for row in SandboxNotice.objects.bulk_create(rows):
        if due <= now:
            emit(SandboxNoticeDue(notice_id=row.pk))
    return sandbox_trade(token=token)


def _is_lied_about(trade: SandboxTrade) -> bool:
    """A lie is on its way: one at a time."""
    return SandboxNotice.objects.filter(trade=trade, answered_at=None, given_up_at=None).exists()


def _due(trade: SandboxTrade, how: Misbehaviour, *, now: datetime) -> datetime:
    if how is Misbehaviour.DELAY:
        return now + DELAY
    if how is Misbehaviour.LATE:
        return max(now, trade.expires_at) + DELAY
    return now


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    notice_id: int
    fence: int
    tries: int
    is_lie: bool
    host: str
    body: bytes
    headers: dict[str, str]


def send_notice(*, notice_id: int, now: datetime) -> None:
    """Claim a notice, post it to our own gate, record the answer; until it is `success`."""
    posting = _claim(notice_id, now=now)
    if posting is None:
        return
    reach("payments.notice_claimed")
    answer = post(
        url=f"{settings.SANDBOX_GATE}/pay/notice/{protocol.NAME}/",
        host=posting.host,
        body=posting.body,
        headers=posting.headers,
    )
    reach("payments.notice_posted")
    _record(posting, answer, now=now)


def notice_as_sent(
    *, trade: SandboxTrade, event_ref: str, how: Misbehaviour, now: datetime
) -> tuple[bytes, dict[str, str]]:
    """Body and headers of one posting, with its lie if it is to have one."""
    wrong = 100 if how is Misbehaviour.WRONG_AMOUNT else 0
    fields: dict[str, Any] = {
        "event_id": event_ref,
        "merchant_no": merchant_ref(),
        "out_trade_no": trade.payment_number,
        "trade_no": trade.ref,
        "trade_status": protocol.PAID,
        "amount_e4": trade.amount_e4 - wrong,
        "currency": trade.currency,
        "paid_at": int((trade.paid_at or now).timestamp()),
    }
    if trade.payer:
        fields["buyer_id"] = trade.payer
    key = bytes(32) if how is Misbehaviour.FORGED else notice_key()
    return protocol.write(key=key, fields=fields, now=now)


@tenant_atomic(durable=True)
def _claim(notice_id: int, *, now: datetime) -> Posting | None:
    due = SandboxNotice.objects.filter(
        pk=notice_id, answered_at=None, given_up_at=None, next_at__lte=now, lease_until__lte=now
    )
    if due.update(fence=F("fence") + 1, tries=F("tries") + 1, lease_until=now + LEASE) == 0:
        return None
    row = SandboxNotice.objects.select_related("trade").get(pk=notice_id)
    how = Misbehaviour(row.misbehaviour)
    body, headers = notice_as_sent(trade=row.trade, event_ref=row.event_ref, how=how, now=now)
    return Posting(
        notice_id=row.pk,
        fence=row.fence,
        tries=row.tries,
        is_lie=how in LIES,
        host=primary_host(),
        body=body,
        headers=headers,
    )


@tenant_atomic(durable=True)
def _record(posting: Posting, answer: str, *, now: datetime) -> None:
    mine = SandboxNotice.objects.filter(pk=posting.notice_id, fence=posting.fence)
    wait = min(FIRST_WAIT * 2 ** min(posting.tries - 1, 10), LONGEST_WAIT)
    most = MOST_TRIES_OF_A_LIE if posting.is_lie else MOST_TRIES
    is_heard = answer.strip() == protocol.SandboxProvider.success.decode()
    mine.update(
        last_answer=answer[:80],
        lease_until=now,
        next_at=now + wait,
        answered_at=now if is_heard else None,
        given_up_at=None if is_heard or posting.tries < most else now,
    )
