"""What an event carries, by its type: the dictionaries of `channels.services.webhooks`."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.serializers import BooleanField, ChoiceField, IntegerField

from api.schemas import Decimal, Moment, kind_of
from channels.states import EventKind, HoldReason, OffReason
from orders.states import HeldThen


class _OfAnOrder(serializers.Serializer):
    order = serializers.CharField(help_text=_("Our number: what GET /orders/{ref} takes."))
    partner_order_no = serializers.CharField(help_text=_("Yours."))


class OrderData(_OfAnOrder):
    object = kind_of("order")
    state = ChoiceField(choices=["completed", "canceled", "processing"])
    total = Decimal()
    currency = serializers.CharField()


class HoldData(serializers.Serializer):
    reason = ChoiceField(choices=HoldReason.values)
    until = Moment(help_text=_("Somebody decides by then."))
    then = ChoiceField(choices=HeldThen.values)


class HeldOrderData(OrderData):
    state = ChoiceField(choices=["held"])
    held = HoldData()


class UnitDeliveredData(_OfAnOrder):
    object = kind_of("unit")
    position = IntegerField()
    is_replacement = BooleanField()
    delivered_at = Moment()


class UnitRefundedData(_OfAnOrder):
    object = kind_of("unit")
    position = IntegerField()
    amount = Decimal()
    currency = serializers.CharField()


class RefundData(_OfAnOrder):
    object = kind_of("refund")
    ref = serializers.CharField(
        help_text=_("What the entry on the balance is called by: refund:{ref}:done.")
    )
    amount = Decimal()
    currency = serializers.CharField()
    done_at = Moment()


class ProductData(serializers.Serializer):
    object = kind_of("product")
    sku = serializers.CharField()
    price = Decimal()
    old_price = Decimal(required=False, help_text=_("Of product.price_changed alone."))
    currency = serializers.CharField()
    available = BooleanField()


class BalanceCreditedData(serializers.Serializer):
    object = kind_of("balance")
    entry = serializers.CharField(help_text=_("“ref” among the movements of the balance."))
    kind = serializers.CharField()
    amount = Decimal()
    currency = serializers.CharField()
    payment = serializers.CharField(allow_null=True)
    reference = serializers.CharField(allow_null=True)
    booked_at = Moment()


class BalanceLowData(serializers.Serializer):
    object = kind_of("balance")
    balance = Decimal(help_text=_("What it is when it is told."))
    threshold = Decimal(help_text=_("It has gone below this."))
    below = Decimal(help_text=_("The same as “threshold”."))
    currency = serializers.CharField()


class EndpointDisabledData(serializers.Serializer):
    object = kind_of("webhook_endpoint")
    ref = serializers.CharField()
    reason = ChoiceField(choices=OffReason.values)


DATA: Mapping[EventKind, type[serializers.Serializer]] = {
    EventKind.ORDER_COMPLETED: OrderData,
    EventKind.ORDER_CANCELED: OrderData,
    EventKind.ORDER_HELD: HeldOrderData,
    EventKind.ORDER_RELEASED: OrderData,
    EventKind.UNIT_DELIVERED: UnitDeliveredData,
    EventKind.UNIT_REFUNDED: UnitRefundedData,
    EventKind.REFUND_DONE: RefundData,
    EventKind.PRICE_CHANGED: ProductData,
    EventKind.STOCK_CHANGED: ProductData,
    EventKind.BALANCE_CREDITED: BalanceCreditedData,
    EventKind.BALANCE_LOW: BalanceLowData,
    EventKind.ENDPOINT_DISABLED: EndpointDisabledData,
}
