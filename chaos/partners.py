"""Partners order over HTTP, with and without idempotency keys, while the web process dies before
their orders are there and before their answers are written, and servers stop; then every order,
charge and code is compared with what they asked for and were told."""

import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connections
from django.utils import timezone

from bench.goods import Goods, forget_leftovers, make_goods
from bench.partner_goods import add_real_codes, make_buyer
from channels import services as channels
from channels.states import PriceWay
from channels.types import TierTerms
from chaos.checker import empty
from chaos.faults import Faults
from chaos.house import House
from chaos.links import linked
from chaos.partner import Forgetful, Line, Program, Wish
from chaos.partner_facts import PartnerFacts
from chaos.points import FailPoints
from chaos.report import Options, Report, tell
from chaos.shopper import digest
from core.actors import SYSTEM
from core.money import E4
from core.scope import bind, tenant_atomic

WISHES, CONTROLS = 3_000, 150  # for 500 shoppers of the main road; fewer where that has fewer
PARTNERS, LANES = 6, 2  # lanes: clients of one partner at once
POINTS = ("api.sold", "api.called", "api.line_sold")
KILLS = ("web child", "web", "web child", "worker", "web", "worker child", "sweeper")
KILLS_AFTER_OUTAGE = ("web child", "web", "worker child", "sweeper")
OUTAGE = 10.0
SHARE = 0.5  # of the main road's time
COMES_BY = 0.9  # a fraction of the time
PRICE_E4, RATE = 1_480_000, 9_333  # a price with four decimals: ¥138.1284
FUNDS_E4 = 1_000_000 * E4 + 7
RECOVER_WITHIN, GIVE_UP_AFTER = 60.0, 150.0
LONGEST_RUNNING = 60.0  # seconds that a key may be in use: PROMISES.md P4


def run(report: Report, options: Options) -> bool:
    """Whether each order is one, charged once and told alike, and the control shows doubles."""
    forget_leftovers()
    with linked() as link:
        empty(link)
    trial = _prepared(options)
    with trial.house:
        try:
            trial.go_through()
            trial.drain()
        finally:
            trial.stop()
    return trial.judge(report)


def plans(prefix: str, *, count: int, seconds: float, rng: random.Random) -> list[Wish]:
    """What one partner wants: seven of ten under a key, the others without, some in batches."""
    made = []
    for number in range(count):
        way = rng.choices(("key", "number", "batch"), (70, 18, 12))[0]
        lines = 5 if way == "batch" else 1
        name = f"{prefix}-{number}"
        made.append(
            Wish(
                comes_at=COMES_BY * seconds * number / count,
                lines=tuple(
                    Line(f"{name}.{line}", rng.choices((1, 2, 3), (90, 7, 3))[0])
                    for line in range(lines)
                ),
                key=name if way == "key" else "",
                hangs_up=rng.choices((0, 1, 3), (75, 20, 5))[0],
                asks_again=rng.choices((0, 1, 2), (70, 20, 10))[0],
                swaps=way == "key" and rng.random() < 0.1,
            )
        )
    return made


def _prepared(options: Options) -> "Trial":
    rng = random.Random(options.seed)  # noqa: S311 -- repeatable, not secret
    seconds = options.seconds * SHARE
    goods = make_goods(real=0)
    points = FailPoints(Path(os.environ["RUN_DIR"], "failpoints"))
    trial = Trial(
        options=options,
        seconds=seconds,
        rng=rng,
        goods=goods,
        points=points,
        house=House(points.folder),
    )
    with bind(goods.tenant_id), tenant_atomic():
        terms = TierTerms(name="Chaos", way=PriceWay.DISCOUNT, rate=RATE, floor_rate=0)
        tier_id = channels.save_tier(terms=terms, by=SYSTEM, now=timezone.now()).pk
        for number in range(PARTNERS):
            count = options.orders * WISHES // 500 // PARTNERS
            wishes = plans(f"p{number}", count=count, seconds=seconds, rng=rng)
            # The first has money for half of what he wants.
            funds = trial.cost_of(wishes) // 2 if number == 0 else FUNDS_E4
            trial.add(Program, number, wishes, funds_e4=funds, tier_id=tier_id)
        wishes = [
            Wish(comes_at=one.comes_at, lines=one.lines[:1], key=one.key, hangs_up=one.hangs_up)
            for one in plans(
                "control", count=options.orders * CONTROLS // 500, seconds=seconds, rng=rng
            )
        ]
        trial.add(Forgetful, PARTNERS, wishes, funds_e4=FUNDS_E4, tier_id=tier_id)
    trial.stock_up()
    return trial


@dataclass(kw_only=True)
class Trial:
    options: Options
    seconds: float
    rng: random.Random
    goods: Goods
    points: FailPoints
    house: House
    programs: list[tuple[Program, list[Wish]]] = field(default_factory=list)
    funds: dict[int, int] = field(default_factory=dict)  # by partner
    loaded: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    lanes: list[threading.Thread] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)
    recovery_seconds: float = 0.0

    def cost_of(self, wishes: list[Wish]) -> int:
        quantity = sum(line.quantity for wish in wishes for line in wish.lines)
        return quantity * PRICE_E4 * RATE // 10_000

    def add(
        self, kind: type[Program], number: int, wishes: list[Wish], *, funds_e4: int, tier_id: int
    ) -> None:
        buyer = make_buyer(number, amount_e4=funds_e4, tier_id=tier_id)
        program = kind(port=self.house.port, goods=self.goods, buyer=buyer, over=self.over)
        self.programs.append((program, wishes))
        self.funds[buyer.partner_id] = funds_e4

    def stock_up(self) -> None:
        """More than all of them want: the control wants some twice and thrice."""
        wanted = sum(
            line.quantity for _, wishes in self.programs for wish in wishes for line in wish.lines
        )
        count = wanted + wanted // 4 + 500
        add_real_codes(self.goods, count=count)
        self.loaded = [digest(f"PARTNER-{number:09d}") for number in range(count)]

    def go_through(self) -> None:
        """Load and faults together, until every server is up again."""
        faults = Faults(
            self.house, self.points, list(POINTS), self.seconds, self.rng,
            kills=KILLS, kills_after_outage=KILLS_AFTER_OUTAGE, outage=OUTAGE,
        )  # fmt: skip
        self._began = time.monotonic()
        self.lanes = [
            threading.Thread(target=self._order, args=(program, wishes[lane::LANES]))
            for program, wishes in self.programs
            for lane in range(LANES)
        ]
        for thread in self.lanes:
            thread.start()
        faults.throw_all()
        self.house.wait_ready()
        tell("the faults are over")

    def drain(self) -> None:
        began = time.monotonic()
        with self._facts() as facts:
            while self.recovery_seconds <= GIVE_UP_AFTER:
                waiting = sum(thread.is_alive() for thread in self.lanes)
                self.left = facts.open_work() | ({"clients": waiting} if waiting else {})
                self.recovery_seconds = time.monotonic() - began
                if not self.left:
                    break
                time.sleep(0.5)
        self.told = {
            program.buyer.partner_id: program.told_balance_e4() for program, _ in self.programs
        }

    def stop(self) -> None:
        self.over.set()
        for thread in self.lanes:
            thread.join()
        connections.close_all()

    def judge(self, report: Report) -> bool:
        asked = [one for program, _ in self.programs for one in program.asked.values()]
        funded = {partner: (sum_e4, self.told[partner]) for partner, sum_e4 in self.funds.items()}
        with self._facts() as facts:
            facts.remember(asked, loaded=self.loaded, funded=funded)
            seven, control = facts.judge()
        odd = [one for program, _ in self.programs for one in program.odd]
        unequal = [one for program, _ in self.programs for one in program.unequal]
        seven["orders"].unexpected += len(odd) + len(unequal)
        said = {
            "recovery_seconds": round(self.recovery_seconds, 1),
            "kills": dict(self.house.kills),
            "fired": {name: self.points.fired[name] for name in POINTS},
            "refused": sum(one.heard is not None and not one.heard.ref for one in asked),
            "told_otherwise": len(unequal),
            "control_doubles": control,
            "longest_in_use_seconds": round(self._longest_running, 1),
        }
        named = {f"partner_{name}": one for name, one in seven.items()}
        report.add(named, partners_seed=self.options.seed, partners_said=said)
        tell(f"  {said}")
        wrong = [f"{name} {verdict} {count}" for name, one in named.items()
                 for verdict, count in one.unclean.items()]  # fmt: skip
        wrong += [*self._wrong(control), *odd[:3], *unequal[:3], *self.broken[:3]]
        tell(f"FAILED: {'; '.join(wrong)}" if wrong else "well: one order, one charge, one answer")
        return not wrong

    def _wrong(self, control: int) -> list[str]:
        wrong = [f"not recovered: {self.left}"] if self.left else []
        if self.recovery_seconds > RECOVER_WITHIN:
            wrong.append(f"recovered too late: {self.recovery_seconds:.1f} s")
        if self._longest_running > LONGEST_RUNNING:
            wrong.append(f"a key was in use for {self._longest_running:.1f} s")
        wrong += [] if control else ["the control bought nothing twice: this run proves nothing"]
        return wrong + [f"never fired: {name}" for name in POINTS if not self.points.fired[name]]

    @property
    def _longest_running(self) -> float:
        return max(program.longest_running for program, _ in self.programs)

    def _order(self, program: Program, wishes: list[Wish]) -> None:
        for wish in wishes:
            if self.over.wait(max(0.0, self._began + wish.comes_at - time.monotonic())):
                return
            try:
                program.fulfil(wish)
            except Exception as why:  # noqa: BLE001 -- a bug of this driver must be seen
                self.broken.append(f"{wish.lines[0].number}: {why!r}")

    @contextmanager
    def _facts(self) -> Iterator[PartnerFacts]:
        with linked() as link:
            yield PartnerFacts(link, tenant_id=self.goods.tenant_id, sku_id=self.goods.sku_id)
