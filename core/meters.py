"""How much was missed lately, by name: levels that sink by themselves, and waits that grow.

A meter rises by one with each miss and sinks by one every so many seconds. Past what is free each
miss has to be waited for, twice as long as the last one: as long as the waits are shorter than the
sinking takes they grow, so that who goes on is heard once every so many seconds in the end.

Kept in Redis, one small key a meter that ends by itself; one trip moves several or none. While
Redis is away each process counts what it hears itself, in a memory of bounded size: a limit is then
as many times as wide as there are processes. Who is refused writes nothing anywhere.
"""

import time
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

import structlog
from django.core.cache import cache
from redis.exceptions import NoScriptError, RedisError

from core.crypto import digest

log = structlog.get_logger(__name__)

AWAY_FOR = 2.0  # seconds without asking again, after Redis did not answer
TICK = 0.001  # seconds: what is kept is no finer
MOST_IN_MEMORY = 20_000


@dataclass(frozen=True, slots=True)
class Budget:
    """So many misses at once, and one more `every` so many seconds; past that waits of `first`
    seconds, twice that, … up to `longest`."""

    free: int
    every: float
    first: float = 1.0
    longest: float = 3600.0


Wanted = Mapping[str, Budget]  # by the meter's name

# What sank while the last free ones came makes no further one free: hence half of one.
# A meter is "level:moment of that level:not heard before".
_TAKE = """
local now, wait, kept, spent = tonumber(ARGV[1]), {}, {}, false
for i, key in ipairs(KEYS) do
  local level, at, till = 0, now, 0
  local said = redis.call('GET', key)
  if said then
    local a, b, c = string.match(said, '([^:]+):([^:]+):([^:]+)')
    level, at, till = tonumber(a), tonumber(b), tonumber(c)
    level = math.max(0, level - math.max(0, now - at) / tonumber(ARGV[4 * i - 1]))
  end
  kept[i] = level + 1
  wait[i] = tostring(math.max(0, till - now))
  spent = spent or till > now
end
if spent then return wait end
for i, key in ipairs(KEYS) do
  local free, every = tonumber(ARGV[4 * i - 2]), tonumber(ARGV[4 * i - 1])
  local first, longest = tonumber(ARGV[4 * i]), tonumber(ARGV[4 * i + 1])
  local till = 0
  if kept[i] > free - 0.5 then
    till = now + math.min(longest, first * 2 ^ math.max(0, math.min(40, kept[i] - free)))
  end
  local ends = math.ceil(math.max(kept[i] * every, till - now)) + 1
  redis.call('SET', key, string.format('%.3f:%.3f:%.3f', kept[i], now, till), 'EX', ends)
end
return wait
"""
_GIVE_BACK = """
for _, key in ipairs(KEYS) do
  local said = redis.call('GET', key)
  if said then
    local level, at = string.match(said, '([^:]+):([^:]+)')
    level = math.max(0, tonumber(level) - 1)
    redis.call('SET', key, string.format('%.3f:%s:0', level, at), 'KEEPTTL')
  end
end
return 0
"""
_SHA: dict[str, str] = {}
_away_until = 0.0
PREFIX = "meter"
_space = PREFIX


def take(wanted: Wanted, *, now: datetime) -> dict[str, float]:
    """Count one on every meter, or on none of them: how many seconds each spent one wants.

    Empty: all counted.
    """
    names = list(wanted)
    numbers = [n for one in wanted.values() for n in (one.free, one.every, one.first, one.longest)]
    moment = round(now.timestamp(), 3)
    said = _asked(_TAKE, names, [moment, *numbers])
    if said is None:
        return _memory.take(wanted, now=moment)
    waits = {name: float(wait) for name, wait in zip(names, said, strict=True)}
    return {name: wait for name, wait in waits.items() if wait > 0}


def give_back(names: Collection[str]) -> None:
    """What was taken was no miss: it costs nothing, and is not waited for."""
    if _asked(_GIVE_BACK, list(names), []) is None:
        _memory.give_back(names)


def clear(names: Collection[str]) -> None:
    """Start anew."""
    if _asked("return redis.call('DEL', unpack(KEYS))", list(names), []) is None:
        _memory.clear(names)


def _asked(script: str, names: list[str], given: list[float]) -> Any:
    """The script's answer; None while Redis is away."""
    if not names:
        return []
    if time.monotonic() < _away_until:
        return None
    keys = [f"{_space}:{digest(name).hex()[:32]}" for name in names]
    try:
        client = cache.client()  # type: ignore[attr-defined]  # -- core.cache's own
        try:
            return client.evalsha(_SHA.get(script, "0" * 40), len(keys), *keys, *given)
        except NoScriptError:
            _SHA[script] = client.script_load(script)
            return client.evalsha(_SHA[script], len(keys), *keys, *given)
    except (RedisError, OSError) as why:
        _believe_away(until=time.monotonic() + AWAY_FOR)
        log.warning("meters_away", why=type(why).__name__)
        return None


def _believe_away(*, until: float) -> None:
    global _away_until
    _away_until = until


@dataclass(slots=True)
class _Meter:
    level: float = 0.0
    at: float = 0.0
    till: float = 0.0

    def level_at(self, now: float, budget: Budget) -> float:
        return max(0.0, self.level - max(0.0, now - self.at) / budget.every)


class _Memory:
    """The scripts' twin in this process, for while Redis is away."""

    def __init__(self) -> None:
        self._meters: OrderedDict[str, _Meter] = OrderedDict()
        self._lock = Lock()

    def take(self, wanted: Wanted, *, now: float) -> dict[str, float]:
        with self._lock:
            found = {name: self._meters.get(name, _Meter(at=now)) for name in wanted}
            waits = {name: one.till - now for name, one in found.items()}
            spent = {name: wait for name, wait in waits.items() if wait >= TICK}
            for name in () if spent else found:
                self._rise(name, found[name], wanted[name], now)
            while len(self._meters) > MOST_IN_MEMORY:
                self._meters.popitem(last=False)
        return spent

    def _rise(self, name: str, meter: _Meter, budget: Budget, now: float) -> None:
        level = meter.level_at(now, budget) + 1
        till = 0.0
        if level > budget.free - 0.5:
            till = now + min(
                budget.longest, budget.first * 2 ** max(0.0, min(40.0, level - budget.free))
            )
        self._meters[name] = _Meter(round(level, 3), now, till)
        self._meters.move_to_end(name)

    def give_back(self, names: Collection[str]) -> None:
        with self._lock:
            for name in names:
                if name in self._meters:
                    meter = self._meters[name]
                    meter.level, meter.till = max(0.0, meter.level - 1), 0.0

    def clear(self, names: Collection[str]) -> None:
        with self._lock:
            for name in names:
                self._meters.pop(name, None)


_memory = _Memory()
