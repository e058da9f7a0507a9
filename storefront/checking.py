"""Whether a person sits at a browser, where a risk rule of the shop wants to know: what is asked,
and how often."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.guards import Asker, By, Guard, attempt
from core.meters import Budget
from core.scope import tenant_atomic
from core.secrets import Secret
from risk import services as risk
from risk.selectors import known_person
from risk.services.persons import PIECE, WIDTH
from risk.states import Proof
from risk.types import Asked
from storefront import device, puzzles
from storefront.device import Browser

# A picture costs us twenty thousandths of a second, and who may ask for many guesses one at last.
CHECKS = Guard(
    name="check",
    budgets={
        By.DEVICE: Budget(free=8, every=30, first=2),
        By.ADDRESS: Budget(free=40, every=15, longest=120),
        # Of IPv6 a subscriber has as many addresses as he likes, and could spend the shop's budget.
        By.NETWORK: Budget(free=120, every=5, longest=60),
        By.SHOP: Budget(free=600, every=0.3, longest=30),
        By.PLATFORM: Budget(free=3_000, every=0.05, first=0.05, longest=10),
    },
)
MOST = WIDTH - PIECE  # where the slider ends
_NUMBERS = (
    gettext_lazy("two"), gettext_lazy("three"), gettext_lazy("four"), gettext_lazy("five"),
    gettext_lazy("six"), gettext_lazy("seven"), gettext_lazy("eight"), gettext_lazy("nine"),
    gettext_lazy("ten"), gettext_lazy("eleven"), gettext_lazy("twelve"),
    gettext_lazy("thirteen"), gettext_lazy("fourteen"), gettext_lazy("fifteen"),
    gettext_lazy("sixteen"), gettext_lazy("seventeen"), gettext_lazy("eighteen"),
    gettext_lazy("nineteen"), gettext_lazy("twenty"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What somebody wants to do, by its kind and by what names it."""

    kind: str
    key: str

    def browser(self, request: HttpRequest) -> Browser:
        return device.find_browser(request) or device.new_browser(request, form=self.key)

    def asked(self, browser: Browser, way: str, to: Secret | None = None) -> Asked:
        about = f"{browser.shop_id}|{self.kind}|{self.key}"
        return Asked(device=browser.buyer_key, about=about, way=way, to=to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """As the page shows it: a picture, words, or where a code was `sent` to; `is_over`: that one is
    not good any more. A sandbox sends nothing: `trial` is its code."""

    ref: str
    way: str
    puzzle: puzzles.Puzzle | None = None
    words: str = ""
    sent: str = ""
    is_over: bool = False
    trial: str = ""


@tenant_atomic
def ask(thing: Thing, browser: Browser, *, address: str, way: str, now: datetime) -> Question:
    """A new question. Raises TooManyTries for who has had too many."""
    asker = Asker(address=address, shop=str(browser.shop_id), device=browser.buyer_key)
    attempt(guard=CHECKS, asker=asker, now=now)
    found = risk.ask_person(asked=thing.asked(browser, way), now=now)
    if way == Proof.SLIDER:
        return Question(
            ref=found.ref, way=way, puzzle=puzzles.draw(gap=int(found.answer), side=PIECE)
        )
    one, other = (str(_NUMBERS[int(term) - 2]) for term in found.answer.split("+"))
    words = _("How much is %(one)s and %(other)s together?") % {"one": one, "other": other}
    return Question(ref=found.ref, way=way, words=words)


@tenant_atomic
def is_person(request: HttpRequest, thing: Thing, *, ref: str, answer: str, now: datetime) -> bool:
    """Whether the answer is right, or this browser has given a right one a moment ago."""
    browser = thing.browser(request)
    asked = thing.asked(browser, "")
    is_right = risk.hear_person(ref=ref, answer=answer, asked=asked, now=now)
    return is_right or bool(known_person(device=browser.buyer_key, now=now))
