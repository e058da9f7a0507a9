"""What risk adds to an order: fifty rules, and the ten million looks of a month remembered."""

import statistics
import time
from collections.abc import Iterator
from itertools import chain, cycle
from secrets import randbelow
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from redis import Redis

from bench.goods import make_goods, refresh_statistics
from bench.report import Report

if TYPE_CHECKING:
    from risk.types import Case, Counter

REMEMBERED = 10_000_000
LOOKS, WARM = 3_000, 300
MINUTE, HOUR, DAY, MONTH = 60, 3600, 86_400, 30 * 86_400
# How many rules ask within a time, and how many different ones of each trait a month sees.
WITHIN = {MINUTE: 8, 10 * MINUTE: 15, HOUR: 8, DAY: 8, 7 * DAY: 4, MONTH: 2}
SEEN = {"device": 3_000_000, "phone": 2_500_000, "ip": 2_000_000, "account": 1_500_000,
        "mail": 800_000, "net": 400_000}  # fmt: skip
AT_ONCE = 250_000
DIFFER = (("ip", "phone", DAY), ("account", "device", DAY), ("device", "account", DAY),
          ("device", "phone", HOUR), ("net", "account", HOUR))  # fmt: skip
AT_ONCE = 250_000
# Laid out as risk.services.memory does: a bucket's hashes by the first characters of a value, and
# for different ones a sorted set a value.
_FILL = """
local abc, pairs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', {}
for n = 0, 4095 do
  local one, other = math.floor(n / 64) + 1, n % 64 + 1
  pairs[n] = string.sub(abc, one, one) .. string.sub(abc, other, other)
end
local base, count, seen, shard = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local function value(n)
  n = n * 2654435761 % 68719476736
  return pairs[n % 4096] .. pairs[math.floor(n / 4096) % 4096] .. pairs[math.floor(n / 16777216)]
    .. 'AAAAAA'
end
math.randomseed(tonumber(ARGV[4]))
for _ = 1, count do
  local text = value(math.random(seen))
  if shard < 0 then
    redis.call('ZADD', base .. text, tonumber(ARGV[5]) - math.random(600), value(math.random(seen)))
  else
    redis.call('HINCRBY', base .. string.sub(text, 1, shard), string.sub(text, 3), 1)
  end
end
"""


def run(report: Report) -> None:
    from core.scope import bind, tenant_atomic  # noqa: PLC0415 -- after django.setup()
    from risk.selectors import rules_in_force  # noqa: PLC0415

    goods = make_goods(codes=1)
    with bind(goods.tenant_id):
        plain = timed(LOOKS)
        _make_rules()
        with tenant_atomic():
            counters = rules_in_force().counters
        before = _used_mb()
        began = time.monotonic()
        events = remember(counters)
        seconds = time.monotonic() - began
        print(f"  {len(counters)} counters, {events:,} counts in {seconds:.0f} s", flush=True)  # noqa: T201 -- its voice
        report.add("risk_memory_mb", _used_mb() - before, "MB", f"{REMEMBERED:,} looks remembered")
        refresh_statistics()
        ruled = timed(LOOKS)
    report.add("risk_p50_ms", ruled[0], "ms", f"a look and its row; without rules {plain[0]:.2f}")
    report.add("risk_p99_ms", ruled[1], "ms", f"without rules {plain[1]:.2f}")


def _make_rules() -> None:
    from core.actors import SYSTEM  # noqa: PLC0415 -- after django.setup()
    from risk import services as risk  # noqa: PLC0415
    from risk.states import RuleState  # noqa: PLC0415
    from risk.types import RuleTerms  # noqa: PLC0415

    now = timezone.now()
    for number, when in enumerate(_conditions(), start=1):
        body = {"moments": ["order"], "when": when, "action": "hold", "score": 10}
        terms = RuleTerms(name=f"Rule {number}", body=body)
        rule = risk.make_rule(terms=terms, by=SYSTEM, now=now)
        risk.switch_rule(rule_id=rule.pk, state=RuleState.ON, by=SYSTEM, reason="bench", now=now)


def _conditions() -> Iterator[dict[str, Any]]:
    """Counts within a time, by each trait in turn; some sum, and some ask for the amount too."""
    for by, differ, within in DIFFER:
        yield _more_than(9, {"by": by, "within": within, "differ": differ})
    traits = cycle(SEEN)
    for within in chain.from_iterable([within] * rules for within, rules in WITHIN.items()):
        counted = {"by": next(traits), "within": within}
        if within == HOUR:
            yield _more_than("90000", counted | {"sums": "amount"})
        elif within == DAY:
            small = {"fact": "amount", "op": "<", "value": "500.00"}
            yield {"all": [small, _more_than(9_000, counted)]}
        else:
            yield _more_than(9_000, counted)


def _more_than(most: int | str, counted: dict[str, Any]) -> dict[str, Any]:
    return {"count": counted | {"of": ["order"]}, "op": ">", "value": most}


def remember(counters: "frozenset[Counter]") -> int:
    """Fill the memory as a month of looks would have; returns how many counts that were."""
    from risk.services import memory  # noqa: PLC0415 -- after django.setup()

    client: Any = Redis.from_url(settings.REDIS_URL)  # patient, unlike the cache's own
    ready, prefix = memory._keys()  # noqa: SLF001 -- laid out as it does itself
    fill = client.register_script(_FILL)
    done, now = 0, timezone.now().timestamp()
    for counter in sorted(counters, key=lambda one: one.key):
        name, long = memory._id_of(counter), memory._bucket_of(counter)  # noqa: SLF001
        client.hset(ready, name, "rbench")
        base, seen, events = f"{prefix}{name}bench:", SEEN[counter.by], REMEMBERED * long // MONTH
        keys = [base]
        if counter.differ:
            shard, events = -1, REMEMBERED * counter.within // MONTH
        else:
            shard = len(memory._shard_of(counter, "abcd"))  # noqa: SLF001
            keys = [f"{base}{int(now // long) - at}:" for at in range(memory.BUCKETS + 1)]
        for key in keys:
            for left in range(events, 0, -AT_ONCE):
                count = min(left, AT_ONCE)
                fill(keys=[key], args=[count, seen, shard, randbelow(2**31), int(now)])
                done += count
    return done


def timed(looks: int) -> tuple[float, float]:
    """Median and 99th percentile, in ms, of a look and its row, within an order's transaction."""
    from core.scope import tenant_atomic  # noqa: PLC0415 -- after django.setup()
    from core.sheets import Sheet  # noqa: PLC0415
    from risk import services as risk  # noqa: PLC0415

    took = []
    for number in range(looks + WARM):
        case, now = _case(number), timezone.now()
        with tenant_atomic():
            began = time.perf_counter()
            looked = risk.look(case=case, now=now)
            sheet = Sheet()
            sheet.insert(looked.row)
            sheet.write()
            took.append((time.perf_counter() - began) * 1000)
    kept = took[WARM:]
    return statistics.median(kept), statistics.quantiles(kept, n=100)[98]


def _case(number: int) -> "Case":
    from core.secrets import Secret  # noqa: PLC0415 -- after django.setup()
    from risk.types import Case  # noqa: PLC0415

    ip = f"114.{number % 200}.{number // 200 % 200}.{randbelow(250) + 1}"
    traits = {
        "ip": ip, "device": f"device-{randbelow(10**6)}", "phone": f"+86138{randbelow(10**8):08d}",
        "mail": f"m{randbelow(10**6)}@example.com", "account": f"1390{randbelow(10**7):07d}",
    }  # fmt: skip
    facts: dict[str, str | int | bool] = {
        "amount": 1_480_000,
        "quantity": 1,
        "sku": "S1",
        "kind": "stock_code",
        "channel": "web",
    }
    return Case(
        moment="order", subject=f"bench-{number}", facts=facts,
        traits={name: Secret(text) for name, text in traits.items()},
    )  # fmt: skip


def _used_mb() -> float:
    told: Any = Redis.from_url(settings.REDIS_URL).info("memory")
    return int(told["used_memory"]) / 2**20
