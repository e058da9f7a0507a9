"""What each refusal means, and what a caller does about it: the error catalogue's texts."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from api import errors as own
from catalog import errors as catalog
from channels import errors as channels
from core import errors as core
from core.errors import AppError
from core.idempotency import KeyReused, StillRunning
from core.states import MoveRefused
from fulfillment import errors as fulfillment
from inventory import errors as inventory
from orders import errors as orders
from payments import errors as payments
from tenants import errors as tenants

Words = tuple[str | Promise, str | Promise]  # what it means, what to do

ADVICE: Mapping[type[AppError], Words] = {
    own.KeyMissing: (
        _("The call names no API key."),
        _("Send “Authorization: Bearer qy_…” with every call."),
    ),
    channels.KeyRefused: (
        _("The key is unknown at this shop, has run out or was revoked."),
        _("Look at the key's first letters and the host. Ask the shop for a new key."),
    ),
    channels.AddressRefused: (
        _("The key may be used from some addresses only, and this is none of them."),
        _("Call from a listed address, or have the shop add this one to the key."),
    ),
    channels.ScopeMissing: (
        _("The key lacks the right that “data.scope” names."),
        _("Ask the shop for a key with this right."),
    ),
    channels.PartnerSuspended: (
        _("The shop has suspended your account. What was paid is still delivered."),
        _("Talk to the shop; repeat nothing until it has reopened the account."),
    ),
    own.TooFast: (
        _("More calls in this second than your account may make."),
        _("Wait as long as Retry-After says, then send the same request again."),
    ),
    core.TooManyTries: (
        _("Too many wrong keys came from your address."),
        _("Wait as long as Retry-After says; a right key is heard at any time."),
    ),
    own.VersionUnknown: (
        _("X-API-Version names a date that is no version."),
        _("Leave the header out, or send one of the dates of the changelog."),
    ),
    own.VersionEnded: (
        _("The version that the key keeps to, or that X-API-Version names, has ended."),
        _("Change your program to the newest version, then send its date as X-API-Version."),
    ),
    own.UnknownParameter: (
        _("The address names something that this operation does not take; “param” is what."),
        _("Check the spelling: “data.allowed” lists what it takes. Nothing is left out silently."),
    ),
    own.MethodUnknown: (
        _("The address is known, the method is not."),
        _("The header Allow lists what the address knows."),
    ),
    own.AnswerKindUnknown: (
        _("Accept asks for something else than JSON."),
        _("Send “Accept: application/json”, or leave it out."),
    ),
    own.BodyKindUnknown: (
        _("The body is no JSON."),
        _("Send “Content-Type: application/json” and a JSON object."),
    ),
    own.Unreadable: (
        _(
            "The body cannot be read: broken JSON, a name twice, NaN, nested too deeply, or a "
            "control character in the text that “param” names."
        ),
        _("Write the body with a JSON library, as UTF-8."),
    ),
    own.BodyTooLarge: (
        _("The body is larger than the API reads."),
        _("Send less at once, for example smaller batches."),
    ),
    core.RequestUnreadable: (
        _("Already the host, or the address, is none that can be read."),
        _("Call the shop's own host, as its office or its portal names it, with plain ASCII."),
    ),
    tenants.ShopUnknown: (
        _("There is no shop at this host."),
        _("Check the host's spelling. A test key, too, is used at the shop's own host."),
    ),
    tenants.ShopSuspended: (
        _("The shop is closed for now: nothing is sold. What was paid is still delivered."),
        _("Repeat nothing until it is open again; ask the shop when that will be."),
    ),
    core.AddressUnreadable: (
        _("There is a NUL (%00) behind the “?” of the address."),
        _("Take it out: nothing here has one in its name."),
    ),
    core.AddressTooLong: (
        _("The address with its query is too long."),
        _("Send only the parameters that the reference names."),
    ),
    core.InvalidInput: (
        _("A field is missing or wrong; “param” is its name."),
        _("Mend the field that “param” names. The message says what it takes."),
    ),
    core.UnknownField: (
        _("There is no field of the name in “param”."),
        _("Check the spelling. What is not known is refused, so that nothing is lost."),
    ),
    own.CursorUnknown: (
        _("The cursor in “after” is none that a page has given."),
        _("Begin again without “after”, then go on with each page's “next”."),
    ),
    own.KeyTooLong: (
        _("The header Idempotency-Key is too long, or has characters that cannot be printed."),
        _("Send a UUID."),
    ),
    KeyReused: (
        _("The idempotency key was used for another request before."),
        _("Make a new key for each new order; repeat the old body under the old one."),
    ),
    StillRunning: (
        _("The first call under this idempotency key is not finished."),
        _("Wait a moment and send the same request again."),
    ),
    core.NotFound: (
        _("There is no such thing, or it is not yours: both are told alike."),
        _("Check the reference. What was made with a test key is not there for a live key."),
    ),
    catalog.NotForSale: (
        _("There is no product of this number, or it is not on sale."),
        _("Check “sku” against GET /products; what has left it comes off your own shelf."),
    ),
    channels.SkuNotAllowed: (
        _("It is on sale, but not in your catalogue."),
        _("Order what GET /products lists, or ask the shop to add it."),
    ),
    channels.CostAbovePrice: (
        _("At your price the shop would lose money: it was refused, and nothing was charged."),
        _("Try later or talk to the shop: its cost or your price has to change."),
    ),
    channels.PriceAboveLimit: (
        _("The order costs more than your “max_amount”; “data.amount” is what it costs."),
        _("Read the price again, then order with a new limit if it is still worth it."),
    ),
    channels.DailyLimitReached: (
        _("The order would pass what you may spend in a day."),
        _("Order again tomorrow (in the shop's time zone), or have the limit raised."),
    ),
    payments.BalanceTooLow: (
        _("Your balance, with its credit line, does not cover the order. Nothing was charged."),
        _(
            "“data.needed” is what it costs, “data.available” what may still be spent. Top the "
            "balance up, then order under a new idempotency key."
        ),
    ),
    channels.NoWayToPay: (
        _("The shop has no payment provider that takes money at the moment."),
        _("Pay by bank transfer, or try again later."),
    ),
    channels.TooManyUnpaid: (
        _("So many of your online payments wait to be paid that no more are opened."),
        _("Pay those, or let them expire; a page is good for 24 hours."),
    ),
    channels.DailyPaymentsReached: (
        _("The shop takes so much a day online from you; what waits to be paid counts too."),
        _("Pay “data.left” or less, wait for tomorrow, or pay by bank transfer."),
    ),
    channels.TooManyEndpoints: (
        _("You have as many webhook endpoints as there may be."),
        _("Remove one, or change the address of one that you have."),
    ),
    channels.EndpointOff: (
        _("The webhook endpoint is disabled: by you, by the shop, or as nothing arrived there."),
        _("Mend the server, set the endpoint's “state” to “active”, and send again."),
    ),
    MoveRefused: (
        _("It waits for its first try: there is nothing to repeat."),
        _("Wait a moment, then look at the delivery again."),
    ),
    channels.OrderNoTaken: (
        _("Your order number names another order already; “data.order” is which."),
        _("Use a number once, for ever. To read the old order, ask for “data.order”."),
    ),
    inventory.OutOfStock: (
        _("There are fewer than you want. Nothing was charged."),
        _("Order fewer (“data.found”), or later under a new idempotency key."),
    ),
    inventory.TooManyHeld: (
        _("Too many are being held for one buyer."),
        _("Wait until older orders are paid or have run out."),
    ),
    orders.TooMany: (
        _("It is more than one order, or one buyer, may have."),
        _("Order at most “max_quantity” of the product."),
    ),
    orders.RefusedByRules: (
        _("The shop does not take this order; it does not say why. Nothing was charged."),
        _("Do not send it again unchanged; talk to the shop."),
    ),
    own.NothingToCancel: (
        _("All of the order is delivered, canceled or paid back."),
        _("For what was delivered, make a refund request."),
    ),
    fulfillment.WithSupplier: (
        _("A supplier is at work on what is left: whether it buys is not known yet."),
        _("Wait until the units are delivered or fail; what fails is paid back by itself."),
    ),
    fulfillment.NothingToRefund: (
        _("Nothing of the order can be paid back any more."),
        _("Read the order: what was paid back says so."),
    ),
    payments.RefundTooLarge: (
        _("It is more than what is left of the payment."),
        _("Read the order: some of it was paid back before."),
    ),
    orders.CaseOpen: (
        _("There is an open refund request about the same thing."),
        _("Read that one: “data.case” is its “ref”. The shop answers it."),
    ),
    core.Unavailable: (
        _("The database is away for a moment. Nothing was done."),
        _("Wait as long as Retry-After says and send the same request again."),
    ),
    core.Broken: (
        _("A fault of ours. It is logged under the request id."),
        _("Send the same request again under the same idempotency key; tell us the request id."),
    ),
}
