"""Twenty thousand events for forty partners, while a third of their servers fail, some hang, say
that they are gone or send us back into our own house, and the sender is killed every twenty
seconds. Then what arrived is compared with what there was to tell."""

import os
import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import connections
from django.utils import timezone

from bench.goods import forget_leftovers
from channels import services as channels
from channels.models import WebhookDelivery, WebhookEndpoint
from channels.services.webhooks.announcing import tell as tell_partner
from channels.types import EndpointTerms, News, PartnerTerms
from chaos.checker import empty
from chaos.hooked import FAILS, GONE, HANGS, INSIDE, WELL, Listeners
from chaos.house import House
from chaos.links import linked
from chaos.points import FailPoints
from chaos.report import Options, Report, Seven, tell
from core.actors import SYSTEM
from core.scope import bind, tenant_atomic
from tenants import services as tenants
from tenants.services import NewMerchant

EVENTS = 20_000  # for 500 shoppers of the main road; fewer where that has fewer
KINDS = (*[WELL] * 20, *[FAILS] * 12, *[HANGS] * 4, *[GONE] * 2, *[INSIDE] * 2)
KILL_EVERY = 20.0
CALM = 20.0  # seconds before the first kill: who is slow then waits for somebody else
# Of the median: what else the machine does is in the tail, which is told.
MOST_SECONDS_BESIDE_DEAD = 1.0
GIVE_UP_AFTER = 300.0
POINTS = ("channels.webhook_claimed", "channels.webhook_sent")


def run(report: Report, options: Options) -> bool:
    """Whether nothing was lost, all of it was signed, and nobody waited for somebody else."""
    forget_leftovers()
    with linked() as link:
        empty(link)
    with Listeners() as heard:
        trial = Trial.prepared(options, heard)
        with trial.house:
            trial.go_through()
            trial.drain()
        return trial.judge(report)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A partner of the trial, and how its server behaves."""

    partner_id: int
    endpoint_id: int
    name: str
    kind: str


@dataclass(kw_only=True)
class Trial:
    options: Options
    heard: Listeners
    tenant_id: int
    told: list[Told]
    points: FailPoints
    house: House
    count: int
    said_at: dict[str, float] = field(default_factory=dict)  # by fact
    calm: set[str] = field(default_factory=set)  # facts of the time before the first kill
    seconds: float = 0.0

    @classmethod
    def prepared(cls, options: Options, heard: Listeners) -> "Trial":
        slug = f"hooks-{uuid4().hex[:8]}"
        given = NewMerchant(
            slug=slug, name="Hooks", host=f"{slug}.localhost", owner_email="bench@example.com"
        )
        merchant = tenants.create_merchant(given=given, by=SYSTEM, now=timezone.now())
        points = FailPoints(Path(os.environ["RUN_DIR"], "failpoints"))
        with bind(merchant.pk):
            told = [_partner(number, kind, heard) for number, kind in enumerate(KINDS)]
        return cls(
            options=options,
            heard=heard,
            tenant_id=merchant.pk,
            told=told,
            points=points,
            house=House(points.folder),
            count=options.orders * EVENTS // 500,
        )

    def go_through(self) -> None:
        over = threading.Event()
        lane = threading.Thread(target=self._kill, args=(over,))
        share = CALM / (CALM + self.options.seconds)
        first = max(len(self.told), int(self.count * share))
        with bind(self.tenant_id):
            self._warm_up()
            self._say_all(range(len(self.told), first), within=CALM)
            self.calm = {fact for fact in self.said_at if int(fact.partition(":")[2]) >= len(KINDS)}
            lane.start()
            self._say_all(range(first, self.count), within=self.options.seconds)
        over.set()
        lane.join()
        self.points.disarm_all()
        tell(f"{self.count} events are told, {sum(self.heard.ids.values())} calls heard so far")

    def _warm_up(self) -> None:
        """One event for each, and wait until the sender is up and knows who answers."""
        self._say_all(range(len(self.told)), within=0.0)
        well = sum(told.kind == WELL for told in self.told)
        while len(self.heard.first) < well:
            time.sleep(0.2)

    def _say_all(self, numbers: range, *, within: float) -> None:
        began = time.monotonic()
        for done, number in enumerate(numbers):
            time.sleep(max(0.0, began + within * done / len(numbers) - time.monotonic()))
            self._say(number)

    def _say(self, number: int) -> None:
        told = self.told[number % len(self.told)]
        fact = f"{told.name}:{number}"
        news = News(kind="order.completed", fact=fact, data={"object": "order", "order": fact})
        with tenant_atomic():
            tell_partner(partner_id=told.partner_id, news=[news], now=timezone.now())
        self.said_at[fact] = time.monotonic()

    def _kill(self, over: threading.Event) -> None:
        rng = random.Random(self.options.seed)  # noqa: S311 -- repeatable, not secret
        while not over.wait(KILL_EVERY / 2):
            for point in POINTS:
                if not self.points.is_armed(point):
                    self.points.arm(point)
            if over.wait(KILL_EVERY / 2):
                return
            self.house.kill("webhooks", rng)
            for point in POINTS:
                self.points.disarm(point)

    def drain(self) -> None:
        """The servers are mended, the partners switch on what was off and ask for what they missed;
        and time is made to pass for what waits for its next try."""
        self.heard.mend()
        began = time.monotonic()
        with bind(self.tenant_id):
            for told in self.told:
                if told.kind == GONE:
                    _switch_on(told)
            while self.seconds <= GIVE_UP_AFTER and _hurry():
                time.sleep(1.0)
                self.seconds = time.monotonic() - began
        connections.close_all()

    def judge(self, report: Report) -> bool:
        lost = [fact for fact in self.said_at if fact not in self.heard.first]
        seven = Seven(
            attempted=self.count,
            acknowledged=len(self.said_at),
            ok=len(self.said_at) - len(lost),
            lost=len(lost),
            duplicated=sum(len(ids) > 1 for ids in self.heard.ids_of.values()),
            unexpected=self.heard.inside + len(self.heard.unsigned),
            recovered=sum(self.heard.calls[fact] > 1 for fact in self.heard.first),
        )
        beside = sorted(self._beside_dead())
        middle = statistics.median(beside) if beside else float("inf")
        worst = beside[int(len(beside) * 0.99)] if beside else float("inf")
        said = {
            "recovery_seconds": round(self.seconds, 1),
            "kills": dict(self.house.kills),
            "fired": {name: self.points.fired[name] for name in POINTS},
            "beside_dead_p50_ms": _ms(middle),
            "beside_dead_p99_ms": _ms(worst),
            "measured": len(beside),
        }
        report.add({"webhooks": seven}, webhooks_seed=self.options.seed, webhooks_said=said)
        tell(f"  {said}")
        wrong = [f"{name} {count}" for name, count in seven.unclean.items()]
        wrong += ["a dead endpoint delays others"] if middle >= MOST_SECONDS_BESIDE_DEAD else []
        tell(f"FAILED: {'; '.join(wrong)}" if wrong else "well: all of it arrived, signed, as one")
        return not wrong

    def _beside_dead(self) -> Iterator[float]:
        """Seconds from the fact to the first call, at servers that are well, while the others fail
        and hang and the sender lives."""
        names = {told.name for told in self.told if told.kind == WELL}
        for fact in self.calm:
            if fact.partition(":")[0] in names:
                yield max(0.0, self.heard.first_call.get(fact, float("inf")) - self.said_at[fact])


def _ms(seconds: float) -> int | None:
    """None: some never came."""
    return None if seconds == float("inf") else round(seconds * 1000)


def _partner(number: int, kind: str, heard: Listeners) -> Told:
    name, now = f"p{number}", timezone.now()
    with tenant_atomic():
        partner = channels.create_partner(terms=PartnerTerms(name=name), by=SYSTEM, now=now)
        made = channels.make_endpoint(
            partner_id=partner.pk,
            terms=EndpointTerms(url=heard.url_of(name), kinds=("order.completed",)),
            by=SYSTEM,
            now=now,
        )
    heard.expect(name, kind=kind, secret=made.secret.reveal())
    return Told(partner_id=partner.pk, endpoint_id=made.endpoint_id, name=name, kind=kind)


def _switch_on(told: Told) -> None:
    now = timezone.now()
    with tenant_atomic():
        channels.change_endpoint(
            endpoint_id=told.endpoint_id, terms=EndpointTerms(is_active=True), by=SYSTEM, now=now
        )
        endpoint = WebhookEndpoint.objects.get(pk=told.endpoint_id)
        since: Any = now - timedelta(hours=1)
        while since is not None:
            sent = channels.replay_events(
                endpoint=endpoint, since=since, until=now, by=SYSTEM, now=now
            )
            since = sent.next_since


@contextmanager
def _waiting() -> Iterator[Any]:
    with tenant_atomic():
        yield WebhookDelivery.objects.filter(state__in=["pending", "failed"])


def _hurry() -> int:
    """How many are on their way still; those that wait for a later try are due now."""
    with _waiting() as rows:
        rows.filter(next_at__gt=timezone.now()).update(next_at=timezone.now())
        left = Counter(rows.values_list("state", flat=True))
    return sum(left.values())
