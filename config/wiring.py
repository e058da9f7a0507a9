"""Who hears what, who is swept, what is re-encrypted, where a refusal leads: the whole upward
traffic on one page."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics import services as analytics
from analytics.selectors import due_checks, due_recuts, due_segments, due_touched
from api import refusals
from api.doors import base as doors
from catalog.selectors import due_schedules
from channels import services as channels
from channels.events import BalanceCredited, BalanceLow, EndpointDisabled
from channels.selectors import (
    due_door_complaints,
    due_door_orders,
    due_door_watches,
    due_doors,
    due_endpoints,
    due_low_balances,
    due_partner_shelves,
    due_sandboxes,
)
from core import idempotency, limits, outbox, pages, rotation, sweeper
from dashboard import telling
from dashboard.exporting import TABLES
from dashboard.ops.metrics import metrics
from fulfillment import services as fulfillment
from fulfillment.events import (
    GoodsShown,
    OrderDelivered,
    UnitNeedsPerson,
    UnitReplaced,
    UnitsRefunded,
)
from fulfillment.selectors import due_to_send, due_units, timeline_rows
from inventory import services as inventory
from inventory.events import BatchCosted
from inventory.selectors import due_batches, due_holds, due_import_files, due_imports, due_shelves
from notices import services as notices
from notices.selectors import due_messages
from orders import services as orders
from orders.events import (
    CaseOpened,
    CaseOverdue,
    OpeningHeld,
    OrderCanceled,
    OrderCompleted,
    OrderHeld,
    OrderPaid,
    OrderReleased,
)
from orders.selectors import due_cases, due_openings, due_to_close, due_to_decide, tell
from payments import services as payments
from payments.events import RefundCreated, RefundDone, SandboxNoticeDue
from payments.selectors import due_notices, due_refunds, due_to_ask
from reports import services as reports
from reports.selectors import due_exports, due_letters, due_old_exports
from reports.selectors import due_schedules as due_reports
from risk import services as risk
from risk.selectors import due_waves
from suppliers import services as suppliers
from suppliers.events import AttemptEnded, CostSaid, PriceMoved, TakenOffSale
from suppliers.selectors import (
    due_attempts,
    due_balances,
    due_bill_files,
    due_bills,
    due_catalogues,
)
from tenants import audit
from tenants.events import TimeZoneChanged
from tenants.selectors import due_to_look_around

HEARD_KEPT = timedelta(days=3)
MANY = 5_000  # forgotten at once: there is more to forget


def connect() -> None:
    _show()
    sweeper.watch(outbox.due_rows, task="core.hear", id_name="row_id")
    sweeper.watch(due_schedules, task="catalog.follow_schedule", id_name="product_id")
    outbox.subscribe(RefundCreated, payments.push_refund)
    outbox.subscribe(SandboxNoticeDue, payments.send_notice)
    sweeper.watch(due_refunds, task="payments.push_refund", id_name="refund_id")
    sweeper.watch(due_notices, task="payments.send_notice", id_name="notice_id")
    sweeper.watch(due_to_ask, task="storefront.ask_for_money", id_name="payment_id")
    sweeper.watch(due_holds, task="inventory.release_expired", id_name="hold_id")
    sweeper.watch(
        due_shelves,
        task="inventory.expire_codes",
        id_name="shelf_id",
        every=timedelta(minutes=5),
    )
    sweeper.watch(due_imports, task="inventory.run_import", id_name="job_id")
    sweeper.watch(
        due_import_files,
        task="inventory.forget_import_file",
        id_name="job_id",
        every=timedelta(hours=1),
    )
    sweeper.watch(due_batches, task="inventory.go_through_batch", id_name="batch_id")
    outbox.subscribe(OrderPaid, fulfillment.open_units)
    sweeper.watch(due_to_close, task="orders.close_unpaid", id_name="order_id")
    sweeper.watch(due_cases, task="orders.flag_overdue", id_name="case_id")
    sweeper.watch(due_to_decide, task="fulfillment.decide_overdue", id_name="order_id")
    sweeper.watch(due_openings, task="fulfillment.decide_opening", id_name="order_id")
    sweeper.watch(due_units, task="fulfillment.deliver_order", id_name="order_id")
    sweeper.watch(due_to_send, task="fulfillment.send", id_name="unit_id")
    sweeper.watch(due_attempts, task="fulfillment.send", id_name="unit_id")
    sweeper.watch(
        due_balances,
        task="fulfillment.watch_balance",
        id_name="supplier_id",
        every=timedelta(hours=1),
    )
    sweeper.watch(due_bills, task="fulfillment.work_on_bill", id_name="bill_id")
    sweeper.watch(
        due_catalogues,
        task="suppliers.sync_products",
        id_name="supplier_id",
        every=timedelta(seconds=10),
    )
    sweeper.watch(
        due_low_balances,
        task="channels.note_low_balance",
        id_name="partner_id",
        every=timedelta(seconds=10),
    )
    sweeper.watch(due_door_orders, task="api.tell_door_order", id_name="door_order_id")
    sweeper.watch(due_door_complaints, task="api.tell_door_complaint", id_name="complaint_id")
    sweeper.watch(due_door_watches, task="api.tell_door_watch", id_name="watch_id")
    sweeper.watch(
        due_doors, task="api.look_at_door", id_name="door_id", every=timedelta(seconds=10)
    )
    sweeper.watch(
        due_sandboxes,
        task="channels.restock_sandbox",
        id_name="sandbox_id",
        every=timedelta(seconds=10),
    )
    outbox.subscribe(CostSaid, suppliers.hear_cost)
    _tell_partners()
    sweeper.watch(due_endpoints, task="channels.send_webhooks", id_name="endpoint_id")
    sweeper.watch(
        due_partner_shelves,
        task="channels.look_at_shelf",
        id_name="shelf_id",
        every=timedelta(seconds=5),
    )
    _tell_staff()
    _export()
    _count()
    tell(timeline_rows)
    for column in (
        *idempotency.SEALED,
        *inventory.SEALED,
        *notices.SEALED,
        *suppliers.SEALED,
        *orders.SEALED,
        *fulfillment.SEALED,
        *channels.SEALED,
        *reports.SEALED,
    ):
        rotation.sealed_column(column.model, column.field, place=column.place)
    for forget in (
        channels.forget_old_events,
        channels.forget_old_calls,
        notices.forget_old,
        risk.forget_old,
        idempotency.forget_old,
        _forget_heard,
    ):
        sweeper.chore(forget, every=timedelta(minutes=10), batch=MANY)
    sweeper.chore(limits.forget_past, every=timedelta(minutes=10))
    sweeper.chore(audit.seal_all, every=timedelta(minutes=1))
    sweeper.chore(_forget_stray_files, every=timedelta(hours=1))


def _show() -> None:
    pages.face("/", way_back=_("To the home page"), theme="/theme.css", icon="/icon.svg")
    pages.face("/office/", way_back=_("To the back office"))
    pages.face("/developers/console/", way_back=_("To the console"), theme="/theme.css")
    pages.face("/api/", way_back=_("To the home page"), told=refusals.body_of)
    pages.face("/door/", way_back=_("To the home page"), told=doors.body_of)
    pages.on_any_host("/metrics", metrics)


def _forget_stray_files(now: datetime) -> int:
    return inventory.forget_stray_files(now, kept_too=due_bill_files)


def _forget_heard(now: object) -> int:
    return outbox.forget_heard(before=timezone.now() - HEARD_KEPT, limit=10_000)


def _export() -> None:
    for table in TABLES:
        reports.offer(table)
    sweeper.watch(due_exports, task="reports.run_export", id_name="export_id")
    sweeper.watch(
        due_reports,
        task="reports.run_schedule",
        id_name="schedule_id",
        every=timedelta(seconds=10),
    )
    sweeper.watch(
        due_letters, task="reports.mail_run", id_name="run_id", every=timedelta(seconds=10)
    )
    sweeper.watch(
        due_old_exports,
        task="reports.forget_export",
        id_name="export_id",
        every=timedelta(minutes=10),
    )


def _count() -> None:
    for fact in (OrderPaid, OrderCompleted, OrderCanceled, OrderDelivered):
        outbox.gather(fact, analytics.note_order)
    for after in (UnitReplaced, UnitsRefunded, GoodsShown):
        outbox.gather(after, analytics.note_order)
    outbox.gather(AttemptEnded, analytics.note_unit)
    outbox.subscribe(BatchCosted, analytics.note_batch)
    sweeper.watch(due_touched, task="analytics.count_touched", id_name="touched_id")
    sweeper.watch(due_segments, task="analytics.count_segment", id_name="segment_id")
    outbox.subscribe(TimeZoneChanged, analytics.ask_for_recut)
    sweeper.watch(
        due_recuts, task="analytics.recut", id_name="progress_id", every=timedelta(seconds=10)
    )
    sweeper.watch(
        due_checks,
        task="analytics.check_nightly",
        id_name="progress_id",
        every=timedelta(minutes=20),
    )


def _tell_partners() -> None:
    for fact in (OrderCompleted, OrderCanceled, OrderDelivered, UnitReplaced, UnitsRefunded):
        outbox.subscribe(fact, channels.tell_of_order, only=channels.is_partners)
    outbox.subscribe(OrderHeld, channels.tell_of_hold, only=channels.is_partners)
    outbox.subscribe(OrderReleased, channels.tell_of_release, only=channels.is_partners)
    outbox.subscribe(RefundDone, channels.tell_of_refund, only=channels.is_of_a_balance)
    outbox.subscribe(BalanceLow, channels.tell_of_balance)
    outbox.subscribe(BalanceCredited, channels.tell_of_credit)


def _tell_staff() -> None:
    outbox.subscribe(OrderHeld, telling.hear_held)
    outbox.subscribe(OpeningHeld, telling.hear_closed)
    outbox.subscribe(UnitNeedsPerson, telling.hear_unit)
    outbox.subscribe(CaseOpened, telling.hear_case)
    outbox.subscribe(CaseOverdue, telling.hear_late_case)
    outbox.subscribe(PriceMoved, telling.hear_price)
    outbox.subscribe(TakenOffSale, telling.hear_off_sale)
    outbox.subscribe(EndpointDisabled, telling.hear_endpoint)
    sweeper.watch(due_messages, task="notices.send", id_name="recipient_id")
    sweeper.watch(
        due_waves, task="dashboard.tell_of_waves", id_name="shop_id", every=timedelta(minutes=1)
    )
    sweeper.watch(
        due_to_look_around, task="dashboard.look_around", id_name="shop_id",
        every=timedelta(minutes=10),
    )  # fmt: skip
