"""How often lately: counts over sliding windows, in Redis, within bounded memory.

A counter is a ring of buckets, a tenth of its window each; in a bucket, one small number for each
value that was seen. Values of a bucket share hashes of about a hundred, which Redis packs into some
fifteen bytes a value; all of it ends by itself. What no rule asks is not counted. Different ones
are a sorted set a value, of at most MOST_DIFFERENT.

A counter is read only when it is ready: new rules, and a Redis that was flushed, are first counted
from Postgres (`rebuild`), while what happens meanwhile is counted already. A hash names, by
counter, whether it is being built or ready, and the generation whose keys are good.
"""

import json
import time
from base64 import b64encode
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from hashlib import sha1
from itertools import islice
from secrets import token_hex
from typing import Any

import structlog
from django.core.cache import cache
from redis import Redis
from redis.exceptions import RedisError

from core.nudge import nudge
from core.scope import require_tenant
from risk.facts import MOST_DIFFERENT
from risk.selectors.counts import stored_counts
from risk.types import Counter

log = structlog.get_logger(__name__)

BUCKETS = 10  # of a window; the one that is being filled comes on top
AWAY_FOR = 2.0  # seconds without asking again, after Redis did not answer
ASKS_AGAIN = 2.0  # seconds between two wishes for a rebuild
BUILDING_FOR = 60  # seconds that a rebuild may be silent
AT_ONCE = 2_000
ONCE_FOR, ONCE_CHARACTERS = 15 * 60, 24  # seconds; enough of a digest
_BUILDING, _GOOD = "b", "r"

# op: c counter, g bucket's seconds, s shard, f field, v what to add (0: nothing), w window,
# d a different one's name.
_TALLY = """
local asked, out = cjson.decode(ARGV[1]), {}
local is_new = true
local function adds(op)
  if op.v == 0 then return false end
  if asked.once then
    is_new = redis.call('SET', KEYS[2] .. 'once:' .. asked.once, 1, 'NX', 'EX', asked.once_for)
    asked.once = nil
  end
  return is_new
end
for i, op in ipairs(asked.wants) do
  local state = redis.call('HGET', KEYS[1], op.c)
  local found = -1
  if state then
    local base = KEYS[2] .. op.c .. string.sub(state, 2) .. ':'
    if op.d then
      local key = base .. op.f
      if adds(op) then
        redis.call('ZADD', key, asked.now, op.d)
        redis.call('ZREMRANGEBYSCORE', key, '-inf', asked.now - op.w)
        redis.call('ZREMRANGEBYRANK', key, 0, -(asked.most + 1))
        redis.call('EXPIRE', key, op.w)
      end
      found = redis.call('ZCOUNT', key, asked.now - op.w, '+inf')
    else
      local last = math.floor(asked.now / op.g)
      if adds(op) then
        local key = base .. last .. ':' .. op.s
        redis.call('HINCRBY', key, op.f, op.v)
        redis.call('EXPIRE', key, op.w + 2 * op.g)
      end
      found = 0
      for bucket = last - asked.buckets, last do
        found = found + (redis.call('HGET', base .. bucket .. ':' .. op.s, op.f) or 0)
      end
    end
    if string.sub(state, 1, 1) ~= 'r' then found = -1 end
  end
  out[i] = found
end
return out
"""
_away_until = 0.0
_asked_at: dict[int, float] = {}
_missed: set[int] = set()  # tenants of whom something could not be counted here
_scripts: dict[int, Any] = {}

Values = Mapping[str, bytes | str]  # by trait


def tally(
    *,
    counters: Collection[Counter],
    values: Values,
    adds: Mapping[Counter, int],
    now: datetime,
    once: str = "",
) -> dict[Counter, int | None]:
    """What each counter says of its value, after what it `adds` (0 or not there: nothing), which
    is added `once` if that is named.

    None: not known here just now. One trip to Redis, none while it is away.
    """
    wanted = [one for one in counters if one.by in values and _can_add(one, values)]
    if not wanted or _is_away(adds):
        return dict.fromkeys(wanted)
    ops = [_op(one, values, adds.get(one, 0)) for one in wanted]
    asked = {"now": now.timestamp(), "wants": ops, "most": MOST_DIFFERENT, "buckets": BUCKETS}
    if once:
        asked |= {"once": once[:ONCE_CHARACTERS], "once_for": ONCE_FOR}
    try:
        _forget_what_was_missed()
        found = _script()(keys=_keys(), args=[json.dumps(asked)])
    except (RedisError, OSError) as why:
        _believe_away()
        _is_away(adds)
        log.warning("risk_memory_away", why=type(why).__name__)
        return dict.fromkeys(wanted)
    if -1 in found:
        _wish_for_rebuild()
    return {one: None if n < 0 else int(n) for one, n in zip(wanted, found, strict=True)}


def _is_away(adds: Mapping[Counter, int]) -> bool:
    """Whether Redis is not asked just now; what is to be added is remembered as missing there."""
    is_away = time.monotonic() < _away_until
    if is_away and any(adds.values()):
        _missed.add(require_tenant())
    return is_away


def _forget_what_was_missed() -> None:
    """A Redis that comes back full lacks what happened meanwhile: all is counted anew there."""
    tenant_id = require_tenant()
    if tenant_id in _missed:
        _client().delete(_keys()[0])
        _missed.discard(tenant_id)


def _can_add(one: Counter, values: Values) -> bool:
    return not one.differ or one.differ in values


def _op(one: Counter, values: Values, added: int) -> dict[str, Any]:
    value = _packed(values[one.by])
    op: dict[str, Any] = {"c": _id_of(one), "w": one.within, "v": added, "f": value}
    if one.differ:
        return op | {"d": _packed(values[one.differ])}
    return op | {"g": _bucket_of(one), "s": _shard_of(one, value), "f": value[2:]}


def _packed(value: bytes | str) -> str:
    """Nine bytes of a digest, two of which may name the hash that it lies in."""
    if isinstance(value, str):
        value = sha1(value.encode(), usedforsecurity=False).digest()
    return b64encode(value[:9]).decode()


def _bucket_of(one: Counter) -> int:
    """Rounded up: what a rule counts is never less than it says."""
    return -(-one.within // BUCKETS)


def _shard_of(one: Counter, value: str) -> str:
    """Longer buckets hold more values: they are spread over more hashes (1, 64 or 4,096)."""
    if one.within <= 600:
        return ""
    return value[:1] if one.within <= 7200 else value[:2]


def _id_of(one: Counter) -> str:
    return sha1(one.key.encode(), usedforsecurity=False).hexdigest()[:8]


def _keys() -> list[str]:
    tenant_id = require_tenant()
    return [f"risk:{{{tenant_id}}}:ready", f"risk:{{{tenant_id}}}:"]


def _client() -> Redis:
    client: Redis = cache.client()  # type: ignore[attr-defined]  # -- core.cache's own
    return client


def _script() -> Any:
    client = _client()
    known = _scripts.get(id(client))
    if known is None:
        known = _scripts[id(client)] = client.register_script(_TALLY)
    return known


def _believe_away() -> None:
    global _away_until
    _away_until = time.monotonic() + AWAY_FOR


def _wish_for_rebuild() -> None:
    """A worker counts what is missing; not each look of a busy shop asks for it."""
    tenant_id, at = require_tenant(), time.monotonic()
    if at - _asked_at.get(tenant_id, 0.0) >= ASKS_AGAIN:
        _asked_at[tenant_id] = at
        nudge("risk.rebuild", tenant_id=tenant_id)


def forget(*, counters: Iterable[Counter]) -> None:
    """Have these counted anew before they are read: what no rule asked was not counted meanwhile.

    Where Redis is away nothing is forgotten there; a Redis that comes back full then lacks what was
    not counted while no rule asked.
    """
    names = [_id_of(one) for one in counters]
    if not names:
        return
    try:
        _client().hdel(_keys()[0], *names)
    except (RedisError, OSError) as why:
        _believe_away()
        log.warning("risk_counts_not_forgotten", why=type(why).__name__)


def rebuild(*, counters: Iterable[Counter], now: datetime) -> int:
    """Count from Postgres what is not ready; returns how many counters that were.

    Safe to call at any time: one at a time builds a counter, and who dies in it is followed after a
    minute by another, under keys of its own. What comes in while it is counted, and was not stored
    yet when that began, may be missing: those of one moment.
    """
    return sum(_rebuild(one, now=now) for one in counters)


def _rebuild(one: Counter, *, now: datetime) -> bool:
    client, (ready, prefix), name = _client(), _keys(), _id_of(one)
    kept: Any = client.hget(ready, name)
    state = kept.decode() if kept else ""
    lock = f"{prefix}building:{name}"
    if state.startswith(_GOOD) or not client.set(lock, 1, nx=True, ex=BUILDING_FOR):
        return False
    generation = token_hex(4)
    client.hset(ready, name, f"{_BUILDING}{generation}")
    base = f"{prefix}{name}{generation}:"
    rows = stored_counts(counter=one, bucket=_bucket_of(one), now=now)
    while batch := list(islice(rows, AT_ONCE)):
        pipe = client.pipeline(transaction=False)
        for row in batch:
            _add(pipe, base, one, row)
        pipe.execute()
        client.expire(lock, BUILDING_FOR)
    if client.hget(ready, name) == f"{_BUILDING}{generation}".encode():  # nobody has followed
        client.hset(ready, name, f"{_GOOD}{generation}")
    client.delete(lock)
    return True


def _add(pipe: Any, base: str, one: Counter, row: tuple[Any, ...]) -> None:
    value = _packed(_plain(row[0]))
    if one.differ:
        pipe.zadd(f"{base}{value}", {_packed(_plain(row[1])): float(row[2])})
        pipe.expire(f"{base}{value}", one.within)
        return
    key = f"{base}{row[1]}:{_shard_of(one, value)}"
    pipe.hincrby(key, value[2:], int(row[2]))
    pipe.expire(key, one.within + 2 * _bucket_of(one))


def _plain(value: Any) -> bytes | str:
    return value if isinstance(value, str) else bytes(value)
