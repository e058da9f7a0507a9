"""Look-ups are guessed by the hundred thousand, from two hundred addresses at once and under forged
headers, while a buyer behind one of them asks for his order: nobody hits, and he is told.

The addresses are this machine's own (127.x.y.z), so that the web process sees them as it would see
any. That a right guess would have hit is shown before.
"""

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from redis import Redis

from bench.goods import Goods, make_goods
from bench.selling import sell_one
from bench.servers import running
from chaos.links import Reader, linked
from chaos.report import Options, Report, Seven, tell
from core.meters import PREFIX
from core.scope import bind, tenant_atomic
from orders.selectors import find_orders
from storefront.guessing import TICKET_RIPENS

OF_AN_ORDER = 200  # guesses: 100,000 for 500 shoppers of the main road; fewer where that has fewer
ADDRESSES, HANDS = 200, 16
SERVED_WITHIN = 60.0
MAIL = "bench@example.com"
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_TICKET = re.compile(r'name="ticket" value="([^"]+)"')
_CSRF = "c" * 32
# As many failures as the shop's budget lets through, and those of the seconds it took.
MOST_COMPARED, MOST_A_SECOND = 300, 2.0


def run(report: Report, options: Options) -> bool:
    """Whether nothing was hit, little was compared, and the honest buyer was served in time."""
    goods = make_goods()
    with bind(goods.tenant_id):
        sell_one(goods)
        with tenant_atomic():
            number = find_orders(text=MAIL)[0].number
    with running("web") as port:
        trial = Trial(goods=goods, number=number, port=port, guesses=options.orders * OF_AN_ORDER)
        trial.go_through(options.seed)
        return trial.judge(report)


def addresses() -> Iterator[str]:
    """Eight to a network."""
    return (f"127.77.{number // 8}.{number % 8 + 2}" for number in range(ADDRESSES))


@dataclass(kw_only=True)
class Trial:
    goods: Goods
    number: str
    port: int
    guesses: int
    told: Counter[int] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)
    could_hit: bool = False
    honest_seconds: float = 0.0
    seconds: float = 0.0
    _is_served: bool = False

    def go_through(self, seed: int) -> None:
        where = list(addresses())
        answer, _ = self.ask("127.78.0.1", self.number, MAIL)
        self.could_hit = answer == 302
        self._before = self._figures()
        began = time.monotonic()
        hands = [
            threading.Thread(target=self._guess, args=(where[hand::HANDS], hand, seed))
            for hand in range(HANDS)
        ]
        for hand in hands:
            hand.start()
        time.sleep(5)  # until the neighbours have spent what they share
        self._be_honest(where[0])
        for hand in hands:
            hand.join()
        self.seconds = time.monotonic() - began
        self._after = self._figures()

    def ask(self, address: str, number: str, proof: str, **more: str) -> tuple[int, str]:
        """Status and page; each under a forged address."""
        link = HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(address, 0))
        forged = f"10.{hash(number) % 256}.{len(proof)}.1"
        headers = {
            "Host": self.goods.host, "Cookie": f"qy_csrf={_CSRF}", "X-CSRFToken": _CSRF,
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": forged, "X-Real-IP": forged, "Forwarded": f"for={forged}",
        }  # fmt: skip
        body = urlencode({"number": number, "proof": proof, **more})
        try:
            link.request("POST", "/orders/find/", body, headers)
            answer = link.getresponse()
            return answer.status, answer.read().decode()
        finally:
            link.close()

    def _guess(self, where: list[str], hand: int, seed: int) -> None:
        rng = random.Random(seed * HANDS + hand)  # noqa: S311 -- repeatable, not secret
        share = self.guesses // HANDS + (hand < self.guesses % HANDS)
        for turn in range(share):
            number = "20261122-" + "".join(rng.choices(LETTERS, k=10))
            try:
                status, _ = self.ask(where[turn % len(where)], number, MAIL)
            except (HTTPException, OSError) as why:
                self.odd.append(repr(why))
                continue
            self.told[status] += 1

    def _be_honest(self, address: str) -> None:
        """As a person would: read how long, wait, send the form again."""
        began, ticket = time.monotonic(), ""
        while not self._is_served and time.monotonic() - began < 3 * SERVED_WITHIN:
            status, page = self.ask(address, self.number, MAIL, ticket=ticket)
            self._is_served = status == 302
            found = _TICKET.search(page)
            ticket = found[1] if found else ticket
            if not self._is_served:
                tell(f"the honest buyer heard {status} after {time.monotonic() - began:.1f} s")
                time.sleep(TICKET_RIPENS.total_seconds() + 1)
        self.honest_seconds = time.monotonic() - began

    def _figures(self) -> dict[str, int]:
        with linked() as link, Redis.from_url(settings.REDIS_URL) as client:
            return {
                "rows": Reader(link).count("SELECT count(*) FROM core_tries"),
                "meters": sum(1 for _ in client.scan_iter(f"{PREFIX}:*", count=1000)),
                "redis_bytes": int(client.info("memory")["used_memory"]),
                "web_kb": _web_kb(self.port),
            }

    def judge(self, report: Report) -> bool:
        hits, compared, refused = self.told[302], self.told[404], self.told[429]
        unexpected = len(self.odd) + self.told.total() - hits - compared - refused
        figures = Seven(
            attempted=self.guesses, acknowledged=self.told.total(), ok=compared + refused,
            lost=hits, unexpected=unexpected,
        )  # fmt: skip
        said = {
            "addresses": ADDRESSES, "hits": hits, "compared": compared, "refused": refused,
            "seconds": round(self.seconds, 1), "honest_served": self._is_served,
            "honest_seconds": round(self.honest_seconds, 1),
            "before": self._before, "after": self._after,
        }  # fmt: skip
        report.add({"guesses": figures}, guesses_said=said)
        tell(f"  {said}")
        most = MOST_COMPARED + MOST_A_SECOND * self.seconds
        wrong = [
            why
            for why, is_so in {
                "a right guess does not hit: this run proves nothing": not self.could_hit,
                f"{hits} hits": hits > 0,
                f"{compared} guesses were compared": compared > most,
                f"the honest buyer waited {self.honest_seconds:.0f} s": not self._is_served
                or self.honest_seconds > SERVED_WITHIN,
                f"{unexpected} answers were none: {self.odd[:3]}": unexpected > 0,
            }.items()
            if is_so
        ]
        tell(f"FAILED: {'; '.join(wrong)}" if wrong else "well: no hit, and the buyer was served")
        return not wrong


def _web_kb(port: int) -> int:
    """The most that one process of web has held in memory so far; 0 where no such list is kept."""
    found = [0]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"127.0.0.1:{port}" in folder.joinpath("cmdline").read_text():
                peak = re.search(r"VmHWM:\s+(\d+)", folder.joinpath("status").read_text())
                found.append(int(peak[1]) if peak else 0)
        except OSError:
            continue
    return max(found)
