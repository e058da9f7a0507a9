"""All shoppers at once on a few threads: whoever's next step is due is served."""

import heapq
import random
import threading
import time

from chaos.shopper import Plan, Shopper

THREADS = 8
# How they pay, by tickets in a drum of 90.
_WAYS: list[tuple[int, tuple[str, ...]]] = [
    (62, ("",)),
    (12, ("repeat",)),
    (10, ("forged", "")),
    (3, ("delay",)),
    (3, ("silent",)),
]
COMES_BY, PAYS_FROM, PAYS_BY = 0.25, 0.3, 0.92  # fractions of the whole time
FIRST_BY = 0.05


def plans(*, orders: int, seconds: float, rng: random.Random) -> list[Plan]:
    """`orders` people and a few more order before the first of them pays, so that all of them are
    in flight together; they pay at any time until the end. A ninth as many never pay, and a
    seventh as many come later, so that forms are sent all the time.

    The very first pay at once and want their money back, every other one with a bank that tells
    nothing: what comes of that is rare and slow, and must meet the faults, too."""
    eager = orders // 20
    made = [
        Plan(
            comes_at=rng.uniform(0.0, FIRST_BY) * seconds,
            pays_after=rng.uniform(0.5, 2.0),
            quantity=1,
            ways=("silent",) if number % 2 else ("",),
            wants_refund=True,
        )
        for number in range(eager)
    ]
    ways = [way for tickets, way in _WAYS for _ in range(tickets)]
    kinds = ["early"] * (orders + orders // 25) + ["never"] * (orders // 9)
    for kind in kinds + ["late"] * (orders // 7):
        first, last = (COMES_BY, PAYS_BY) if kind == "late" else (0.0, COMES_BY)
        comes = rng.uniform(first, last) * seconds
        pays = rng.uniform(PAYS_FROM, PAYS_BY) * seconds - comes
        made.append(
            Plan(
                comes_at=comes,
                pays_after=rng.uniform(1, 5) if kind == "late" else pays,
                quantity=2 if rng.random() < 0.1 else 1,
                ways=() if kind == "never" else rng.choice(ways),
                wants_refund=rng.random() < 0.15,
            )
        )
    return made


class Crowd:
    def __init__(self, shoppers: list[Shopper]) -> None:
        self.shoppers = shoppers
        self._due = [(one.plan.comes_at, one.number) for one in shoppers]
        heapq.heapify(self._due)
        self._by_number = {one.number: one for one in shoppers}
        self._lock, self._over = threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._serve) for _ in range(THREADS)]
        self.broken: list[str] = []  # what went wrong in here, not in the shop

    def start(self) -> None:
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        for one in self.shoppers:
            one.give_up()

    @property
    def in_flight(self) -> int:
        return sum(bool(one.told.order_token) and not one.is_done for one in self.shoppers)

    @property
    def not_done(self) -> int:
        return sum(not one.is_done for one in self.shoppers)

    def _serve(self) -> None:
        while not self._over.is_set():
            number = self._next()
            if number is None:
                self._over.wait(0.05)
                continue
            one = self._by_number[number]
            try:
                wait = one.go_on()
            except Exception as why:  # noqa: BLE001 -- a bug of this driver must be seen
                self.broken.append(f"shopper {number}: {why!r}")
                one.is_done = True
                continue
            if not one.is_done:
                with self._lock:
                    heapq.heappush(self._due, (self._elapsed() + wait, number))

    def _next(self) -> int | None:
        with self._lock:
            if not self._due or self._due[0][0] > self._elapsed():
                return None
            return heapq.heappop(self._due)[1]

    def _elapsed(self) -> float:
        return time.monotonic() - self._began
