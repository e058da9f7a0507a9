"""Boring payments: a test names only what it is about."""

from itertools import count

from core.actors import Actor
from core.scope import tenant_atomic
from payments import services
from payments.adapters import sandbox as protocol
from payments.models import Entry, SandboxTrade
from payments.services.sandbox_books import merchant_ref, notice_key
from payments.states import AccountKind
from payments.types import Payable
from tests.times import NOON

ZHANG = Actor("user:1 zhang@example.com")
PRICE = 250_000  # ¥25.00
_ids = count(1)


def make_payable(*, amount_e4=PRICE, **given):
    number = next(_ids)
    return Payable(
        **{
            "ref": f"20261122-{number}",
            "id": number,
            "amount_e4": amount_e4,
            "currency": "CNY",
            "title": "Youku, one month",
        }
        | given
    )


def make_payment(*, amount_e4=PRICE, now=NOON, **given):
    """An open payment in the sandbox."""
    payable = make_payable(amount_e4=amount_e4, **given)
    return services.start(payable=payable, provider="sandbox", now=now)


def make_paid(*, amount_e4=PRICE, now=NOON):
    """A captured payment, paid at the sandbox as well."""
    payment = make_payment(amount_e4=amount_e4, now=now)
    with tenant_atomic():
        SandboxTrade.objects.filter(payment_number=payment.number).update(paid_at=now)
    hear(posting(payment, now=now), now=now)
    with tenant_atomic():
        payment.refresh_from_db()
    return payment


def posting(payment, *, now=NOON, key=None, **fields):
    """A notice on the wire, right in everything that the test does not say otherwise."""
    with tenant_atomic():
        trade = SandboxTrade.objects.get(payment_number=payment.number)
        told = {
            "event_id": f"EV{payment.number}",
            "merchant_no": merchant_ref(),
            "out_trade_no": payment.number,
            "trade_no": trade.ref,
            "trade_status": protocol.PAID,
            "amount_e4": payment.amount_e4,
            "currency": payment.currency,
            "paid_at": int(now.timestamp()),
        }
        return protocol.write(key=key or notice_key(), fields=told | fields, now=now)


def hear(wire, *, now=NOON):
    body, headers = wire
    with tenant_atomic():
        notice = services.read_notice(provider="sandbox", body=body, headers=headers)
        return services.capture(notice=notice, now=now)


def make_balance(*, amount_e4=0, owner_ref="acme", floor_e4=0):
    account = services.open_account(
        kind=AccountKind.PARTNER, owner_ref=owner_ref, currency="CNY", floor_e4=floor_e4
    )
    if amount_e4:
        services.top_up_balance(
            account_id=account.pk, amount_e4=amount_e4, ref=f"t{next(_ids)}", by=ZHANG, now=NOON
        )
    return account


def entries_of(ref):
    """`{account kind: amount}` of a journal."""
    rows = Entry.objects.filter(journal__ref=ref).select_related("account")
    return {row.account.kind: row.amount_e4 for row in rows}
