"""Shoppers buy, pay and read their codes, files are imported and money paid back, while processes
are killed at every fail-point and servers stop; then everything is counted."""

import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from bench.goods import Goods, make_goods
from chaos.back_office import BackOffice, stock_up
from chaos.checker import Checker, ToldRow, empty
from chaos.crowd import Crowd, plans
from chaos.faults import Faults
from chaos.house import House
from chaos.links import linked
from chaos.points import OFF_ROAD, FailPoints, find_points
from chaos.report import Options, Report, tell
from chaos.shopper import Shopper, digest

FIRST_CODE = "BENCH-CODE-000000"  # what bench.goods puts on sale
# Two at once, since each death on the way of an import costs it a lease: two stretches and a
# little, and more than the megabyte that is checked while the merchant waits.
FILES, LINES, TWICE_IN_FILE = 2, 21_000, 300
RECOVER_WITHIN = 60.0
GIVE_UP_AFTER = 150.0  # late is not lost: it is waited for, and told apart
SAY_EVERY = 10.0


def run(report: Report, options: Options) -> bool:
    """Whether nothing was lost, twice or unexpected, and all of it soon enough."""
    trial = _prepared(options)
    with trial.house:
        try:
            trial.go_through()
            trial.drain()
        finally:
            trial.stop()
    trial.tell()
    return trial.judge(report)


def _prepared(options: Options) -> "Trial":
    rng = random.Random(options.seed)  # noqa: S311 -- repeatable, not secret
    with linked() as link:
        empty(link)
    goods = make_goods(codes=0)
    at_hand = _codes("CHAOS", 2 * options.orders, rng)
    files = [_codes(f"CHAOS-FROM-THE-LONG-FILE-{n}", LINES, rng) for n in range(FILES)]
    stock_up(goods, at_hand)
    points = FailPoints(Path(os.environ["RUN_DIR"], "failpoints"))
    house = House(points.folder)
    crowd = Crowd(
        [
            Shopper(
                number=number,
                port=house.port,
                host=goods.host,
                goods=(goods.product_ref, goods.sku_ref),
                plan=plan,
            )
            for number, plan in enumerate(
                plans(orders=options.orders, seconds=options.seconds, rng=rng)
            )
        ]
    )
    return Trial(
        options=options,
        rng=rng,
        goods=goods,
        loaded=[digest(text) for text in (FIRST_CODE, *at_hand, *chain(*files))],
        points=points,
        house=house,
        crowd=crowd,
        office=BackOffice(goods, crowd, [[*lines, *lines[:TWICE_IN_FILE]] for lines in files]),
    )


def _codes(prefix: str, count: int, rng: random.Random) -> list[str]:
    return [f"{prefix}-{number:06d}-{rng.getrandbits(64):016x}" for number in range(count)]


@dataclass(kw_only=True)
class Trial:
    options: Options
    rng: random.Random
    goods: Goods
    loaded: list[str]  # digests of all codes that were ever brought into stock
    points: FailPoints
    house: House
    crowd: Crowd
    office: BackOffice
    most_in_flight: int = 0
    recovery_seconds: float = 0.0
    left: dict[str, int] = field(default_factory=dict)

    def go_through(self) -> None:
        """Load and faults together, until every server is up again."""
        names = [name for name in find_points() if name not in OFF_ROAD]
        imports = [name for name in names if name.startswith("inventory.")]
        for point in imports:  # each waits for its step of an import
            self.points.arm(point)
        others = [name for name in names if name not in imports]
        faults = Faults(self.house, self.points, others, self.options.seconds, self.rng)
        self.crowd.start()
        self.office.start()
        with self._looking():
            faults.throw_all()
        self.house.wait_ready()
        tell("the faults are over")

    def drain(self) -> None:
        """Wait until nothing is on its way any more; what is left after all is kept."""
        began = time.monotonic()
        with self._checker() as checker:
            while self.recovery_seconds <= GIVE_UP_AFTER:
                self.left = checker.open_work() | self._waiting()
                self.recovery_seconds = time.monotonic() - began
                if not self.left:
                    break
                time.sleep(0.5)

    def stop(self) -> None:
        self.crowd.stop()
        self.office.stop()

    def tell(self) -> None:
        """What was thrown, and what it met."""
        took = f"{self.recovery_seconds:.1f} s"
        tell(f"NOT RECOVERED after {took}: {self.left}" if self.left else f"recovered in {took}")
        tell(f"orders in flight at the most: {self.most_in_flight}")
        tell(f"orders paid back by staff: {self.office.refunds}")
        for name, count in sorted(self.house.kills.items()):
            tell(f"  {count:3} x {name}")
        tell("fail-points: killed / armed")
        for name in find_points():
            note = OFF_ROAD.get(name, "" if self.points.fired[name] else "NEVER FIRED")
            counts = f"{self.points.fired[name]:3} / {self.points.armed[name]:3}"
            tell(f"  {counts}  {name}  {note}".rstrip())
        for line in self._odd[:5]:
            tell(f"  {line}")

    def judge(self, report: Report) -> bool:
        with self._checker() as checker:
            checker.remember(self._told(), loaded=self.loaded)
            seven = checker.seven(checker.violations())
        report.add(
            seven,
            seed=self.options.seed,
            kills=dict(self.house.kills),
            failpoints=dict(self.points.fired),
            recovery_seconds=round(self.recovery_seconds, 1),
            in_flight_at_most=self.most_in_flight,
        )
        wrong = self._wrong() + [
            f"{name} {verdict} {count}"
            for name, one in seven.items()
            for verdict, count in one.unclean.items()
        ]
        tell(f"FAILED: {'; '.join(wrong)}" if wrong else self._well())
        return not wrong

    def _wrong(self) -> list[str]:
        """What must not be, in a few words each; empty if all is well."""
        took = self.recovery_seconds
        wrong = [f"not recovered: {self.left}"] if self.left else []
        if not self.left and took > RECOVER_WITHIN:
            wrong.append(f"recovered too late: {took:.1f} s, it must be {RECOVER_WITHIN:.0f} s")
        wrong += [f"fail-point never fired: {name}" for name in self.points.never_fired()]
        return wrong + self._broken

    def _well(self) -> str:
        fired = f"all {len(self.points.fired)} fail-points on the road fired"
        return f"well: recovered in {self.recovery_seconds:.1f} s, {fired}, nothing lost or twice"

    @property
    def _broken(self) -> list[str]:
        return [*self.crowd.broken, *self.office.broken]

    @property
    def _odd(self) -> list[str]:
        told = ((one.number, one.told.odd) for one in self.crowd.shoppers)
        return [f"shopper {number}: {odd}" for number, odd in told if odd]

    def _waiting(self) -> dict[str, int]:
        waiting = {
            "shoppers waiting": self.crowd.not_done,
            "imports waiting": int(self.office.is_importing),
        }
        return {name: count for name, count in waiting.items() if count}

    def _told(self) -> list[ToldRow]:
        return [
            ToldRow(
                shopper=one.number,
                order_token=one.told.order_token,
                has_tried=one.told.has_tried,
                has_tapped=one.told.has_tapped,
                is_paid=one.told.is_paid,
                quantity=one.plan.quantity,
                tries_again=one.told.tries_again,
                digests=tuple(one.told.digests),
            )
            for one in self.crowd.shoppers
        ]

    @contextmanager
    def _checker(self) -> Iterator[Checker]:
        with linked() as link:
            yield Checker(link, tenant_id=self.goods.tenant_id, sku_id=self.goods.sku_id)

    @contextmanager
    def _looking(self) -> Iterator[None]:
        """Say how it goes now and then, and remember the most orders in flight."""
        over = threading.Event()

        def look() -> None:
            said = time.monotonic()
            while not over.wait(0.5):
                flying = self.crowd.in_flight
                self.most_in_flight = max(self.most_in_flight, flying)
                if time.monotonic() - said > SAY_EVERY:
                    said = time.monotonic()
                    tell(f"  {flying} orders in flight, {self.crowd.not_done} shoppers to go")

        looker = threading.Thread(target=look)
        looker.start()
        try:
            yield
        finally:
            over.set()
            looker.join()
