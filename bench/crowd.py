"""A shop's week: honest shoppers, and four kinds of thieves among them. All of it from one seed.

The thieves do not know the thresholds: they do what is seen in the trade. The honest are no saints
of statistics either: a carrier's address stands for hundreds, a dormitory hears of an offer,
families share a device, fans top up one account, somebody buys for his whole office.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

HONEST, FRAUDS = 5_000, 1_000
DAYS, DAY = 7, 86_400
# How many of a day's orders fall into each hour.
HOURS = (1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 10, 10, 11, 10, 9, 9, 10, 11, 13, 15, 16, 14, 9, 4)
PRICES = (6, 9, 12, 15, 18, 19, 25, 25, 30, 45, 50, 68, 98, 100, 148, 198, 248)
CHEAP = (3, 5, 6, 9, 12, 15)
CARRIERS, CARRIER_POOLS, OFFICES = 120, 24, 14
OPERATORS = ("138", "139", "150", "186", "177", "133")
VIRTUAL = ("162", "165", "167", "170", "171")
HOME, CLOUD = "101.80", "47.94"
SWEEP, SWARM, PROBING, TARGET = "ip_sweep", "account_swarm", "card_probing", "one_target"
WAVES = 4


@dataclass(kw_only=True)
class Person:
    """What risk knows somebody by; `accounts` are what he tops up."""

    device: str
    phone: str
    ip: str
    accounts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One order that somebody tries to place; `fraud` names the kind, empty for the honest."""

    at: float  # seconds from the beginning
    who: Person
    yuan: int
    account: str = ""
    fraud: str = ""


class Crowd:
    """Makes the people and what they do."""

    def __init__(self, *, seed: int, honest: int = HONEST, frauds: int = FRAUDS) -> None:
        self._count, self._frauds = honest, frauds
        self._random = Random(seed)  # noqa: S311 -- the same again is what is wanted
        self._made = 0
        pools = [self._network("223.104") for _each in range(CARRIER_POOLS)]
        self._carriers = [self._in(self._random.choice(pools)) for _each in range(CARRIERS)]
        self._offices = [self._in(self._network("124.160")) for _each in range(OFFICES)]

    def tries(self) -> list[Try]:
        """All of them, in the order of time."""
        thieves = (self._sweep, self._swarm, self._probing, self._target)
        waves = [(self._frauds // 4 + wave) // WAVES for wave in range(WAVES)]
        frauds = [one for kind in thieves for size in waves for one in kind(size)]
        return sorted([*self._honest(), *frauds], key=lambda one: one.at)

    def _network(self, start: str) -> str:
        return f"{start}.{self._random.randrange(256)}"

    def _in(self, network: str) -> str:
        return f"{network}.{self._random.randrange(1, 255)}"

    def _somebody(self, ip: str, *, device: str = "", virtual: float = 0.02) -> Person:
        """`virtual`: how likely his number is of an operator without a network of its own, such as
        numbers for texts are rented from."""
        self._made += 1
        is_virtual = self._random.random() < virtual
        start = self._random.choice(VIRTUAL if is_virtual else OPERATORS)
        phone = f"{start}{self._random.randrange(10**8):08d}"
        return Person(
            device=device or f"device-{self._made}", phone=f"+86{phone}", ip=ip, accounts=[phone]
        )

    def _moment(self) -> float:
        """Some time of the week: few at night, most in the evening."""
        hour = self._random.choices(range(24), HOURS)[0]
        return self._random.randrange(DAYS) * DAY + (hour + self._random.random()) * 3600

    def _home(self) -> str:
        """Behind a carrier's address, an office's, a rented machine's, or one's own."""
        where = self._random.random()
        if where < 0.45:
            busy = int(self._random.expovariate(1 / 25))
            return self._carriers[min(busy, CARRIERS - 1)]
        if where < 0.57:
            return self._random.choice(self._offices)
        return self._in(self._network(CLOUD if where < 0.58 else HOME))

    def _honest(self) -> Iterator[Try]:
        seldom = [*self._offers(), *self._fans(), *self._buyers_for_many()]
        yield from seldom
        yield from self._shoppers(self._count - len(seldom))

    def _shoppers(self, left: int) -> Iterator[Try]:
        before = self._somebody(self._home())
        while left > 0:
            who = self._somebody(self._home())
            if self._random.random() < 0.12:
                who.device, who.ip = before.device, before.ip  # a family's
            for _friend in range(self._random.choice((0, 0, 1, 2))):
                who.accounts += self._somebody("").accounts
            before, visits = who, self._visits()[:left]
            left -= len(visits)
            yield from (self._bought(who, at) for at in visits)

    def _visits(self) -> list[float]:
        """Once, or now and again; at times twice in a few minutes."""
        moments = [self._moment() for _each in range(self._random.choice((1, 1, 1, 2, 2, 3, 5)))]
        soon = (one + self._random.uniform(90, 1500) for one in moments)
        return [*moments, *(one for one in soon if self._random.random() < 0.2)]

    def _bought(self, who: Person, at: float) -> Try:
        account = self._random.choice(who.accounts) if self._random.random() < 0.4 else ""
        return Try(at=at, who=who, yuan=self._random.choice(PRICES), account=account)

    def _offers(self) -> Iterator[Try]:
        """A dormitory hears of something cheap: a dozen new buyers within two hours."""
        for _evening in range(2):
            ip, begins = self._random.choice(self._offices), self._moment()
            for _each in range(12):
                at = begins + self._random.uniform(0, 7_200)
                yield Try(at=at, who=self._somebody(ip), yuan=self._random.choice(CHEAP))

    def _fans(self) -> Iterator[Try]:
        """Several people give one account a present, over a day."""
        for _one in range(3):
            account, begins = self._somebody("").phone[3:], self._moment()
            for _each in range(4):
                at = begins + self._random.uniform(0, DAY)
                yield Try(at=at, who=self._somebody(self._home()), yuan=30, account=account)

    def _buyers_for_many(self) -> Iterator[Try]:
        """Somebody buys for his colleagues, one after another."""
        for _one in range(3):
            who, at = self._somebody(self._home()), self._moment()
            for _each in range(6):
                at += self._random.uniform(120, 900)
                account = self._somebody("").phone[3:]
                yield Try(at=at, who=who, yuan=self._random.choice(PRICES), account=account)

    def _sweep(self, size: int) -> Iterator[Try]:
        """One address takes the cheap things away, each under another name."""
        ip, at = self._in(self._network(HOME)), self._moment()
        for _each in range(size):
            at += self._random.uniform(2, 15)
            yield self._stolen(self._somebody(ip), at, SWEEP)

    def _swarm(self, size: int) -> Iterator[Try]:
        """New accounts buy a few cheap things each within an hour: numbers rented for their texts,
        behind rented machines and what is sold as home addresses."""
        networks = [self._network(CLOUD), self._network(HOME)]
        begins, left = self._moment(), size
        while left > 0:
            who = self._somebody(self._in(self._random.choice(networks)), virtual=0.7)
            at = begins + self._random.uniform(0, 3_600)
            for _each in range(min(left, self._random.choice((2, 3, 4)))):
                left -= 1
                at += self._random.uniform(20, 90)
                yield self._stolen(who, at, SWARM)

    def _probing(self, size: int) -> Iterator[Try]:
        """One machine tries stolen cards with small sums, under names that it makes up."""
        machine, at = self._somebody(self._in(self._network(CLOUD))), self._moment()
        for _each in range(size):
            at += self._random.uniform(5, 40)
            yield self._stolen(self._somebody(machine.ip, device=machine.device), at, PROBING)

    def _target(self, size: int) -> Iterator[Try]:
        """One account is filled with stolen money, by buyers who seem to be strangers."""
        account, at = self._somebody("").phone[3:], self._moment()
        for _each in range(size):
            at += self._random.uniform(60, 900)
            who, yuan = self._somebody(self._home()), self._random.choice((50, 100))
            yield Try(at=at, who=who, yuan=yuan, account=account, fraud=TARGET)

    def _stolen(self, who: Person, at: float, fraud: str) -> Try:
        return Try(at=at, who=who, yuan=self._random.choice(CHEAP), fraud=fraud)
