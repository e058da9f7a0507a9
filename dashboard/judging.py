"""What a reviewer says in a form: what it was, why, and who is blocked for how long."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from core.errors import NotAllowed
from dashboard.access import allows
from fulfillment.types import Judged
from risk.models import LINKING
from risk.states import Judgement, Trait

RELEASE, ALLOW, REFUSE, BLOCK = "release", "allow", "refuse", "block"
DAYS = {"7": _("7 days"), "30": _("30 days"), "90": _("90 days"), "": _("for good")}
FIRST_DAYS = "30"
# Many people may share an address or a network: who blocks those says so himself.
FIRST_TRAITS = frozenset({Trait.DEVICE, Trait.PHONE, Trait.MAIL, Trait.ACCOUNT, Trait.PAYER})


def judged_in(
    request: HttpRequest, *, verb: str, now: datetime, given: QueryDict, is_opening: bool = False
) -> Judged:
    """Raises NotAllowed for who may not block. What is no verdict is "not sure"."""
    is_block = verb == BLOCK
    if is_block and not allows(request, "risk.edit"):
        raise NotAllowed
    word, days = given.get("judgement", ""), given.get("days", FIRST_DAYS)
    until = now + timedelta(days=int(days)) if days and days in DAYS else None
    return Judged(
        is_approved=verb in (RELEASE, ALLOW),
        judgement=Judgement(word) if word in Judgement.values else Judgement.UNSURE,
        reason=given.get("reason", "").strip()[:60],
        is_opening=is_opening,
        block=frozenset(given.getlist("block")) & set(LINKING) if is_block else None,
        block_until=until,
    )


def form_of(request: HttpRequest, *, typed: QueryDict, traits: list[Trait]) -> dict[str, Any]:
    """The form as it was typed, or with what is most likely."""
    chosen = set(typed.getlist("block")) if typed else FIRST_TRAITS
    word = typed.get("judgement", Judgement.UNSURE)
    days = typed.get("days", FIRST_DAYS)
    return {
        "judgements": [(one, one.label, one == word) for one in Judgement],
        "reason": typed.get("reason", ""),
        "traits": [(one, one.label, one in chosen) for one in traits],
        "days": [(value, words, value == days) for value, words in DAYS.items()],
        "may_block": allows(request, "risk.edit"),
    }
