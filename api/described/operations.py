"""Every operation of the API, by method and view: what it is called, answers and refuses."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from api import errors as own
from api import schemas
from api.described.hooks import HOOK_OPERATIONS
from api.described.operation import Operation
from api.queries import OrdersAsked
from catalog.errors import NotForSale
from channels import errors as channels
from core.errors import NotFound
from core.idempotency import KeyReused, StillRunning
from fulfillment.errors import NothingToRefund, WithSupplier
from inventory.errors import OutOfStock, TooManyHeld
from orders.errors import CaseOpen, RefusedByRules, TooMany
from payments.errors import BalanceTooLow, RefundTooLarge

ORDERED = (
    NotFound, NotForSale, channels.SkuNotAllowed, channels.CostAbovePrice,
    channels.PriceAboveLimit, channels.DailyLimitReached, BalanceTooLow, channels.OrderNoTaken,
    OutOfStock, TooManyHeld, TooMany, RefusedByRules, own.KeyTooLong, KeyReused, StillRunning,
)  # fmt: skip

OPERATIONS: Mapping[str, Operation] = {
    "GET Products": Operation(
        id="listProducts",
        tag="catalogue",
        summary=_("What you may sell"),
        text=_("Everything that is on sale to you now, at your prices, the newest first."),
        answers={200: schemas.ProductPage},
        is_paged=True,
    ),
    "GET OneProduct": Operation(
        id="getProduct",
        tag="catalogue",
        summary=_("One product"),
        answers={200: schemas.Product},
    ),
    "POST AccountChecks": Operation(
        id="checkAccount",
        tag="catalogue",
        summary=_("Check an account before it is topped up"),
        text=_(
            "Asks the supplier, so it takes as long as he does. “unknown” stops nobody: order, and "
            "it is seen then. In test mode every top-up answers by its account: 13800000001 is "
            "“no”, 13800000003 “unknown”, any other that its form takes “yes”."
        ),
        answers={200: schemas.AccountCheck},
        refuses=(NotFound,),  # the product
    ),
    "GET Orders": Operation(
        id="listOrders",
        tag="orders",
        summary=_("Your orders"),
        text=_(
            "The newest first, without their codes. By your own number, by state or by when they "
            "were placed: what is given narrows the list, each on its own or together."
        ),
        answers={200: schemas.OrderPage},
        is_paged=True,
        query=OrdersAsked,
    ),
    "POST Orders": Operation(
        id="placeOrder",
        tag="orders",
        summary=_("Place an order"),
        text=_(
            "Priced, paid from the balance and, where it is in stock, delivered in the answer: all "
            "or nothing. Your own order number is used once, for ever: the same order again is "
            "answered with 200 and the first order; of another key's order only where your key may "
            "read orders."
        ),
        answers={201: schemas.Order, 200: schemas.Order},
        refuses=ORDERED,
        is_idempotent=True,
    ),
    "POST Batches": Operation(
        id="placeOrders",
        tag="orders",
        summary=_("Place up to 100 orders"),
        text=_(
            "Each is an order of its own, with its own outcome, in the order you sent them. Each "
            "new one counts as a call: those past your second are told 429. Send the same batch "
            "again then: what was ordered is answered without counting. An Idempotency-Key is not "
            "needed: your order numbers keep each line from being ordered twice. A line that is "
            "not of this form refuses the whole batch, and nothing is ordered."
        ),
        answers={200: schemas.Batch},
    ),
    "GET OneOrder": Operation(
        id="getOrder",
        tag="orders",
        summary=_("One order, with its codes"),
        answers={200: schemas.Order},
    ),
    "POST Cancel": Operation(
        id="cancelOrder",
        tag="orders",
        summary=_("Give up what is not delivered"),
        text=_("Its price comes back to the balance."),
        answers={200: schemas.Order},
        refuses=(own.NothingToCancel, WithSupplier, NothingToRefund, RefundTooLarge),
    ),
    "POST RefundRequests": Operation(
        id="requestRefund",
        tag="orders",
        summary=_("Ask for the money back, or another code"),
        text=_("The shop looks at it and decides; read the request to see what became of it."),
        answers={201: schemas.RefundRequest},
        refuses=(CaseOpen, NothingToRefund, TooMany),
    ),
    "GET RefundRequest": Operation(
        id="getRefundRequest",
        tag="orders",
        summary=_("What became of a refund request"),
        answers={200: schemas.RefundRequest},
    ),
    "GET Balance": Operation(
        id="getBalance",
        tag="balance",
        summary=_("What you may spend"),
        answers={200: schemas.Balance},
    ),
    "GET Entries": Operation(
        id="listEntries",
        tag="balance",
        summary=_("Every movement of the balance"),
        text=_("The newest first."),
        answers={200: schemas.EntryPage},
        is_paged=True,
    ),
    "POST Payments": Operation(
        id="askPayment",
        tag="balance",
        summary=_("Pay into the balance online"),
        text=_(
            "Makes a page of the shop, good for 24 hours: send “pay_url” to whoever pays. The "
            "money is on the balance as soon as it has come; “balance.credited” tells you."
        ),
        answers={201: schemas.Payment},
        refuses=(
            channels.NoWayToPay,
            channels.TooManyUnpaid,
            channels.DailyPaymentsReached,
            own.KeyTooLong,
            KeyReused,
            StillRunning,
        ),
        is_idempotent=True,
    ),
    "GET Payments": Operation(
        id="listPayments",
        tag="balance",
        summary=_("What you have paid in online, or want to"),
        text=_("The newest first."),
        answers={200: schemas.PaymentPage},
        is_paged=True,
    ),
    "GET OnePayment": Operation(
        id="getPayment",
        tag="balance",
        summary=_("One online payment"),
        answers={200: schemas.Payment},
    ),
    **HOOK_OPERATIONS,
}
TAGS: Mapping[str, str | Promise] = {
    "catalogue": _("Catalogue"),
    "orders": _("Orders"),
    "balance": _("Balance"),
    "webhooks": _("Webhooks"),
}
