"""Three thousand orders for what four suppliers deliver, while these lose answers, processes are
killed and servers stop; then their ledgers are compared with ours."""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import Error as DatabaseError
from django.db import connections

from bench.goods import forget_leftovers
from bench.simulated import Simulators, simulators
from bench.upstream_goods import (
    ROADS,
    UpstreamGoods,
    Wish,
    buy,
    make_upstream_goods,
    play,
)
from chaos.checker import empty
from chaos.house import House
from chaos.links import linked
from chaos.points import FailPoints
from chaos.report import Options, Report, Seven, tell
from chaos.upstream_control import count_control_doubles
from chaos.upstream_facts import UpstreamFacts

ORDERS = 3_000  # for 500 shoppers of the main road; fewer where that has fewer
BUYERS = 4
FAULTS = {
    "reply_lost_after": 0.20,
    "reply_lost_before": 0.05,
    "http_500_after": 0.05,
    "http_502_after": 0.05,
    "duplicate_callbacks": 0.05,
    "partial_cards:2": 0.02,
}
KILLS = ("upstream", "sweeper", "worker", "upstream", "worker child")
POINTS = ("fulfillment.claimed", "fulfillment.asked", "fulfillment.recorded")
BETWEEN_KILLS = (5.0, 20.0)
FLUSHES, CRASHES = (0.1, 0.3, 0.5, 0.7, 0.9), (0.35, 0.75)
GIVE_UP_AFTER = 300.0
SETTLE_SECONDS = "20"  # the simulators know at once what they have; see config.settings.base
SAY_EVERY = 10.0


def run(report: Report, options: Options) -> bool:
    """Whether nothing was bought twice, lost or unexpected, and the control shows that it could
    have been."""
    os.environ["SUPPLIERS_SETTLE_SECONDS"] = SETTLE_SECONDS
    forget_leftovers()
    with linked() as link:
        empty(link)
    with TemporaryDirectory() as folder, simulators(Path(folder)) as played:
        trial = Trial.prepared(options, played)
        with trial.house:
            trial.go_through()
            trial.drain()
        control = count_control_doubles(played, seed=options.seed)
        return trial.judge(report, control=control)


@dataclass(kw_only=True)
class Trial:
    options: Options
    goods: UpstreamGoods
    played: Simulators
    points: FailPoints
    house: House
    wishes: list[Wish]
    paid: dict[str, int] = field(default_factory=dict)  # wish -> order
    tries_again: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    seconds: float = 0.0
    last_purchase: int = 0  # what comes after it is the control's

    @classmethod
    def prepared(cls, options: Options, played: Simulators) -> "Trial":
        play(played.desk, faults=FAULTS, seed=options.seed)
        points = FailPoints(Path(os.environ["RUN_DIR"], "failpoints"))
        house = House(points.folder)
        orders = options.orders * ORDERS // 500
        return cls(
            options=options,
            goods=make_upstream_goods(played),
            played=played,
            points=points,
            house=house,
            wishes=[_wish(options.seed, number) for number in range(orders)],
        )

    def go_through(self) -> None:
        """Buyers and faults together, until every server is up again."""
        rng = random.Random(self.options.seed)  # noqa: S311 -- repeatable, not secret
        over = threading.Event()
        lanes = [
            threading.Thread(target=lane, args=(random.Random(rng.random()), over))  # noqa: S311 -- as above
            for lane in (self._kill, self._arm, self._servers)
        ]
        buyers = [threading.Thread(target=self._buy, args=(lane,)) for lane in range(BUYERS)]
        self._began = time.monotonic()
        for thread in (*lanes, *buyers):
            thread.start()
        for thread in buyers:
            thread.join()
        over.wait(max(0.0, self.options.seconds - self._elapsed()))
        over.set()
        for thread in lanes:
            thread.join()
        self.points.disarm_all()
        self.house.wait_ready()
        tell(f"the faults are over; {len(self.paid)} orders are paid")

    def drain(self) -> None:
        """Wait until nothing moves by itself any more: what stays unknown is a person's."""
        began, said = time.monotonic(), 0.0
        with self._facts() as facts:
            while self.seconds <= GIVE_UP_AFTER:
                left = facts.open_work()
                self.seconds = time.monotonic() - began
                if not left:
                    break
                if self.seconds - said > SAY_EVERY:
                    said = self.seconds
                    tell(f"  still open: {left}")
                time.sleep(0.5)
        purchases = self.played.desk.purchases()
        self.last_purchase = max((one["id"] for one in purchases), default=0)

    def judge(self, report: Report, *, control: int) -> bool:
        bought = [one for one in self.played.desk.purchases() if one["id"] <= self.last_purchase]
        with self._facts() as facts:
            seven, doubles, states = facts.judge(
                bought=bought,
                attempted=len(self.wishes),
                paid=list(self.paid.values()),
                recovered=len(self.tries_again),
            )
        self._tell(states, doubles=doubles, control=control)
        report.add(
            {"upstream": seven},
            upstream_seed=self.options.seed,
            upstream=vars_of(seven)
            | {
                "double_purchases": doubles,
                "control_double_purchases": control,
                "recovery_seconds": round(self.seconds, 1),
                "kills": dict(self.house.kills),
                "units": states,
            },
        )
        wrong = [f"{name} {count}" for name, count in seven.unclean.items()] + self.broken[:3]
        wrong += [f"{doubles} double purchases"] if doubles else []
        wrong += [] if control else ["the control bought nothing twice: this run proves nothing"]
        wrong += [f"never fired: {name}" for name in POINTS if not self.points.fired[name]]
        tell(f"FAILED: {'; '.join(wrong)}" if wrong else "well: nothing bought twice or lost")
        return not wrong

    def _tell(self, states: dict[str, int], *, doubles: int, control: int) -> None:
        tell(f"drained in {self.seconds:.1f} s; units: {states}")
        for name, count in sorted(self.house.kills.items()):
            tell(f"  {count:3} x {name}")
        for name in POINTS:
            tell(f"  {self.points.fired[name]:3} / {self.points.armed[name]:3}  {name}")
        tell(f"double purchases: {doubles}; without asking first: {control}")

    def _buy(self, lane: int) -> None:
        """Every fourth wish, spread over the time; asked again until it is answered."""
        mine = self.wishes[lane::BUYERS]
        for number, wish in enumerate(mine):
            wait = self._began + self.options.seconds * 0.9 * number / len(mine) - time.monotonic()
            time.sleep(max(0.0, wait))
            self._insist(wish)
        connections.close_all()

    def _insist(self, wish: Wish) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                self.paid[wish.key] = buy(self.goods, wish)
            except DatabaseError:
                self.tries_again[wish.key] += 1
                connections.close_all()
                time.sleep(0.2)
            except Exception as why:  # noqa: BLE001 -- a bug of this driver must be seen
                self.broken.append(f"{wish.key}: {why!r}")
                return
            else:
                return
        self.broken.append(f"{wish.key}: never answered")

    def _kill(self, rng: random.Random, over: threading.Event) -> None:
        turns = list(KILLS)
        while not over.wait(rng.uniform(*BETWEEN_KILLS)):
            self.house.kill(turns[0], rng)
            turns.append(turns.pop(0))

    def _arm(self, rng: random.Random, over: threading.Event) -> None:
        while not over.wait(rng.uniform(4.0, 8.0)):
            for point in POINTS:
                if not self.points.is_armed(point):
                    self.points.arm(point)
                elif not self.points.is_waiting(point):
                    self.points.disarm(point)

    def _servers(self, _rng: random.Random, over: threading.Event) -> None:
        acts: list[tuple[float, Callable[[], object]]] = [
            *((at, self.house.flush_valkey) for at in FLUSHES),
            *((at, self.house.crash_postgres) for at in CRASHES),
        ]
        for at, act in sorted(acts, key=lambda pair: pair[0]):
            if over.wait(max(0.0, at * self.options.seconds - self._elapsed())):
                return
            act()

    def _elapsed(self) -> float:
        return time.monotonic() - self._began

    @contextmanager
    def _facts(self) -> Iterator[UpstreamFacts]:
        with linked() as link:
            yield UpstreamFacts(link, tenant_id=self.goods.tenant_id)


def _wish(seed: int, number: int) -> Wish:
    """A phone of its own for each: what is topped up twice is seen."""
    return Wish(
        key=f"upstream {seed} {number}",
        road=number % len(ROADS),
        phone=f"138{(seed * 7 + number) % 10**8:08d}",
    )


def vars_of(seven: Seven) -> dict[str, object]:
    return {name: getattr(seven, name) for name in Seven.__slots__}
