from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class Moment(models.TextChoices):
    """When risk looks. An order is judged when it is placed, and once more when it is paid."""

    ORDER = "order", _("an order is placed")
    OPEN = "open", _("codes are opened")
    LOOK_UP = "look_up", _("an order is looked up")
    SIGN_UP = "sign_up", _("a shopper signs up")
    COUPON = "coupon", _("a coupon is used")


# What the faces have risk look at. The others have their words already, and nobody asks yet.
LOOKED = (Moment.ORDER, Moment.OPEN, Moment.LOOK_UP)
# When it may be known who paid: whoever looks an order up need not even know that there is one.
PAID = frozenset({Moment.ORDER, Moment.OPEN})


class Action(models.TextChoices):
    """What a rule wants, the mildest first."""

    PASS = "pass", _("let pass")
    TAG = "tag", _("let pass with a tag")
    WARN = "warn", _("warn")
    VERIFY = "verify", _("have it proven that it is a person")
    HOLD = "hold", _("hold for a look")
    DENY = "deny", _("refuse")


SEVERITY = {action: at for at, action in enumerate(Action)}


class Proof(models.TextChoices):
    """How somebody proves to be a person."""

    SLIDER = "slider", _("a slider")
    WORDS = "words", _("a question")
    MAIL = "mail", _("a code sent by mail")
    SMS = "sms", _("a code sent by SMS")


SENT = (Proof.MAIL, Proof.SMS)
PROOFS = (Proof.SLIDER, *SENT)  # what a rule may want
# The easiest first; a picture and a question stand for each other.
_EASY = {Proof.SLIDER: 0, Proof.WORDS: 0, Proof.MAIL: 1, Proof.SMS: 2}


def is_proof_enough(*, given: str, wanted: str) -> bool:
    """`given` is empty where nothing was proven."""
    return bool(given) and _EASY[Proof(given)] >= _EASY[Proof(wanted or Proof.SLIDER)]


def hardest_proof(proofs: Iterable[str]) -> Proof:
    return max((Proof(one) for one in proofs), key=_EASY.__getitem__, default=Proof.SLIDER)


class RuleState(models.TextChoices):
    OFF = "off", _("off")
    SHADOW = "shadow", _("trial: it only writes down what it would do")
    ON = "on", _("on")


RULE_MOVES = {
    RuleState.OFF: frozenset({RuleState.SHADOW, RuleState.ON}),
    RuleState.SHADOW: frozenset({RuleState.OFF, RuleState.ON}),
    RuleState.ON: frozenset({RuleState.OFF, RuleState.SHADOW}),
}


class Unanswered(models.TextChoices):
    """What a rule that cannot be answered just now means."""

    TAG = "tag", _("let pass with a tag")
    HOLD = "hold", _("hold for a look")


class Preset(models.TextChoices):
    """Ready sets of rules, the mildest first."""

    LOOSE = "loose", _("loose")
    STANDARD = "standard", _("standard")
    STRICT = "strict", _("strict")


class Listing(models.TextChoices):
    BLOCK = "block", _("blocked")
    ALLOW = "allow", _("always allowed")
    WATCH = "watch", _("watched")


class Judgement(models.TextChoices):
    """What a person who looked at it says that it was."""

    FRAUD = "fraud", _("fraud")
    HONEST = "honest", _("honest")
    UNSURE = "unsure", _("not sure")


class Trait(models.TextChoices):
    """What somebody is known by again: counted by, listed by, and what links two orders."""

    IP = "ip", _("IP address")
    NET = "net", _("network (/24)")
    DEVICE = "device", _("device")
    PHONE = "phone", _("phone number")
    MAIL = "mail", _("mail address")
    ACCOUNT = "account", _("topped-up account")
    PAYER = "payer", _("payer's account")
    PARTNER = "partner", _("partner")
    SKU = "sku", _("SKU")
