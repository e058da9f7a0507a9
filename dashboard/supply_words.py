"""What suppliers do and say, in people's words."""

import re
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from suppliers.models import AttemptMove, Authorisation, Call, SupplierProduct
from suppliers.selectors.authorising import ENDS_SOON
from suppliers.selectors.health import Health, Rest
from suppliers.states import AttemptState, CallKind
from suppliers.types import Kind
from suppliers.words import said_words

Text = str | Promise
LEFT_OUT: dict[str, Text] = {
    "off": _("out of use"),
    "played": _("only simulated"),
    "tried": _("tried already"),
    "off shelf": _("taken off sale by the supplier"),
    "no stock": _("out of stock at the supplier"),
    "too dear": _("too dear"),
    "below the floor": _("below its price floor"),
    "channel": _("not on this channel"),
    "no authorisation": _("no brand authorisation in force"),
    "slow": _("slower than shoppers are told"),
    "closed": _("not open at this hour"),
    "resting": _("rests after failures"),
    "busy": _("had no turn free"),
}
# What a person is to know about it, beside the word.
LEFT_OUT_MORE: dict[str, Text] = {
    "off": _("The offer or its supplier is out of use."),
    "played": _("It delivers samples, and real money is paid here. Connect a real supplier."),
    "off shelf": _("Its catalogue says so, or does not have it any more."),
    "no stock": _("Its catalogue says so. It is asked again when there is some."),
    "too dear": _("It costs more than its highest cost, or than the shop gets."),
    "below the floor": _("The supplier forbids selling it for less than its price floor."),
    "channel": _("The supplier forbids selling it on this channel."),
    "no authorisation": _("Add the paper at its supplier, or ask for a new one."),
    "slow": _("Allow it at the SKU, in hours: shoppers read that before they pay."),
    "closed": _("It is asked again when it opens."),
    "resting": _("Its supplier failed several times; one order at a time finds out."),
}
# What an offer follows its supplier's catalogue in, unless the merchant has spoken.
FOLLOWED: dict[str, Text] = {
    "cost_e4": _("the cost"),
    "most_e4": _("the highest cost"),
    "supply": _("whether it can be had"),
}
KINDS: dict[str, Text] = {
    Kind.CODES: _("codes"),
    Kind.TOP_UP: _("top-up"),
    Kind.PHONE: _("phone credit"),
}
_PRIORITY = re.compile(r"priority (\d+)")
_BY_WEIGHT = re.compile(r"1 of (\d+) by weight (\d+)")
_COUNTED = re.compile(rf"(\d+) ({'|'.join(LEFT_OUT)})")


def choice_words(choice: str) -> str:
    """Why an offer was taken, as a choice's words tell it."""
    if choice.startswith("0 of"):
        choice = choice.partition(", ")[2]
    return gettext(", ").join(_choice_part(part) for part in choice.split(", ") if part)


def _choice_part(part: str) -> str:
    if found := _PRIORITY.fullmatch(part):
        return gettext("priority %(number)s") % {"number": found[1]}
    if found := _BY_WEIGHT.fullmatch(part):
        if found[1] == "1":
            return gettext("the only one of it")
        given = {"count": found[1], "weight": found[2]}
        return gettext("one of %(count)s by weight %(weight)s") % given
    if found := _COUNTED.fullmatch(part):
        return f"{found[1]} {LEFT_OUT[found[2]]}"
    return part


def call_words(call: Call) -> str:
    """How an exchange ended."""
    if call.kind == CallKind.BALANCE:
        is_told = call.outcome == AttemptState.SUCCESS
        return gettext("told") if is_told else gettext("not told")
    return str(call.get_outcome_display())


def move_words(move: AttemptMove) -> tuple[str, str]:
    """What became of an attempt, and what was said."""
    said = str(move.data.get("said", "")) if isinstance(move.data, dict) else ""
    if move.old == move.new:
        return gettext("The supplier says otherwise after the end"), said_words(said)
    return str(AttemptState(move.new).label), said_words(said)


def line_words(line: SupplierProduct) -> tuple[str, str]:
    """A tone, and whether the supplier has it."""
    if line.gone_at:
        return "bad", gettext("not in the catalogue any more")
    if not line.is_on_sale:
        return "bad", gettext("taken off sale by the supplier")
    if line.stock == 0:
        return "warn", gettext("out of stock at the supplier")
    if line.stock is None:
        return "good", gettext("to be had")
    return "good", gettext("in stock: %(count)s") % {"count": line.stock}


def time_words(milliseconds: int | None) -> str:
    if milliseconds is None:
        return "-"
    if milliseconds < 1000:
        return gettext("%(count)s ms") % {"count": milliseconds}
    return gettext("%(count)s s") % {"count": f"{milliseconds / 1000:.1f}"}


def authorisation_words(one: Authorisation, *, day: date) -> tuple[str, str]:
    """A tone, and whether it is in force on that day."""
    if one.since > day:
        return "", gettext("from %(day)s") % {"day": one.since.isoformat()}
    left = (one.until - day).days
    if left < 0:
        return "bad", gettext("ended")
    if left > ENDS_SOON.days:
        return "good", gettext("in force")
    return "warn", ngettext("%(count)s day left", "%(count)s days left", left) % {"count": left}


def breaker_words(health: Health) -> tuple[str, Text]:
    return state_words(is_on=health.supplier.is_on, rest=health.rest)


def state_words(*, is_on: bool, rest: Rest | None) -> tuple[str, Text]:
    """A tone, and whether the supplier is being asked just now."""
    if not is_on:
        return "", _("out of use")
    words: dict[Rest | None, tuple[str, Text]] = {
        None: ("good", _("working")),
        Rest.PROBE: ("bad", _("resting")),
        Rest.RESTS: ("warn", _("being tried")),
    }
    return words[rest]
