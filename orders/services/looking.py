"""An order is asked for by its number, or at its address: the shop's rules are asked first, and
know nothing of whether there is one."""

import re
from datetime import datetime

from core.contacts import clean_mail, clean_phone
from core.errors import InvalidInput
from core.scope import tenant_atomic
from core.secrets import Secret
from orders.services.screening import of_contact
from orders.types import LookUp
from risk import services as risk
from risk.selectors import rules_in_force
from risk.states import Action, Moment, Trait
from risk.types import Case, Verdict

_NUMBER = re.compile(r"[0-9]{8}-[A-Z0-9]{10}")
NO_NUMBER = "?"


@tenant_atomic(savepoint=False)
def judge_look_up(*, asked: LookUp, now: datetime) -> Action:
    """What the rules say of it: PASS, VERIFY or DENY. It is counted and written down while any rule
    or list of the shop has something to say then.

    Whatever is wrong with risk, it is as the merchant chose: the order is found, or it is not.
    """
    subject, person = _subject(asked), asked.opener.person
    verdict = risk.judged(
        look=lambda: _judge(asked, now=now),
        instead=lambda: risk.keep_not_looked(moment=Moment.LOOK_UP, subject=subject, now=now),
        moment=Moment.LOOK_UP,
        subject=subject,
        planned=(),
    )
    match verdict.action:
        case Action.VERIFY:
            return Action.PASS if person else Action.VERIFY
        case Action.HOLD | Action.DENY:  # nobody decides about a look-up
            return Action.DENY
    return Action.PASS


@tenant_atomic
def _judge(asked: LookUp, *, now: datetime) -> Verdict:
    if not rules_in_force().looks_at(Moment.LOOK_UP):
        return Verdict(action=Action.PASS)
    return risk.judge(case=_case(asked), person=asked.opener.person, now=now)


def _subject(asked: LookUp) -> str:
    """The number that was typed, if it is one: what else is typed there may be a telephone number,
    or a code."""
    return asked.number if _NUMBER.fullmatch(asked.number) else NO_NUMBER


def _case(asked: LookUp) -> Case:
    phone, mail = _contact(asked.proof.reveal())
    opener = asked.opener
    traits = {
        Trait.IP: opener.ip, Trait.DEVICE: opener.buyer_key, Trait.PHONE: phone, Trait.MAIL: mail
    }  # fmt: skip
    return Case(
        moment=Moment.LOOK_UP,
        subject=_subject(asked),
        facts={
            "language": opener.language,
            "is_by_link": asked.is_by_link,
            **of_contact(phone, mail),
        },
        traits={trait: Secret(text) for trait, text in traits.items() if text},
    )


def _contact(proof: str) -> tuple[str, str]:
    """The phone number or the mail address that was given, if it is one; a password is neither."""
    try:
        if "@" in proof:
            return "", clean_mail(proof)
        return clean_phone(proof), ""
    except InvalidInput:
        return "", ""
