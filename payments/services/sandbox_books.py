"""The sandbox's own books: what a bank would write down. Only the sandbox writes here."""

from datetime import datetime

from django.db.models import F

from core.crypto import blind_index
from core.refs import new_ref, new_token
from core.rows import draft
from core.scope import tenant_atomic
from payments.adapters.sandbox import PaidTrade
from payments.models import SandboxBank, SandboxNotice, SandboxRefund, SandboxTrade
from payments.types import Misbehaviour, Opened, Payable, RefundAnswer, RefundOrder, RefundOutcome


def notice_key() -> bytes:
    """The merchant's signing key: derived (HKDF) from the tenant's own key, stored nowhere."""
    return blind_index("notices", field="payments.sandbox.key")


def merchant_ref() -> str:
    return "SM" + blind_index("merchant", field="payments.sandbox.merchant")[:8].hex().upper()


class Books:
    """Answers what the sandbox would answer over the wire."""

    def open(self, *, number: str, payable: Payable, expires_at: datetime) -> Opened:
        trade = draft(
            SandboxTrade,
            token=new_token(),
            ref=f"SB{new_ref(16)}",
            payment_number=number,
            payable_ref=payable.ref,
            payable_id=payable.id,
            title=payable.title[:120],
            amount_e4=payable.amount_e4,
            currency=payable.currency,
            expires_at=expires_at,
        )
        return Opened(
            provider_ref=trade.ref, pay_url=f"/sandbox/pay/{trade.token}/", own_books=(trade,)
        )

    @tenant_atomic
    def paid_trade(self, *, number: str, now: datetime) -> PaidTrade | None:
        """What is tapped to be paid late is not paid before its notice is due."""
        late = SandboxNotice.objects.filter(misbehaviour=Misbehaviour.LATE, next_at__gt=now)
        paid = SandboxTrade.objects.filter(payment_number=number, paid_at__isnull=False)
        trade = paid.exclude(pk__in=late.values("trade_id")).first()
        if trade is None or trade.paid_at is None:
            return None
        return PaidTrade(
            ref=trade.ref,
            amount_e4=trade.amount_e4,
            currency=trade.currency,
            paid_at=trade.paid_at,
            payer=trade.payer,
        )

    @tenant_atomic
    def refund(self, *, order: RefundOrder) -> RefundAnswer:
        """Pay out once per number; the same number again gets the first answer."""
        trade = SandboxTrade.objects.select_for_update(of=("self",), no_key=True).filter(
            payment_number=order.payment_number
        )
        found = trade.first()
        if found is None or found.paid_at is None:
            return RefundAnswer(outcome=RefundOutcome.REFUSED, reason="no such paid trade")
        if SandboxRefund.objects.filter(number=order.number).exists():
            return RefundAnswer(outcome=RefundOutcome.DONE, provider_ref=f"R-{order.number}")
        if SandboxBank.objects.filter(is_out_of_funds=True).exists():
            return RefundAnswer(outcome=RefundOutcome.NO_FUNDS, reason="out of funds")
        if found.refunded_e4 + order.amount_e4 > found.amount_e4:
            return RefundAnswer(outcome=RefundOutcome.REFUSED, reason="more than was paid")
        SandboxTrade.objects.filter(pk=found.pk).update(
            refunded_e4=F("refunded_e4") + order.amount_e4
        )
        SandboxRefund.objects.create(number=order.number, trade=found, amount_e4=order.amount_e4)
        return RefundAnswer(outcome=RefundOutcome.DONE, provider_ref=f"R-{order.number}")


@tenant_atomic
def set_out_of_funds(*, is_out_of_funds: bool) -> None:
    """The sandbox's switch: its refunds wait for funds while it is on."""
    SandboxBank.objects.bulk_create([SandboxBank()], ignore_conflicts=True)
    SandboxBank.objects.update(is_out_of_funds=is_out_of_funds)
