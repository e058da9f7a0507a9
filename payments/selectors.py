"""What is known about money."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, OuterRef, QuerySet, Subquery, Sum

from core.rows import fetch
from payments.models import (
    Account,
    Balance,
    Entry,
    Journal,
    Notice,
    Payment,
    PaymentMove,
    Refund,
    RefundMove,
    SandboxNotice,
    SandboxTrade,
)
from payments.states import MAY_BRING_MONEY, ODD, OPEN, REFUND_DUE, PaymentState, RefundState
from payments.types import MoneyState, MoneyWord, OddNotices, PaidFor, TradePage

HELD_UP = timedelta(minutes=10)


def payment_of(*, number: str) -> Payment:
    return Payment.objects.get(number=number)


def find_payment(*, number: str) -> Payment | None:
    return next(iter(fetch(Payment, "number = %s", number)), None)


def payments_of(*, payable_id: int) -> "QuerySet[Payment]":
    return Payment.objects.filter(payable_id=payable_id).order_by("pk")


def live_payments(*, payable_id: int) -> list[Payment]:
    """The payments of a payable that are open, or brought money."""
    tail = "payable_id = %s AND state = ANY(%s)"
    return fetch(Payment, tail, payable_id, [*sorted(OPEN), PaymentState.CAPTURED])


def get_refund(*, refund_id: int) -> Refund:
    return Refund.objects.get(pk=refund_id)


def find_refund(*, number: str) -> Refund | None:
    return Refund.objects.filter(number=number).first()


def refunds_of(*, payable_id: int) -> "QuerySet[Refund]":
    # Both sides name the tenant through the key itself: a join inside one tenant.
    return Refund.objects.filter(payment__payable_id=payable_id).order_by("pk")


def is_supplier_payment_booked(*, supplier_ref: str, ref: str) -> bool:
    """Whether money was sent to the supplier under this `ref`, by the ledger."""
    found = Journal.objects.filter(ref=f"supplier:{supplier_ref}:{ref}", kind="supplier_payment")
    return found.exists()


def payment_moves_of(*, payable_id: int) -> "QuerySet[PaymentMove]":
    moves = PaymentMove.objects.filter(payment__payable_id=payable_id)
    return moves.select_related("payment").order_by("at", "pk")


def refund_moves_of(*, payable_id: int) -> "QuerySet[RefundMove]":
    moves = RefundMove.objects.filter(refund__payment__payable_id=payable_id)
    return moves.select_related("refund").order_by("at", "pk")


def money_of(*, payable_id: int) -> MoneyState:
    """What was paid for it and what was promised back, over all its payments."""
    captured = payments_of(payable_id=payable_id).filter(state=PaymentState.CAPTURED)
    paid, back = 0, 0
    for amount_e4, refunded_e4 in captured.values_list("amount_e4", "refunded_e4"):
        paid, back = paid + amount_e4, back + refunded_e4
    on_their_way = refunds_of(payable_id=payable_id).exclude(
        state__in=[RefundState.DONE, RefundState.FAILED]
    )
    pending = (on_their_way.aggregate(sum=Sum("amount_e4"))["sum"] or 0) if back else 0
    return MoneyState(
        paid_e4=paid, refunded_e4=back, pending_e4=pending, state=_word(paid=paid, back=back)
    )


def paid_back_of(*, payable_ids: Collection[int]) -> dict[int, MoneyState]:
    """The money of those of which something was promised back, by payable. One query.

    What of it is on its way is not told apart here.
    """
    captured = Payment.objects.filter(payable_id__in=payable_ids, state=PaymentState.CAPTURED)
    sums = captured.values("payable_id").annotate(paid=Sum("amount_e4"), back=Sum("refunded_e4"))
    return {
        row["payable_id"]: MoneyState(
            paid_e4=row["paid"],
            refunded_e4=row["back"],
            pending_e4=0,
            state=_word(paid=row["paid"], back=row["back"]),
        )
        for row in sums.filter(back__gt=0)
    }


def payables_without_money(*, payable_ids: Collection[int]) -> set[int]:
    """Those of which nothing is here: never paid, or all of it promised back. One query."""
    captured = Payment.objects.filter(payable_id__in=payable_ids, state=PaymentState.CAPTURED)
    sums = captured.order_by().values("payable_id")
    left = sums.annotate(left=Sum("amount_e4") - Sum("refunded_e4")).filter(left__gt=0)
    return set(payable_ids) - set(left.values_list("payable_id", flat=True))


def _word(*, paid: int, back: int) -> MoneyWord:
    if not paid:
        return MoneyWord.UNPAID
    if not back:
        return MoneyWord.PAID
    return MoneyWord.REFUNDED if back == paid else MoneyWord.PARTLY_REFUNDED


def find_account(*, kind: str, owner_ref: str = "", currency: str = "CNY") -> Account | None:
    return Account.objects.filter(kind=kind, owner_ref=owner_ref, currency=currency).first()


def floored_balance(*, account_id: int) -> tuple[int, int]:
    """The balance of an account that has a floor, and the floor."""
    kept = Balance.objects.get(account_id=account_id)
    return kept.balance_e4, kept.floor_e4


def balance_of(*, account_id: int) -> int:
    """The balance: of an account with a floor its row, of any other the sum of its entries."""
    kept = Balance.objects.filter(account_id=account_id).first()
    return sum_of_entries(account_id=account_id) if kept is None else kept.balance_e4


def sum_of_entries(*, account_id: int) -> int:
    entries = Entry.objects.filter(account_id=account_id)
    return entries.aggregate(sum=Sum("amount_e4"))["sum"] or 0


def entries_of(*, account_id: int) -> "QuerySet[Entry]":
    """What was booked on an account, with its journals, the newest first."""
    return Entry.objects.filter(account_id=account_id).select_related("journal").order_by("-pk")


def balance_column(*, field: str, account: str) -> Subquery:
    """For a query of rows that name an account with a floor: its `balance_e4` or `floor_e4`."""
    kept = Balance.objects.filter(account_id=OuterRef(account), tenant_id=OuterRef("tenant_id"))
    return Subquery(kept.values(field)[:1])


def entries_during(*, account_id: int, since: datetime, until: datetime) -> "QuerySet[Entry]":
    """What was booked on an account from one moment, with it, to another, without it."""
    during = Entry.objects.filter(
        account_id=account_id, journal__at__gte=since, journal__at__lt=until
    )
    return during.select_related("journal").order_by("pk")


def sums_by_kind(*, entries: "QuerySet[Entry]") -> list[tuple[str, int, int]]:
    """(kind, how many, sum) of entries, the kinds by name."""
    kinds = entries.order_by().values_list("journal__kind")
    return list(kinds.annotate(Count("pk"), Sum("amount_e4")).order_by("journal__kind"))


def sum_of(*, entries: "QuerySet[Entry]") -> int:
    return entries.order_by().aggregate(sum=Sum("amount_e4"))["sum"] or 0


def sum_before(*, account_id: int, moment: datetime) -> int:
    """What an account came to when that moment began."""
    return sum_of(entries=Entry.objects.filter(account_id=account_id, journal__at__lt=moment))


def entry_of(*, account_id: int, ref: str) -> Entry:
    """What a journal moved on the account."""
    return Entry.objects.select_related("journal").get(account_id=account_id, journal__ref=ref)


def refunded_refs(*, numbers: Collection[str]) -> dict[str, PaidFor]:
    """What refunds paid back for, by their numbers."""
    found = Refund.objects.filter(number__in=numbers)
    told = found.values_list("number", "payment__payable_ref", "payment__into_id")
    return {number: PaidFor(ref, into is not None) for number, ref, into in told}


def payable_refs(*, numbers: Collection[str]) -> dict[str, PaidFor]:
    """What payments paid for, by their numbers."""
    found = Payment.objects.filter(number__in=numbers)
    told = found.values_list("number", "payable_ref", "into_id")
    return {number: PaidFor(ref, into is not None) for number, ref, into in told}


def moved_on(*, kind: str, owner_ref: str, currency: str, after: datetime, until: datetime) -> int:
    """What was booked on an account from one moment, not with it, to another."""
    entries = Entry.objects.filter(
        account__kind=kind,
        account__owner_ref=owner_ref,
        account__currency=currency,
        journal__at__gt=after,
        journal__at__lte=until,
    )
    return entries.aggregate(sum=Sum("amount_e4"))["sum"] or 0


def odd_balances() -> list[int]:
    """Accounts whose balance row is not the sum of their entries: empty, or a bug."""
    kept = Balance.objects.values_list("account_id", "balance_e4")
    return [pk for pk, balance in kept if sum_of_entries(account_id=pk) != balance]


def odd_notices() -> "QuerySet[Notice]":
    """Notices that were refused and that nobody has looked at: a to-do of the office."""
    waiting = Notice.objects.filter(handled_at=None, outcome__in=sorted(ODD))
    return waiting.select_related("payment").order_by("-last_at")


def kinds_of_odd_notices() -> list[OddNotices]:
    """The same to-do by what is odd, the latest first: a forger sends one after the other."""
    kinds = odd_notices().order_by().values("provider", "outcome")
    found = kinds.annotate(
        count=Count("pk"), times=Sum("times"), first_at=Min("first_at"), last_at=Max("last_at")
    )
    return [OddNotices(**kind) for kind in found.order_by("-last_at", "provider", "outcome")]


def held_up_refunds(*, now: datetime) -> "QuerySet[Refund]":
    """Refunds that have not reached the buyer and need somebody: a to-do of the office."""
    stuck = Refund.objects.filter(
        state__in=[RefundState.WAITING_FUNDS, RefundState.NEEDS_PERSON]
    ) | Refund.objects.filter(
        state__in=[RefundState.CREATED, RefundState.PENDING], made_at__lt=now - HELD_UP
    )
    return stuck.select_related("payment").order_by("made_at")


def due_refunds(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, refund) whose turn has come, across tenants: for the sweeper."""
    due = Refund.objects.using("ops").filter(
        state__in=sorted(REFUND_DUE), next_at__lte=now, lease_until__lte=now
    )
    return list(due.order_by("next_at").values_list("tenant_id", "pk")[:limit])


def due_notices(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, notice) that the sandbox has to send, across tenants: for the sweeper."""
    due = SandboxNotice.objects.using("ops").filter(
        answered_at=None, given_up_at=None, next_at__lte=now, lease_until__lte=now
    )
    return list(due.order_by("next_at").values_list("tenant_id", "pk")[:limit])


def due_to_ask(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, payment) that no notice has come for, across tenants: for the sweeper."""
    due = Payment.objects.using("ops").filter(ask_at__lte=now, state__in=MAY_BRING_MONEY)
    return list(due.order_by("ask_at").values_list("tenant_id", "pk")[:limit])


def find_trade(*, token: str) -> TradePage | None:
    trade = SandboxTrade.objects.filter(token=token).first()
    if trade is None:
        return None
    names = TradePage.__dataclass_fields__
    return TradePage(**{name: getattr(trade, name) for name in names})
