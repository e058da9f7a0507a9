"""Place → capture → deliver through the service verbs, 4 processes, one hot SKU."""

from uuid import uuid4

from bench.goods import Goods, make_goods, refresh_statistics
from bench.processes import a_while, crew
from bench.report import Report

PROCESSES = 4
SECONDS, WARM_UP = 10.0, 3.0
RUNS = 3
CODES = 100_000


def run(report: Report) -> None:
    goods = make_goods(codes=CODES)
    rates = []
    with crew(PROCESSES) as together:
        together(sell_for_a_while, [(goods, WARM_UP)] * PROCESSES)
        refresh_statistics()
        for _ in range(RUNS):
            rates.append(sum(together(sell_for_a_while, [(goods, SECONDS)] * PROCESSES)) / SECONDS)
            print(f"  {rates[-1]:,.0f} orders/s", flush=True)  # noqa: T201 -- its voice
    median = sorted(rates)[RUNS // 2]
    report.add("sale_per_second", median, "orders/s", f"median of {RUNS} runs, 4 processes")


def sell_for_a_while(goods: Goods, seconds: float) -> int:
    """How many orders this process took from the form to the code."""
    from core.scope import bind  # noqa: PLC0415 -- after django.setup()

    done = 0
    with bind(goods.tenant_id):
        for done in a_while(seconds):  # noqa: B007 -- counts what was done
            sell_one(goods)
    return done + 1


def sell_one(goods: Goods) -> None:
    from django.utils import timezone  # noqa: PLC0415 -- after django.setup()

    from core.scope import tenant_atomic, whole  # noqa: PLC0415
    from orders import services as orders  # noqa: PLC0415
    from orders.types import Line, PlaceOrder  # noqa: PLC0415
    from payments import services as payments  # noqa: PLC0415
    from payments.services.sandbox_books import merchant_ref  # noqa: PLC0415
    from payments.types import Notice, Payable  # noqa: PLC0415
    from storefront import services as storefront  # noqa: PLC0415

    now = timezone.now()
    request = PlaceOrder(
        lines=(Line(sku_ref=goods.sku_ref, quantity=1),),
        request_key=uuid4().hex,
        has_consented=True,
        contact_mail="bench@example.com",
    )
    with tenant_atomic(), whole():
        order = orders.place(request=request, now=now)
        payable = Payable(
            ref=order.number,
            id=order.pk,
            amount_e4=order.total_e4,
            currency=order.currency,
            title="Bench",
            expires_at=order.pay_until,
            is_new=True,
        )
        payment = payments.start(payable=payable, provider="sandbox", now=now)
    notice = Notice(
        provider="sandbox",
        event_ref=uuid4().hex,
        payment_number=payment.number,
        merchant_ref=merchant_ref(),
        amount_e4=payment.amount_e4,
        currency=payment.currency,
        paid_at=now,
        is_paid=True,
        provider_ref=payment.provider_ref,
        signed_at=now,
        body_digest=b"",
    )
    storefront.take_money(notice=notice, now=now)
