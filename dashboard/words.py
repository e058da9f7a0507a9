"""Stable codes in people's words."""

from collections.abc import Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Sku
from catalog.selectors import buyer_fields
from catalog.states import Channel
from fulfillment.states import UnitState
from inventory.models import NEVER
from orders.states import CaseState, OrderState
from payments.states import PaymentState, RefundState
from suppliers.states import AttemptState, ComplaintState

ACTIONS = {
    "demo.seeded": _("filled the shop with demo data"),
    "login.done": _("signed in"),
    "login.failed": _("wrong password"),
    "login.blocked": _("too many tries to sign in"),
    "login.no_member": _("right password, but not a member"),
    "login.reset_asked": _("asked for a link to set the password"),
    "login.code_failed": _("wrong code of the second factor"),
    "login.factor_on": _("set up a second factor"),
    "login.factor_off": _("removed the second factor"),
    "login.recovery_codes": _("made new recovery codes"),
    "login.sessions_ended": _("signed out elsewhere"),
    "login.password_set": _("set a password with the link"),
    "product.copied": _("copied a product"),
    "product.scheduled": _("scheduled a product"),
    "member.invited": _("invited a member"),
    "member.changed": _("changed a member"),
    "settings.changed": _("changed settings"),
    "merchant.active": _("opened the shop"),
    "merchant.suspended": _("suspended the shop"),
    "merchant.set_aside": _("replaced the sandbox by an empty one"),
    "sandbox.filled": _("brought the sandbox up to date"),
    "code.reveal": _("looked at a code"),
    "code.found": _("looked up a code by its text"),
    "content.set": _("changed shared content"),
    "catalog.saved": _("changed the catalog"),
    "catalog.deleted": _("deleted from the catalog"),
    "catalog.imported": _("imported a product table"),
    "sku.created": _("added a SKU"),
    "sku.changed": _("changed a SKU"),
    "picture.stored": _("uploaded a picture"),
    "product.sorted": _("sorted products"),
    "notice.handled": _("dealt with a payment notice"),
    "notices.handled": _("dealt with payment notices"),
    "refund.retried": _("tried a refund again"),
    "refund.given_up": _("gave up a refund"),
    "unit.replaced": _("replaced a code"),
    "order.refunded": _("paid money back"),
    "order.released": _("let a held order go on"),
    "order.reviewed": _("decided about a held order"),
    "opening.allowed": _("let the codes of an order be opened"),
    "opening.refused": _("kept the codes of an order closed"),
    "recipient.added": _("added somebody who is told"),
    "recipient.changed": _("changed who is told what"),
    "recipient.tried": _("sent somebody a test message"),
    "recipient.dropped": _("removed somebody who was told"),
    "rule.made": _("wrote a risk rule"),
    "rule.changed": _("changed a risk rule"),
    "rule.on": _("switched a risk rule on"),
    "rule.shadow": _("put a risk rule on trial"),
    "rule.off": _("switched a risk rule off"),
    "rule.settings": _("changed the risk settings"),
    "rule.preset": _("chose a ready set of risk rules"),
    "rule.listed": _("listed somebody for the risk rules"),
    "rule.unlisted": _("took somebody off a list of the risk rules"),
    "order.refunded_at_risk": _("paid money back before a supplier had answered, at own risk"),
    "unit.by_hand": _("delivered by hand"),
    "webhook.made": _("made a webhook endpoint"),
    "webhook.changed": _("changed a webhook endpoint"),
    "webhook.removed": _("removed a webhook endpoint"),
    "webhook.rotated": _("gave a webhook endpoint a new secret"),
    "webhook.disabled": _("disabled a webhook endpoint"),
    "webhook.tried": _("tried a webhook endpoint"),
    "webhook.retried": _("had an event sent again"),
    "webhook.replayed": _("had a time's events sent again"),
    "order.buyer_fields_seen": _("saw the buyer's account"),
    "order.link_shown": _("took the order's link"),
    "product.created": _("added a product"),
    "product.changed": _("changed a product"),
    "product.published": _("put a product on the shelf"),
    "product.unpublished": _("took a product off the shelf"),
    "category.added": _("added a category"),
    "category.changed": _("changed a category"),
    "brand.added": _("added a brand"),
    "brand.changed": _("changed a brand"),
    "buyertemplate.added": _("added a buyer form"),
    "buyertemplate.changed": _("changed a buyer form"),
    "batch.open": _("loaded a batch"),
    "batch.freezing": _("began to freeze a batch"),
    "batch.frozen": _("froze a batch"),
    "batch.unfreezing": _("began to put a batch back on sale"),
    "batch.recalling": _("began to recall a batch"),
    "batch.recalled": _("recalled a batch"),
    "batch.undoing": _("began to undo a batch"),
    "batch.undone": _("undid a batch"),
    "supplier.docked": _("docked a supplier"),
    "supplier.changed": _("changed a supplier's contract"),
    "supplier.secrets": _("changed a supplier's secrets"),
    "supplier.complained": _("complained to a supplier"),
    "supplier.reply_read": _("looked at a supplier's words to a complaint"),
    "supplier.checked": _("asked a supplier for its balance"),
    "supplier.terms": _("changed the terms of a contract"),
    "supplier.paid": _("noted a payment to a supplier"),
    "supplier.payment_undone": _("undid a payment to a supplier"),
    "supplier.proof_read": _("took the proof of a payment to a supplier"),
    "late.claimed": _("claimed late goods from a supplier"),
    "late.stocked": _("put late goods into stock"),
    "late.written_off": _("wrote off late goods"),
    "late.returned": _("noted that a supplier paid late goods back"),
    "late.dismissed": _("noted that nothing was bought after all"),
    "bill.read": _("read a supplier's bill"),
    "authorisation.made": _("kept a brand authorisation"),
    "authorisation.changed": _("changed a brand authorisation"),
    "authorisation.paper": _("put another paper in place of a brand authorisation's"),
    "authorisation.read": _("took the paper of a brand authorisation"),
    "offer.made": _("added an offer"),
    "offer.changed": _("changed an offer"),
    "offer.followed": _("let an offer follow its supplier again"),
    "supplier.sync_asked": _("had a supplier's catalogue read"),
    "catalogue.changed": _("changed how a catalogue is read"),
    "partner.created": _("added a partner"),
    "partner.changed": _("changed a partner's terms"),
    "partner.suspended": _("suspended a partner"),
    "partner.active": _("opened a partner's account again"),
    "partner.test_key": _("made a test key for a partner"),
    "partner.test_key_rolled": _("rolled a partner's test key"),
    "partner.test_key_revoked": _("revoked a partner's test key"),
    "person.invited": _("invited a partner's person to the console"),
    "person.linked": _("made a new link to the console for a partner's person"),
    "person.joined": _("set a password for the console"),
    "person.signed_in": _("signed in at the console"),
    "person.refused": _("wrong password at the console"),
    "person.blocked": _("too many tries to sign in at the console"),
    "person.removed": _("removed a partner's person from the console"),
    "key.issued": _("made an API key"),
    "key.rolled": _("rolled an API key"),
    "key.revoked": _("revoked an API key"),
    "tier.saved": _("saved a price tier"),
    "tier.priced": _("set a price in a tier"),
    "tier.unpriced": _("took a price out of a tier"),
    "tier.dropped": _("removed a price tier"),
    "claim.filed": _("filed money for a partner's balance"),
    "claim.matched": _("found a partner's transfer at the bank"),
    "claim.confirmed": _("confirmed money for a partner's balance"),
    "claim.refused": _("refused money for a partner's balance"),
    "claim.proof_read": _("took the proof of a partner's transfer"),
    "payment_in.asked": _("asked for an online payment into a partner's balance"),
    "payment_in.paid": _("paid into a partner's balance online"),
    "api.sold": _("sold to a partner"),
    "api.refund_told": _("was told of a refund by a platform"),
    "door.opened": _("opened a door for a partner's platform"),
    "door.rolled": _("gave a platform's door new secrets"),
    "door.changed": _("changed a platform's door"),
    "door.closed": _("closed a platform's door"),
    "margin.rule_set": _("set a margin rule"),
    "margin.price_raised": _("raised a price: the cost left too little"),
    "margin.taken_off": _("took it off sale: the cost left too little"),
    "margin.put_back": _("put it back on sale: the cost is fine again"),
}
# The services' own reasons for a batch's move; a person's are shown as they were typed.
BATCH_REASONS = {
    "opened": "",
    "undone": "",
    "taken_meanwhile": _("Buyers took some of its codes meanwhile: these are left."),
}
_GOES_OFF_SALE = _(
    "From now on none of its codes is delivered. Until its turn comes, a code still counts as "
    "stock and may be ordered: that buyer gets one of another batch, or waits. You may leave this "
    "page."
)
# A heading and a hint for a batch that a worker goes through.
BATCH_AT_WORK = {
    "freezing": (_("The batch is being frozen"), _GOES_OFF_SALE),
    "unfreezing": (
        _("The batch is coming back on sale"),
        _("You may leave this page. Freeze takes off sale again what has come back."),
    ),
    "recalling": (_("The batch is being recalled"), _GOES_OFF_SALE),
    "undoing": (
        _("The batch is being undone"),
        _("You may leave this page. Freeze stops it: what is left stays off sale."),
    ),
}
REASONS = {
    **BATCH_REASONS,
    "created": "",
    "reopened": "",
    "replaced": "",
    "by_shop": "",
    "own_risk": _("at the shop's own risk"),
    "taken_back": _("The supplier took it back"),
}
CHANNELS = dict(Channel.choices)
PROVIDERS = {"sandbox": _("Sandbox QR payment"), "balance": _("Partner's balance")}
MONEY = {
    "unpaid": _("unpaid"),
    "paid": _("paid"),
    "partly_refunded": _("partly refunded"),
    "refunded": _("refunded"),
}
# What the importer did to a value before storing it.
MARKS = {
    "trimmed": _("blanks at the ends taken off"),
    "full_width": _("full-width letters made half-width"),
    "blank": _("unusual blanks made plain"),
    "invisible": _("invisible characters taken out"),
    "control": _("control characters taken out"),
}
_STATES = {
    "order": OrderState,
    "payment": PaymentState,
    "refund": RefundState,
    "unit": UnitState,
    "case": CaseState,
    "supplier": AttemptState,
}
# What a complaint's evidence tells of a unit that is no state of it.
_HAPPENED = {
    "unit": {"shown": _("seen by the buyer")},
    "supplier": {
        f"complaint_{state}": format_lazy(_("complaint {state}"), state=state.label)
        for state in ComplaintState
    },
}
_THINGS = {
    "order": _("Order"),
    "payment": _("Payment"),
    "refund": _("Refund"),
    "unit": _("Goods"),
    "case": _("Case"),
    "supplier": _("Supplier"),
}


def action_words(code: str) -> str:
    return str(ACTIONS.get(code, code))


def reason_words(reason: str) -> str:
    """What a person typed, or our own words for what a service wrote."""
    if reason.startswith("case "):
        return gettext("Case %(ref)s") % {"ref": reason.removeprefix("case ")}
    return str(REASONS.get(reason, reason)) or "-"


def channel_words(channel: str) -> str:
    return str(CHANNELS.get(channel, channel))


def provider_words(provider: str) -> str:
    return str(PROVIDERS.get(provider, provider))


def money_words(state: str) -> str:
    return str(MONEY.get(str(state), state))


def evidence_words(row: dict[str, str]) -> str:
    """A line of a complaint's evidence: thing and state, as they were then."""
    thing, state = row["thing"], row["state"]
    states = _STATES.get(thing)
    known = dict(states.choices) if states else {}
    words = (known | _HAPPENED.get(thing, {})).get(state, state)
    return f"{_THINGS.get(thing, thing)}: {words}"


def who(label: str) -> str:
    """`user:12 zhang@example.com` as people read it."""
    if label.startswith("provider:"):
        return gettext("payment provider")
    if label.startswith("partner:"):
        return gettext("the partner's program")
    match label.partition(" "):
        case ("shopper", _, _):
            return gettext("the buyer")
        case ("system", _, _):
            return gettext("the system")
        case (user, _, mail) if user.startswith(("user:", "person:", "login")) and mail:
            return mail
    return label


def goods_words(sku: Sku) -> str:
    return f"{sku.product.shown.name} · {sku.shown.name}"


def given_words(sku: Sku, given: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a buyer gave, under the names of the form's fields; one that left it keeps its key."""
    language = get_language() or ""
    labels = {field.key: field.label_in(language) for field in buyer_fields(sku)}
    return [(labels.get(key, key), text) for key, text in given.items()]


def day_or_never(day: date) -> str:
    return gettext("never") if day == NEVER else date_format(day, "Y-m-d")


def days_words(first: date | None, last: date | None) -> str:
    """When codes expire that came together: a day, or from the first day to the last."""
    if first is None or last is None:
        return "-"
    days = dict.fromkeys((day_or_never(first), day_or_never(last)))
    return " – ".join(days)
