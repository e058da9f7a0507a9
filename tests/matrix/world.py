"""Two shops with one of everything; every text of theirs says whose it is.

OPEN texts stand on the shop's public pages, SHUT texts are seen by its own staff and buyers only.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from PIL import Image

from analytics import services as analytics
from analytics.models import Buyer
from analytics.selectors.segments import Like
from catalog import services as catalog
from catalog.states import Kind
from core import idempotency
from core.actors import Actor
from core.idempotency import Asked
from core.scope import bind, tenant_atomic
from core.secrets import Secret
from core.sheets import Sheet
from fulfillment import services as fulfillment
from fulfillment.models import Unit
from inventory import services as inventory
from inventory.models import Code, ImportJob
from inventory.services import importing
from inventory.types import NewBatch, NewCode
from notices import services as notices
from notices.selectors import latest_notices
from notices.types import News, RecipientTerms, SmsTerms
from orders import services as orders
from orders.models import Opening, Order
from orders.states import OpeningState
from payments import services as payments
from payments.errors import NoticeRefused
from payments.models import Notice, SandboxTrade
from payments.states import Outcome
from storefront.device import _DEVICES, Browser
from storefront.services import find_payment
from tenants import audit
from tenants import services as tenants
from tenants.models import Domain, Member, Merchant
from tenants.roles import Role
from tests.catalog import factories as shelf
from tests.conftest import make_shop
from tests.dashboard.people import PASSWORD, make_member, make_user
from tests.inventory.factories import make_content
from tests.inventory.importing.factories import checked, loaded, open_file
from tests.matrix.complaints import complained_about, supplied_sku
from tests.matrix.exports import exported
from tests.matrix.partners import partnered
from tests.matrix.risks import watched_over
from tests.matrix.supplies import supplied
from tests.orders.factories import captured, hold, open_case, placed
from tests.payments.factories import make_balance

CLERK = Actor("user:1 clerk@example.com")
LINES = 'secret\n"{mark}-LINE-1"\n"{mark}-LINE-1"\n"{mark}-LINE-2"\n'


@dataclass
class World:
    """A shop and, by name, what routes and forms are filled with."""

    shop: Merchant
    things: dict[str, Any] = field(default_factory=dict)

    @property
    def open_mark(self) -> str:
        return f"OPEN{self.shop.slug.upper()}"

    @property
    def shut_mark(self) -> str:
        return f"SHUT{self.shop.slug.upper()}"

    @property
    def device_cookie(self) -> str:
        return _DEVICES.sign(f"{self.shop.pk}.{self.shop.slug}-browser")

    @property
    def buyer_key(self) -> str:
        return Browser(self.shop.pk, f"{self.shop.slug}-browser").buyer_key

    def mail_of(self, role: str) -> str:
        return f"{role}@{self.shop.slug}.example"


def make_world(slug: str) -> World:
    world = World(make_shop(slug, name_en=slug))
    now = timezone.now()
    with bind(world.shop.pk):
        for step in STEPS:
            step(world, now)
        analytics.rebuild(now=now)
        _buyers(world, now)
    return world


def _buyers(world: World, now: datetime) -> None:
    like = Like(segment="best")
    saved = analytics.save_segment(name=f"{world.open_mark} best", like=like, by=CLERK, now=now)
    with _keeping(world) as keep:
        keep(buyer=Buyer.objects.all()[0].pk, segment=saved.pk)


@contextmanager
def _keeping(world: World) -> Iterator[Callable[..., None]]:
    with tenant_atomic():
        yield world.things.update


def _people(world: World, now: datetime) -> None:
    shut, open_ = world.shut_mark, world.open_mark
    for role in Role.values:
        make_member(role, email=world.mail_of(role))
    with _keeping(world) as keep:
        Merchant.objects.filter(pk=world.shop.pk).update(name=f"{open_} shop")
        member = Member.objects.get(role=Role.VIEWER)
        member.user.name = f"{shut} viewer"
        member.user.save()
        keep(
            member=member.pk, shop=world.shop.pk, user=member.user_id, owner=world.mail_of("owner")
        )
        keep(domain=Domain.objects.get(merchant=world.shop).pk, slug=world.shop.slug)
        keep(password=PASSWORD)
    tenants.suspend(merchant_id=world.shop.pk, by=CLERK, reason=shut, now=now)
    tenants.reopen(merchant_id=world.shop.pk, by=CLERK, reason=shut, now=now)


def _goods(world: World, now: datetime) -> None:
    open_ = world.open_mark
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "red" if world.shop.slug == "cloud" else "blue").save(drawn, "PNG")
    with _keeping(world) as keep:
        picture = catalog.store_picture(body=drawn.getvalue(), by=CLERK, now=now)
        category = shelf.make_category(name=f"{open_} shelf", name_en=f"{open_} shelf")
        brand = shelf.make_brand(name=f"{open_} brand", name_en=f"{open_} brand")
        template = shelf.make_template(name=f"{open_} form", name_en=f"{open_} form")
        product = shelf.make_product(
            name=f"{open_} goods", name_en=f"{open_} goods", brand=brand, category=category,
            summary=f"{open_} summary", picture=picture,
        )  # fmt: skip
        sku = shelf.make_sku(product=product, name=f"{open_} month", name_en=f"{open_} month")
        by_hand = shelf.make_sku(
            product=product, name=f"{open_} by hand", name_en=f"{open_} by hand",
            kind=Kind.BY_HAND, buyer_template=template,
        )  # fmt: skip
        reusable = shelf.make_sku(product=product, name=f"{open_} group", kind=Kind.REUSABLE)
        make_content(reusable, text=f"{world.shut_mark} content")
        keep(category=category.pk, brand=brand.pk, template=template.pk, picture=picture)
        keep(product=product.pk, product_ref=product.ref, sku=sku.pk, sku_ref=sku.ref)
        keep(by_hand=by_hand, sku_row=sku, reusable=reusable.pk)
    for rule in (f"{world.shut_mark} rule", ""):
        given = {"refund_rule": rule}
        catalog.change_product(product_id=product.pk, given=given, by=CLERK, now=now)
    catalog.unpublish(product_id=product.pk, by=CLERK, now=now)
    barred = {product.pk: catalog.NO_OFFER}
    change = catalog.publish_many(product_ids=[product.pk], barred=barred, by=CLERK, now=now)
    world.things["change"] = change.ref
    catalog.publish(product_id=product.pk, by=CLERK, now=now)


def _stock(world: World, now: datetime) -> None:
    shut = world.shut_mark
    given = NewBatch(
        sku_id=world.things["sku"], supplier_name=f"{shut} supplier", note=f"{shut} note"
    )
    codes = [NewCode(secret=Secret(f"{shut}-CODE-{at:04d}")) for at in range(20)]
    with _keeping(world) as keep:
        batch_id = inventory.add_codes(given=given, codes=codes, by=CLERK, now=now).batch_id
        keep(batch=batch_id, code=Code.objects.filter(batch_id=batch_id).latest("pk").pk)
    inventory.freeze_batch(batch_id=batch_id, by=CLERK, reason=shut, now=now)
    inventory.unfreeze_batch(batch_id=batch_id, by=CLERK, reason=shut, now=now)


def _imports(world: World, now: datetime) -> None:
    """One at each step a person stands at."""
    text = LINES.format(mark=world.shut_mark)
    sku = world.things["sku_row"]
    done = loaded(checked(open_file(text, sku=sku, now=now), now=now), now=now)
    fresh = open_file(text.replace("LINE", "NEXT"), sku=sku, now=now)
    ready = checked(open_file(text.replace("LINE", "LAST"), sku=sku, now=now), now=now)
    with _keeping(world) as keep:
        layout = importing.Layout.from_json(ImportJob.objects.get(pk=fresh.pk).layout)
        choice = importing.ImportChoice(layout=layout, note=f"{world.shut_mark} note")
        importing.choose(job_id=fresh.pk, choice=choice, by=CLERK, now=now)
        ImportJob.objects.update(title=f"{world.shut_mark}.csv")
        keep(job=fresh.pk, job_ready=ready.pk, job_done=done.pk)


def _order(world: World, now: datetime, sku: Any = None, **more: Any) -> Order:
    fields = {
        "buyer_key": world.buyer_key,
        "contact_phone": "",
        "contact_mail": f"{world.shut_mark.lower()}@example.com",
        "password": f"{world.shut_mark} password",
    }
    with tenant_atomic():
        order = placed(sku or world.things["sku_row"], now=now, **(fields | more))
        find_payment(order=order, now=now)
    return order


def _pay(order: Order, now: datetime) -> Any:
    """The money comes, and the goods go out."""
    with tenant_atomic():
        payment = captured(order, now=now)
        orders.record_payment(order_id=order.pk, payment_id=payment.pk, by=CLERK, now=now)
    _mark_paid(payment.number, now)
    fulfillment.open_units(order_id=order.pk, now=now)
    return payment


def _mark_paid(number: str, now: datetime) -> None:
    with tenant_atomic():
        SandboxTrade.objects.filter(payment_number=number).update(paid_at=now)


def _sales(world: World, now: datetime) -> None:
    shut = world.shut_mark
    unpaid, done = _order(world, now), _order(world, now)
    wanted, typed = (
        _order(world, now, world.things["by_hand"], buyer_fields={"phone": "13800138000"})
        for _time in range(2)
    )
    tapped = _order(world, now)
    _pay(done, now)
    _pay(wanted, now)
    _pay(typed, now)
    with tenant_atomic():
        by_hand = Unit.objects.get(order=typed)
    fulfillment.deliver_by_hand(unit_id=by_hand.pk, text=Secret(f"{shut} typed"), by=CLERK, now=now)
    with _keeping(world) as keep:
        unit = Unit.objects.get(order=done)
        waiting = Unit.objects.get(order=wanted)
        case = open_case(done, unit_id=unit.pk, text=f"{shut} complaint", now=now)
        orders.say_in_case(
            case_id=case.pk, text=f"{shut} answer", by=CLERK, is_from_shopper=False, now=now
        )
        keep(unpaid=unpaid.token, unpaid_number=unpaid.number, order=done.pk, token=done.token)
        keep(number=done.number, mail=f"{shut.lower()}@example.com", unit=unit.pk)
        keep(wanted=wanted.pk, waiting=waiting.pk, case=case.pk, case_ref=case.ref)
        keep(uncomplained=wanted.token, typed=typed.pk, typed_unit=by_hand.pk)
        keep(bank=SandboxTrade.objects.get(payable_id=unpaid.pk).token, sold=unit.code_id)
        trade = SandboxTrade.objects.get(payable_id=tapped.pk).token
    payments.sandbox_pay(token=trade, now=now)
    _held(world, now)
    swapped = _order(world, now)
    world.things["payment"] = _pay(swapped, now)
    with tenant_atomic():
        bad = Unit.objects.get(order=swapped)
        fulfillment.replace_unit(unit_id=bad.pk, by=CLERK, reason=shut, now=now)
        second = open_case(swapped, text=shut, now=now)
        orders.ask_supplier(case_id=second.pk, by=CLERK, now=now)
    _closed(world, swapped, now)
    _told(world, now)


def _held(world: World, now: datetime) -> None:
    """Paid, and nothing of it is delivered until somebody lets it."""
    order = _order(world, now)
    with _keeping(world) as keep:
        keep(held=hold(order, now=now).pk, closed=order.pk)
        Opening.objects.create(
            order=order, asked_at=now, decide_by=now + timedelta(days=1), held_then="pay_back"
        )


def _closed(world: World, order: Order, now: datetime) -> None:
    """Its codes were asked for, and a rule of this moment wanted a person to decide."""
    with tenant_atomic():
        opening = Opening.objects.create(
            order=order, asked_at=now, decide_by=now + timedelta(days=1), held_then="pay_back"
        )
        orders.move_opening(
            opening=opening, state=OpeningState.REFUSED, by=CLERK, reason=world.shut_mark, now=now
        )


def _told(world: World, now: datetime) -> None:
    """Somebody is to be told, of something that has not gone out yet."""
    terms = RecipientTerms(
        name=world.shut_mark, way="mail", topics=("held",), language="en",
        address=f"{world.shut_mark.lower()}@example.com", secret=None,
    )  # fmt: skip
    with _keeping(world) as keep:
        one = notices.add_recipient(terms=terms, by=CLERK, now=now)
        account = SmsTerms(
            provider="aliyun", key_id=world.shut_mark, secret=Secret(world.shut_mark),
            signature=world.shut_mark, template="SMS_1", most_a_day=100,
        )  # fmt: skip
        notices.set_sms_sender(terms=account, by=CLERK, now=now)
        given = {"subject": world.shut_mark, "until": "12:00"}
        notices.tell(news=News(topic="held", key=world.shut_mark, given=given), now=now)
        notice = latest_notices().get(key=world.shut_mark)
        member_id = Member.objects.order_by("pk").values_list("pk", flat=True)[0]
        notices.see(notice_id=notice.pk, member_id=member_id, now=now)
        keep(recipient=one.ref, told=notice.pk)


def _money(world: World, now: datetime) -> None:
    payment = world.things["payment"]
    with tenant_atomic():
        make_balance(amount_e4=10_000)
    given = {"payment_id": payment.pk, "amount_e4": 10_000, "by": CLERK, "now": now}
    done = payments.refund(number=f"{payment.number}-a", reason=world.shut_mark, **given)
    payments.push_refund(refund_id=done.pk, now=now)
    with tenant_atomic():
        payments.set_out_of_funds(is_out_of_funds=True)
    waiting = payments.refund(number=f"{payment.number}-b", reason=world.shut_mark, **given)
    payments.push_refund(refund_id=waiting.pk, now=now)
    forged = NoticeRefused(Outcome.FORGED)
    payments.keep_refusal(provider="sandbox", body=b"{}", refusal=forged, now=now)
    with _keeping(world) as keep:
        keep(refund=waiting.pk, notice=Notice.objects.get(outcome=Outcome.FORGED).pk)


def _suppliers(world: World, now: datetime) -> None:
    made = supplied(world.things, shut=world.shut_mark, open_=world.open_mark, now=now)
    world.things.update(made)


def _complaints(world: World, now: datetime) -> None:
    sku = supplied_sku(product_id=world.things["product"], name=f"{world.open_mark} supplied")
    order = _order(world, now, sku)
    _pay(order, now)
    world.things.update(complained_about(order, mark=world.shut_mark, now=now))


def _partners(world: World, now: datetime) -> None:
    world.things.update(partnered(world.shop, world.things, mark=world.shut_mark, now=now))
    world.things.update(watched_over(mark=world.shut_mark, now=now))


def _rest(world: World, now: datetime) -> None:
    mark = world.shut_mark
    with tenant_atomic():
        sheet, asked = Sheet(), Asked(scope="orders", key=mark, said=mark)
        idempotency.keep(asked=asked, status=200, answer=mark.encode(), now=now, sheet=sheet)
        sheet.write()
    with _keeping(world) as keep:
        then = now - timedelta(hours=1)
        row = audit.record(by=CLERK, action="matrix", target=mark, now=then)
        keep(audit=row.pk)
        peter = make_user(f"operator@{world.shop.slug}.platform.example", is_operator=True)
        given = {"member_id": world.things["member"], "operator": peter, "reason": mark}
        _visit, token = tenants.ask_visit(**given, by=CLERK, now=now + timedelta(days=30))
        keep(visit=token.reveal())
        view = tenants.save_view(
            listing="catalog.category", name=mark, query="", member_id=None, by=CLERK, now=now
        )
        keep(view=view.ref)
    world.things.update(exported(user_id=world.things["user"], now=now))
    with tenant_atomic():
        audit.seal(now=now + timedelta(minutes=5))


STEPS = (
    *(_people, _goods, _stock, _imports, _sales),
    *(_money, _suppliers, _complaints, _partners, _rest),
)
