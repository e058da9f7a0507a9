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
from risk.types import ALLOWED, BLOCKED, FAILED, IN_VAIN, WATCHED
from suppliers.states import AttemptState, ComplaintState

# The services' own reasons for a batch's move; a person's are shown as they were typed.
BATCH_REASONS = {
    "opened": "",
    "undone": "",
    "taken_meanwhile": _("Buyers took some of its codes meanwhile: these are left."),
}
_NO_RULES = {
    BLOCKED: _("Block list"),
    ALLOWED: _("Allow list"),
    WATCHED: _("Watch list"),
    IN_VAIN: _("Allow list, by what was typed only: the block counts"),
    FAILED: _("The rules could not be asked"),
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
    "released": "",
    "allowed": "",
    "nobody_decided": _("Nobody decided in time."),
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
        case (user, _, names) if user.startswith("user:") and " as " in names:
            who_, _as, whom = names.partition(" as ")
            return gettext("%(who)s of the platform, as %(whom)s") % {"who": who_, "whom": whom}
        case (user, _, mail) if user.startswith(("user:", "person:", "login")) and mail:
            return mail
    return label


def no_rule_words(spoken: str) -> str:
    """What spoke at a look and is no rule: a list, or that risk itself broke. Empty of a rule."""
    return str(_NO_RULES.get(spoken, ""))


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
