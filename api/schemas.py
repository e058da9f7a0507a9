"""What the API answers, described: the dictionaries of `api.shapes` and `api.catalogue`."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.serializers import BooleanField, ChoiceField, IntegerField

from api.shapes import ORDER_STATES, UNIT_STATES
from catalog.states import Kind, Promise
from catalog.types import FieldKind
from channels.states import HoldReason, PaymentInState
from orders.states import CaseKind, CaseState, HeldThen
from suppliers.abilities import Verdict

GOODS = ("code", "text", "link", "qr")
DECIMAL = r"^-?[0-9]+\.[0-9]{4}$"


@extend_schema_field({"type": "string", "pattern": DECIMAL, "examples": ["9.8750"]})
class Decimal(serializers.CharField):
    """Money as it is answered: four decimals, always."""


class Said(serializers.CharField):
    """Text that may be empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"allow_blank": True} | options))


class Moment(serializers.DateTimeField):
    """UTC, to the millisecond: `2026-11-28T08:00:00.000Z`."""


def kind_of(name: str) -> ChoiceField:
    """The field `object`, by which a program tells what it reads."""
    return ChoiceField(choices=[name])


def livemode() -> BooleanField:
    """The field by which a program tells a sandbox's answers from real ones."""
    return BooleanField(help_text=_("False in the sandbox, where nothing is real."))


class BuyerField(serializers.Serializer):
    key = serializers.CharField(
        help_text=_(
            "The name under which an order says it: “buyer” of an order has one entry for each of "
            "the “buyer_fields”, with this as its key and the buyer's answer as its value."
        )
    )
    type = ChoiceField(choices=list(FieldKind))
    label = serializers.CharField()  # type: ignore[assignment]  # -- the metaclass takes it out
    label_en = serializers.CharField(allow_null=True)
    required = BooleanField(  # type: ignore[assignment]  # -- this one, too
        help_text=_("An order without it is refused; one with a key that is not here, too.")
    )
    options = serializers.ListField(
        child=serializers.CharField(), help_text=_("The answers there are; empty: any of its type.")
    )


class Product(serializers.Serializer):
    object = kind_of("product")
    livemode = livemode()
    sku = serializers.CharField(help_text=_("What an order names it by."))
    name = serializers.CharField()
    name_en = serializers.CharField(allow_null=True)
    variant = Said()
    variant_en = serializers.CharField(allow_null=True)
    brand = serializers.CharField(allow_null=True)
    kind = ChoiceField(choices=list(Kind.values))
    delivery = ChoiceField(choices=list(Promise.values))
    price = Decimal(help_text=_("What one of it costs you."))
    list_price = Decimal(help_text=_("What it costs in the shop."))
    currency = serializers.CharField()
    max_quantity = IntegerField(allow_null=True)
    available = BooleanField(help_text=_("An order of one of it would be taken now."))
    will_be_held = BooleanField(
        help_text=_(
            "An order of it is taken and paid, then held until the shop has decided: at your price "
            "its cost is not brought in. “held” of the order says until when."
        )
    )
    stock = IntegerField(
        allow_null=True, help_text=_("Codes in stock; null for what is bought when it is ordered.")
    )
    buyer_fields = BuyerField(
        many=True,
        help_text=_("What an order of it says of its buyer, in “buyer”; empty: nothing."),
    )


class Held(serializers.Serializer):
    reason = ChoiceField(choices=HoldReason.values)
    message = serializers.CharField(help_text=_("The reason, for people."))
    until = Moment(help_text=_("Somebody decides by then."))
    then = ChoiceField(
        choices=HeldThen.values,
        allow_null=True,
        help_text=_(
            "What is done if nobody has: it is delivered (release), or the money goes back "
            "(pay_back); null: it is looked at again."
        ),
    )


class Unit(serializers.Serializer):
    position = IntegerField()
    state = ChoiceField(choices=sorted({*UNIT_STATES.values(), "processing"}))
    held = Held(
        allow_null=True, help_text=_("Of a unit in processing that a person has to look at.")
    )
    kind = ChoiceField(choices=GOODS, allow_null=True)
    card_no = serializers.CharField(allow_null=True)
    code = serializers.CharField(
        allow_null=True, help_text=_("The goods. Keep them as you keep money.")
    )
    expires_on = serializers.DateField(allow_null=True)
    delivered_at = Moment(allow_null=True)


class OrderInList(serializers.Serializer):
    object = kind_of("order")
    livemode = livemode()
    ref = serializers.CharField()
    partner_order_no = serializers.CharField()
    state = ChoiceField(choices=sorted(set(ORDER_STATES.values())))
    held = Held(allow_null=True, help_text=_("While “state” is “held”: why, and until when."))
    sku = serializers.CharField()
    quantity = IntegerField()
    unit_price = Decimal()
    total = Decimal()
    currency = serializers.CharField()
    created_at = Moment()
    ended_at = Moment(allow_null=True)


class Order(OrderInList):
    units = Unit(many=True)


class RefundRequest(serializers.Serializer):
    object = kind_of("refund_request")
    livemode = livemode()
    ref = serializers.CharField()
    order = serializers.CharField()
    position = IntegerField(allow_null=True)
    kind = ChoiceField(choices=list(CaseKind.values))
    state = ChoiceField(choices=list(CaseState.values))
    opened_at = Moment()
    due_at = Moment(allow_null=True)
    ended_at = Moment(allow_null=True)


class AccountCheck(serializers.Serializer):
    object = kind_of("account_check")
    livemode = livemode()
    verdict = ChoiceField(choices=list(Verdict))
    field = serializers.CharField(allow_null=True)
    message = serializers.CharField(allow_null=True)


class Balance(serializers.Serializer):
    object = kind_of("balance")
    livemode = livemode()
    balance = Decimal()
    credit_limit = Decimal()
    available = Decimal(help_text=_("What may still be spent: down to the credit line."))
    currency = serializers.CharField()


class Entry(serializers.Serializer):
    object = kind_of("entry")
    livemode = livemode()
    ref = serializers.CharField()
    kind = serializers.CharField()
    amount = Decimal(help_text=_("Below zero: it went out."))
    currency = serializers.CharField()
    order = serializers.CharField(
        allow_null=True, help_text=_("The order that was paid, or that money came back for.")
    )
    payment = serializers.CharField(
        allow_null=True, help_text=_("The online payment that brought it.")
    )
    at = Moment()


class Payment(serializers.Serializer):
    object = kind_of("payment")
    livemode = livemode()
    ref = serializers.CharField()
    state = ChoiceField(choices=PaymentInState.values)
    amount = Decimal()
    currency = serializers.CharField()
    reference = serializers.CharField(allow_null=True, help_text=_("Yours."))
    return_url = serializers.CharField(allow_null=True)
    pay_url = serializers.CharField(
        allow_null=True, help_text=_("Where a person pays; null once that is over.")
    )
    created_at = Moment()
    expires_at = Moment()
    paid_at = Moment(allow_null=True)
    entry = serializers.CharField(
        allow_null=True, help_text=_("What it became among the movements of the balance.")
    )


class ErrorTold(serializers.Serializer):
    type = ChoiceField(
        choices=[
            "authentication", "payment", "permission", "not_found", "conflict", "rate_limit",
            "invalid_request", "api",
        ]
    )  # fmt: skip
    code = serializers.CharField(help_text=_("Stable: what a program goes by."))
    message = Said(help_text=_("For people, in the language of Accept-Language."))
    param = serializers.CharField(allow_null=True, help_text=_("The field that is wrong."))
    data = serializers.DictField()  # type: ignore[assignment]  # -- and this
    doc_url = serializers.URLField()
    request_id = serializers.CharField()


class Error(serializers.Serializer):
    error = ErrorTold()


class BatchResult(serializers.Serializer):
    status = IntegerField()
    body = serializers.DictField(help_text=_("An order, or an error: what a call of its own says."))


class Batch(serializers.Serializer):
    object = kind_of("batch")
    results = BatchResult(many=True)


def page_of(shape: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """A page of a list: `next` is the cursor to go on with."""
    fields = {
        "object": kind_of("list"),
        "data": shape(many=True),
        "has_more": BooleanField(),
        "next": serializers.CharField(allow_null=True),
    }
    return type(f"{shape.__name__}Page", (serializers.Serializer,), fields)


ProductPage, OrderPage, EntryPage = page_of(Product), page_of(OrderInList), page_of(Entry)
PaymentPage = page_of(Payment)
