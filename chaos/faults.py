"""The schedule of faults: three lanes at once, every choice from the seed."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from chaos.house import House
from chaos.points import FailPoints
from chaos.report import tell

LONGEST_ARMED = 6.0  # seconds that one fail-point is waited for before the next one has its turn
AFTER_A_KILL = 2.0
BETWEEN_KILLS = (6.0, 12.0)
OUTAGE = 30.0
KILLS = ("worker child", "worker", "web child", "web", "sweeper")
# A worker that went deaf when Valkey came back must stay to be found out: it is not replaced.
KILLS_AFTER_OUTAGE = ("worker child", "web child", "sweeper")
# Fractions of the whole time.
FLUSHES, CRASHES, OUTAGE_AT = (0.08, 0.22, 0.80, 0.93), (0.30, 0.87), 0.42
EARLY = ("storefront.bought", "orders.drafted", "orders.placed")  # most orders are placed early


@dataclass
class Faults:
    house: House
    points: FailPoints
    names: list[str]  # of the fail-points to arm in turn
    seconds: float
    rng: random.Random
    kills: tuple[str, ...] = KILLS
    kills_after_outage: tuple[str, ...] = KILLS_AFTER_OUTAGE
    outage: float = OUTAGE

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._had_outage = False

    def throw_all(self) -> None:
        """All lanes until the time is over; then nothing is armed and every server is up."""
        self._end = time.monotonic() + self.seconds
        lanes = [threading.Thread(target=lane) for lane in (self._arm, self._kill, self._servers)]
        for lane in lanes:
            lane.start()
        try:
            self._over.wait(self.seconds)
        finally:
            self._over.set()
            for lane in lanes:
                lane.join()
            self.points.disarm_all()

    def _arm(self) -> None:
        """One point after the other; in the next round those come first that did not fire yet."""
        early = [name for name in EARLY if name in self.names]
        rest = [name for name in self.names if name not in early]
        self.rng.shuffle(rest)
        turns = early + rest
        while not self._over.is_set():
            for point in turns:
                self._arm_one(point)
                if self._over.is_set():
                    return
            turns = sorted(early + rest, key=lambda name: self.points.fired[name])

    def _arm_one(self, point: str) -> None:
        """A point that nobody passes in its turn, and that never fired, stays armed: the rare ones
        wait for their moment while the others have their turns."""
        if not self.points.is_armed(point):
            self.points.arm(point)
            patience = LONGEST_ARMED
        else:
            patience = 0.2
        until = min(time.monotonic() + patience, self._end)
        while self.points.is_waiting(point) and time.monotonic() < until:
            self._over.wait(0.05)
        if self.points.is_waiting(point) and not self.points.fired[point]:
            return
        if self.points.disarm(point):
            self._over.wait(AFTER_A_KILL)

    def _kill(self) -> None:
        """Each kind once in a round, in an order of chance."""
        rng = random.Random(self.rng.random())  # noqa: S311 -- repeatable, not secret
        deck: list[str] = []
        while not self._over.wait(rng.uniform(*BETWEEN_KILLS)):
            kinds = self.kills_after_outage if self._had_outage else self.kills
            deck = [kind for kind in deck if kind in kinds] or rng.sample(kinds, len(kinds))
            self.house.kill(deck.pop(), rng)

    def _servers(self) -> None:
        plan: list[tuple[float, Callable[[], object]]] = [
            *((at, self.house.flush_valkey) for at in FLUSHES),
            *((at, self.house.crash_postgres) for at in CRASHES),
            (OUTAGE_AT, self._outage),
        ]
        began = self._end - self.seconds
        for at, act in sorted(plan, key=lambda pair: pair[0]):
            if self._over.wait(max(0.0, began + at * self.seconds - time.monotonic())):
                return
            act()

    def _outage(self) -> None:
        tell(f"  valkey is away for {self.outage:.0f} s")
        self._had_outage = True
        self.house.stop_valkey(self._over.wait, seconds=self.outage)
