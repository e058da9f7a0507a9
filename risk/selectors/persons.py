"""Who has proven lately to be a person."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from core.crypto import digest
from core.secrets import Secret
from risk.models import Assessment, Challenge
from risk.selectors.rules import rules_in_force
from risk.selectors.values import digest_of
from risk.states import Action, Proof, Trait, hardest_proof
from risk.types import Asked

KNOWN_FOR = timedelta(minutes=15)
KEPT = timedelta(hours=1)
BATCH = 10_000
MOST_TRIES = {Proof.SLIDER: 1, Proof.WORDS: 1, Proof.MAIL: 5, Proof.SMS: 5}


def device_digest(device: str) -> bytes:
    return digest_of(Trait.DEVICE, device)


def target_digest(way: str, to: str) -> bytes:
    """Of a phone number or a mail address, written as `core.contacts` has it."""
    return digest_of(Trait.PHONE if way == Proof.SMS else Trait.MAIL, to)


def known_person(
    *, device: str, phone: Secret | None = None, mail: Secret | None = None, now: datetime
) -> str:
    """How this browser proved within the last quarter of an hour that a person sits there, the
    hardest way; empty if it did not. A code counts for the number or address it was sent to only.
    """
    if not device:
        return ""
    fits = Q(target=None)
    for way, to in ((Proof.SMS, phone), (Proof.MAIL, mail)):
        if to is not None:
            fits |= Q(way=way, target=target_digest(way, to.reveal()))
    passed = Challenge.objects.filter(
        fits, device=device_digest(device), passed_at__gt=now - KNOWN_FOR
    )
    ways = list(passed.order_by("passed_at").values_list("way", flat=True))
    return str(hardest_proof(ways)) if ways else ""


def find_sent(*, asked: Asked, now: datetime) -> Challenge | None:
    """The code that was sent for the same last, if it is still good."""
    if asked.to is None:
        return None
    most = MOST_TRIES[Proof(asked.way)]
    sent = Challenge.objects.filter(
        device=device_digest(asked.device), about=digest(asked.about), way=asked.way,
        target=target_digest(asked.way, asked.to.reveal()), until__gt=now, passed_at=None,
        tries__lt=most,
    )  # fmt: skip
    return sent.order_by("-pk").first()


def find_asked(*, asked: Asked, ref: str) -> Challenge | None:
    return Challenge.objects.filter(
        ref=ref, device=device_digest(asked.device), about=digest(asked.about)
    ).first()


def tries_left(challenge: Challenge, *, now: datetime) -> int:
    """None if it was answered, or its time is over."""
    if challenge.until <= now or challenge.passed_at is not None:
        return 0
    return max(0, MOST_TRIES[Proof(challenge.way)] - challenge.tries)


def proof_wanted(look: Assessment) -> Proof:
    """What the rules that spoke then want now; a slider for one that is gone."""
    spoken = {one["rule"] for one in look.spoken if one["action"] == Action.VERIFY}
    return hardest_proof(rule.body.proof for rule in rules_in_force().rules if rule.ref in spoken)


def due_challenges(*, now: datetime) -> "QuerySet[Challenge]":
    """A batch of those that nobody can answer any more, across tenants."""
    old = Challenge.objects.using("ops").filter(until__lt=now - KEPT).order_by("until")
    return Challenge.objects.using("ops").filter(pk__in=old.values("pk")[:BATCH])
