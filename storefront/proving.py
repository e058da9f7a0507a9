"""A code is sent to where the buyer of an order is reached, and nowhere else; and what that costs.

A message by SMS is paid for, and a stranger's telephone rings: hence bounds by the number, browser,
address and network, and by the day for each number, address and shop. Past an address's day and the
shop's nobody is asked: a person of the shop looks at what a rule stops.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import limits
from core.callers import caller_ip, subscriber_of
from core.contacts import is_mainland_mobile
from core.errors import TooManyTries
from core.guards import Asker, By, Floor, Guard, attempt
from core.meters import Budget
from core.scope import tenant_atomic
from core.secrets import Secret
from core.spans import span_words
from notices import services as notices
from notices.selectors import most_sms_a_day
from notices.states import Fate
from orders.selectors import has_paid_order
from orders.types import Contact
from risk import services as risk
from risk.selectors import find_asked, find_sent, tries_left
from risk.selectors.values import network_of
from risk.states import Proof
from risk.types import Asked
from storefront.checking import Question, Thing
from storefront.device import Browser, shop_of
from storefront.errors import NobodyAsked, NotReached
from tenants.selectors import is_sandbox

DAY = timedelta(days=1)
# A minute before the second one, then longer each time; and ten a day, whatever becomes of Redis.
SENDING = Guard(
    name="code",
    budgets={
        By.TARGET: Budget(free=1, every=600, first=60, longest=3600),
        By.DEVICE: Budget(free=5, every=300, first=30, longest=3600),
        By.ADDRESS: Budget(free=20, every=120, first=10, longest=600),
        By.NETWORK: Budget(free=60, every=40, first=5, longest=300),
        By.PLATFORM: Budget(free=2_000, every=1, longest=30),
    },
    fair={By.ADDRESS: Budget(free=10, every=120, first=10, longest=600)},
)
# Of a number's ten a day one network asks for half at most: a stranger who knows the number leaves
# some to who buys with it for the first time, from elsewhere.
MOST_OF_A_NUMBER, MOST_FROM_ONE_NETWORK = 10, 5
# Strangers may have spent those of a number: who has paid with it on this device has some that
# are his alone.
SENDING_OWN = Guard(
    name="code.own",
    budgets={By.TARGET: Budget(free=1, every=600, first=60, longest=3600)},
    floor=Floor(most=3, window=DAY),
)
MOST_OF_AN_ADDRESS = 100  # a day
MOST_MAIL = 2_000  # of a shop a day; of SMS the merchant says
# Five tries of a million for each code: what a crowd guesses at codes of its own is bounded too.
ANSWERS = Guard(
    name="code.answer",
    budgets={
        By.ADDRESS: Budget(free=30, every=30, longest=120),
        By.NETWORK: Budget(free=90, every=10, longest=60),
        By.SHOP: Budget(free=100, every=120, longest=60),
        By.PLATFORM: Budget(free=1_000, every=10, longest=30),
    },
    fair={By.ADDRESS: Budget(free=30, every=30, longest=120)},
)
_WANTED = {
    Proof.MAIL: gettext_lazy("This shop sends a code by mail first: write your mail address."),
    Proof.SMS: gettext_lazy(
        "This shop sends a code by SMS first: write a mobile number of mainland China."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A proof by a code: of which browser, about what, and how the code is sent."""

    thing: Thing
    browser: Browser
    way: str

    def asked(self, to: Secret | None = None) -> Asked:
        return self.thing.asked(self.browser, self.way, to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The question that a page shows; `why` there is no new code, if there is none, and in words
    where the one before is still good."""

    question: Question
    why: TooManyTries | None = None

    @property
    def error(self) -> str:
        if self.why is None or self.question.is_over:
            return ""
        wait = span_words(int(self.why.data["wait_seconds"] or 0))
        said = _("Please wait %(span)s for a new code. The one that was sent is still good.")
        return said % {"span": wait}


def ask(
    request: HttpRequest, wanted: Wanted, *, contact: Contact, is_again: bool, now: datetime
) -> Sent:
    """Send a code, unless a good one was sent before. In no transaction.

    Raises NotReached, where the buyer has to write another number or address; NobodyAsked;
    TooManyTries.
    """
    to, shown = _target(wanted.way, contact)
    asked = wanted.asked(to)
    if not is_again and (found := _sent_before(asked, now=now)) is not None:
        return Sent(question=found)
    try:
        _count(request, asked, to, now=now)
    except TooManyTries as why:
        if (found := _sent_before(asked, now=now)) is not None:
            return Sent(question=found, why=why)
        return Sent(question=_over(wanted, shown), why=why)
    return Sent(question=_send(asked, to, shown, now=now))


def _send(asked: Asked, to: Secret, shown: str, *, now: datetime) -> Question:
    challenge, code = risk.ask_by_code(asked=asked, shown=shown, now=now)
    if _is_trial():
        return Question(ref=challenge.ref, way=asked.way, sent=shown, trial=code.reveal())
    fate = notices.send_code(way=asked.way, to=to, code=code, now=now)
    if fate in (Fate.SENT, Fate.UNKNOWN):  # what may have arrived is good
        return Question(ref=challenge.ref, way=asked.way, sent=shown)
    risk.drop_sent(asked=asked, now=now)
    if fate is Fate.NO_ADDRESS:
        said = _("No code could be sent to %(shown)s. Check it, or write another one.")
        raise NotReached(said % {"shown": shown}, param=_param(asked.way))
    raise _nobody_asked()


def hear(
    request: HttpRequest, wanted: Wanted, *, ref: str, answer: str, now: datetime
) -> tuple[Question, str] | None:
    """None: it was right. Else the question again, and what is wrong. Raises TooManyTries."""
    asked = wanted.asked()
    tried = attempt(
        guard=ANSWERS,
        asker=_asker(request, asked),
        now=now,
        has_evidence=lambda: _has_paid(asked.device),
    )
    if risk.hear_person(ref=ref, answer=answer, asked=asked, now=now):
        tried.was_right()
        return None
    question, left = find(wanted, ref=ref, now=now)
    if question.is_over:
        return question, _("This code is not good any more. Have a new one sent.")
    said = ngettext(
        "That is not the code that was sent. You have %(left)s more try.",
        "That is not the code that was sent. You have %(left)s more tries.",
        left,
    )
    return question, said % {"left": left}


@tenant_atomic
def find(wanted: Wanted, *, ref: str, now: datetime) -> tuple[Question, int]:
    """The question that a form answers, and how many tries are left."""
    found = find_asked(asked=wanted.asked(), ref=ref)
    left = tries_left(found, now=now) if found else 0
    if found is None or not left:
        return _over(wanted, found.shown if found else ""), 0
    return Question(ref=ref, way=found.way, sent=found.shown), left


def _over(wanted: Wanted, shown: str) -> Question:
    return Question(ref="-", way=wanted.way, sent=shown, is_over=True)


def _target(way: str, contact: Contact) -> tuple[Secret, str]:
    """Where a code goes, and what may be shown of that. Raises NotReached."""
    if way == Proof.MAIL and contact.mail is not None:
        return contact.mail, contact.mail_shown
    # Of other countries' numbers some cost the shop a hundred times as much, and pay who asks.
    if way == Proof.SMS and contact.phone and is_mainland_mobile(contact.phone.reveal()):
        return contact.phone, contact.phone_shown
    raise NotReached(_WANTED[Proof(way)], param=_param(way))


def _param(way: str) -> str:
    return "contact_phone" if way == Proof.SMS else "contact_mail"


@tenant_atomic
def _sent_before(asked: Asked, *, now: datetime) -> Question | None:
    found = find_sent(asked=asked, now=now)
    return Question(ref=found.ref, way=found.way, sent=found.shown) if found else None


def _count(request: HttpRequest, asked: Asked, to: Secret, *, now: datetime) -> None:
    """Raises TooManyTries; and NobodyAsked past what the shop sends on one day, or what an address
    is good for: behind one of a mobile network stand thousands of honest people."""
    asker, what = _asker(request, asked, to=to), f"code.{asked.way}"
    most = _most_a_day(asked.way)
    try:
        attempt(guard=SENDING, asker=asker, now=now, has_evidence=lambda: _has_paid(asked.device))
        _count_of_number(asker, now=now)
    except TooManyTries:
        if not _has_paid(asked.device, to):
            raise
        own = replace(asker, target=f"{asker.target}|{asked.device}")
        attempt(guard=SENDING_OWN, asker=own, now=now)
    home = subscriber_of(asker.address) or "unknown"
    try:
        limits.hit(what=what, who=home, most=MOST_OF_AN_ADDRESS, window=DAY, now=now)
    except TooManyTries as why:
        raise _nobody_asked() from why
    try:
        limits.hit(what=f"{what}.shop", who=asker.shop, most=most, window=DAY, now=now)
    except TooManyTries as why:
        if asked.way == Proof.SMS:
            notices.tell_sms_spent(now=now)
        raise _nobody_asked() from why


def _count_of_number(asker: Asker, *, now: datetime) -> None:
    """Raises TooManyTries."""
    network = network_of(asker.address) if asker.address else "unknown"
    near = f"{asker.target}|{network}"
    limits.hit(what="code.near", who=near, most=MOST_FROM_ONE_NETWORK, window=DAY, now=now)
    limits.hit(what="code", who=asker.target, most=MOST_OF_A_NUMBER, window=DAY, now=now)


@tenant_atomic
def _most_a_day(way: str) -> int:
    """Raises NobodyAsked, where the shop sends none."""
    most = most_sms_a_day() if way == Proof.SMS and not is_sandbox() else MOST_MAIL
    if not most:
        raise _nobody_asked()
    return most


@tenant_atomic
def _is_trial() -> bool:
    """Nothing leaves a sandbox: the page says what would have been sent."""
    return is_sandbox()


def _nobody_asked() -> NobodyAsked:
    return NobodyAsked(_("No code can be sent at the moment."))


def _asker(request: HttpRequest, asked: Asked, *, to: Secret | None = None) -> Asker:
    """One number is the same at all shops, by a digest that only this platform makes."""
    target = salted_hmac("storefront.code", to.reveal()).hexdigest() if to else ""
    return Asker(
        address=caller_ip(request),
        shop=str(shop_of(request).id),
        target=f"{asked.way}|{target}" if target else "",
        device=asked.device,
    )


@tenant_atomic
def _has_paid(buyer_key: str, to: Secret | None = None) -> bool:
    return has_paid_order(buyer_key=buyer_key, contact=to.reveal() if to else "")
