"""An order, its lines and its life."""

from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.constraints import RowRules, tenant_rules
from core.crypto import Place
from core.money import payable
from core.scope import TenantForeignKey, TenantModel
from core.states import Move, state_known
from orders.states import (
    FROM_BALANCE,
    UNPAID,
    HeldThen,
    OrderState,
)

if TYPE_CHECKING:
    from risk.services import Assessed

PHONE = Place("orders_order", "contact_phone")
MAIL = Place("orders_order", "contact_mail")
BUYER_FIELDS = Place("orders_item", "buyer_fields")


class Order(TenantModel):
    """One purchase. Its prices are what the catalog said when it was placed.

    Its first state is PLACED at `placed_at`; every later one has its row in `moves`. `payment_id`
    is the payment that paid it (payments know no order, so there is no key). While it is HELD, a
    person decides by `decide_by`, else `held_then` is done. `may_lose`: its price does not bring
    the cost in; it was held for that, and goes on only if somebody lets it.
    """

    uid = models.UUIDField(default=uuid4, editable=False)
    number = models.CharField(_("order number"), max_length=24)
    token = models.CharField(max_length=32)
    state = models.CharField(
        _("state"), max_length=12, choices=OrderState, default=OrderState.PLACED
    )
    channel = models.CharField(_("channel"), max_length=20, default="web")
    buyer_key = models.CharField(max_length=64, blank=True)
    contact_phone = models.BinaryField(null=True)
    phone_tail = models.CharField(_("end of the phone number"), max_length=4, blank=True)
    phone_hash = models.BinaryField(null=True)
    contact_mail = models.BinaryField(null=True)
    mail_hash = models.BinaryField(null=True)
    password_hash = models.CharField(max_length=128, blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    list_e4 = models.BigIntegerField(_("list price"))
    discount_e4 = models.BigIntegerField(_("discount"), default=0)
    total_e4 = models.BigIntegerField(_("to pay"))
    currency = models.CharField(_("currency"), max_length=3)
    adjustments = models.JSONField(default=list)
    consent_at = models.DateTimeField(_("agreed to the refund rule at"), null=True)
    ip_hash = models.BinaryField(null=True)
    request_key = models.CharField(max_length=64)
    placed_at = models.DateTimeField(_("placed at"))
    pay_until = models.DateTimeField(_("to be paid until"))
    paid_at = models.DateTimeField(_("paid at"), null=True)
    payment_id = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    decide_by = models.DateTimeField(_("to be decided by"), null=True)
    held_then = models.CharField(
        max_length=10, choices=HeldThen, blank=True, default="", db_default=""
    )
    may_lose = models.BooleanField(_("may be sold at a loss"), default=False, db_default=False)

    lines: "list[Item] | None" = None  # its items, once somebody has read them
    looked: "Assessed | None" = None  # what risk said at its placing, while that lasts

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            *tenant_rules("orders_order"),
            models.UniqueConstraint(fields=["tenant_id", "number"], name="order_number_once"),
            models.UniqueConstraint(fields=["tenant_id", "token"], name="order_token_once"),
            models.UniqueConstraint(fields=["tenant_id", "request_key"], name="order_request_once"),
            RowRules(
                state_known(OrderState, name="order_state_known"),
                payable("list_e4", name="order_list_price_can_be_paid"),
                payable(
                    "total_e4", name="order_total_can_be_paid", unless=Q(channel__in=FROM_BALANCE)
                ),
                models.CheckConstraint(
                    condition=Q(discount_e4__gte=0, total_e4=F("list_e4") - F("discount_e4")),
                    name="order_total_is_list_less_discount",
                ),
                models.CheckConstraint(
                    condition=Q(state__in=UNPAID, paid_at=None, payment_id=None)
                    | Q(~Q(state__in=UNPAID), paid_at__isnull=False, payment_id__isnull=False),
                    name="order_goes_on_only_if_paid",
                ),
                models.CheckConstraint(
                    condition=Q(state=OrderState.HELD, decide_by__isnull=False)
                    & Q(held_then__in=HeldThen.values)
                    | Q(~Q(state=OrderState.HELD), decide_by=None, held_then=""),
                    name="order_held_until_a_deadline",
                ),
                name="orders_order_rules",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "-placed_at"], name="order_newest"),
            models.Index(
                fields=["tenant_id", "buyer_key", "-placed_at"],
                name="order_of_device",
                condition=~Q(buyer_key=""),
            ),
            models.Index(
                fields=["tenant_id", "phone_tail", "-placed_at"],
                name="order_of_phone_tail",
                condition=~Q(phone_tail=""),
            ),
            models.Index(
                fields=["tenant_id", "phone_hash"],
                name="order_of_phone",
                condition=Q(phone_hash__isnull=False),
            ),
            models.Index(
                fields=["tenant_id", "mail_hash"],
                name="order_of_mail",
                condition=Q(mail_hash__isnull=False),
            ),
            models.Index(
                fields=["pay_until"], name="order_to_close", condition=Q(state=OrderState.PLACED)
            ),
            models.Index(
                fields=["decide_by"], name="order_to_decide", condition=Q(state=OrderState.HELD)
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Item(TenantModel):
    """A line of an order: a SKU as it was called and cost when it was ordered, and how many hours
    its shopper was told that it may take (`slow_hours`; 0: nothing was said)."""

    uid = models.UUIDField(default=uuid4, editable=False)
    order = TenantForeignKey(Order, on_delete=models.PROTECT, related_name="items", db_index=False)
    sku = TenantForeignKey(
        "catalog.Sku", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    position = models.SmallIntegerField()
    name = models.CharField(_("product"), max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    sku_name = models.CharField(_("SKU"), max_length=60)
    sku_name_en = models.CharField(max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=16)
    promise = models.CharField(max_length=8)
    quantity = models.SmallIntegerField(_("quantity"))
    unit_price_e4 = models.BigIntegerField(_("unit price"))
    min_days_left = models.IntegerField(default=0)
    slow_hours = models.SmallIntegerField(default=0, db_default=0)
    buyer_fields = models.BinaryField(null=True)
    buyer_fields_shown = models.JSONField(_("given by the buyer"), default=dict)

    class Meta:
        verbose_name = _("order item")
        verbose_name_plural = _("order items")
        ordering = ["position"]
        constraints = [
            *tenant_rules("orders_item", "order", "sku"),
            models.UniqueConstraint(
                fields=["tenant_id", "order", "position"], name="item_position_once"
            ),
            models.UniqueConstraint(fields=["tenant_id", "id", "order"], name="item_with_order"),
            RowRules(
                models.CheckConstraint(condition=Q(quantity__gte=1), name="item_is_at_least_one"),
                models.CheckConstraint(
                    condition=Q(position__gte=0, min_days_left__gte=0), name="item_not_negative"
                ),
                payable("unit_price_e4", name="item_price_can_be_paid"),
                name="orders_item_rules",
            ),
        ]
        indexes = [models.Index(fields=["tenant_id", "sku"], name="item_of_sku")]

    def __str__(self) -> str:
        return f"{self.name} {self.sku_name} × {self.quantity}"

    @property
    def shown_name(self) -> str:
        """Product and SKU in the reader's language."""
        if (get_language() or "").startswith("en"):
            return f"{self.name_en or self.name} · {self.sku_name_en or self.sku_name}"
        return f"{self.name} · {self.sku_name}"


class OrderMove(Move):
    order = TenantForeignKey(Order, on_delete=models.PROTECT, related_name="moves", db_index=False)

    class Meta:
        constraints = tenant_rules("orders_ordermove", "order")
        indexes = [models.Index(fields=["tenant_id", "order"], name="order_moves")]
