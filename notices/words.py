"""Each topic in a sentence, in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from risk.states import Trait

_SENTENCES: dict[str, str | Promise] = {
    "attack": _("%(count)s suspicious orders in %(minutes)s minutes, from one %(what)s."),
    "held": _("%(subject)s waits for your decision until %(until)s."),
    "unit": _("A delivery of order %(order)s needs a person."),
    "case": _("Order %(order)s: a buyer complains (case %(case)s)."),
    "case_late": _("Order %(order)s: the buyer of case %(case)s waits too long for an answer."),
    "price": _("%(supplier)s: the price of “%(goods)s” moved by %(share)s%%."),
    "off_sale": _("“%(goods)s” was taken off sale: it would be sold at a loss."),
    "endpoint": _("A webhook of %(partner)s was given up on: %(address)s."),
    "low": _("“%(goods)s” runs out: %(left)s left, %(days)s days at the present pace."),
    "expiring": _("%(count)s codes of “%(goods)s” expire on %(day)s."),
    "supplier": _("%(supplier)s goes wrong: it is given a rest, and orders go to other offers."),
    "visit": _(
        "%(operator)s of the platform looks in as %(member)s until %(until)s. Reason: %(reason)s"
    ),
    "sms": _("Codes by SMS do not go out. The provider's word: %(why)s."),
    "sms_spent": _("Today's SMS are spent: what wants a code by SMS waits for a person instead."),
    "test": _("This is a test. What you are to know arrives here."),
}


def said_of(what: str, given: Mapping[str, str]) -> str:
    """`what` names a sentence of these; `given` are its parts. What kind of thing many orders had
    in common is named here, for the reader's language is known here."""
    parts = dict(given)
    if "trait" in parts:
        parts["what"] = f"{Trait(parts['trait']).label} {parts['value']}"
    return str(_SENTENCES[what]) % parts
