"""A cache that answers "not there" while Redis is away: it makes things sooner, never true."""

import os
from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def _soft(*, answer: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def wrap(call: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(call)
        def asked(*args: Any, **kwargs: Any) -> Any:
            try:
                return call(*args, **kwargs)
            except (RedisError, OSError) as why:
                log.warning("cache_away", why=type(why).__name__)
                return kwargs.get("default") if answer is None else answer

        return asked

    return wrap


class SoftRedisCache(RedisCache):
    get = _soft(answer=None)(RedisCache.get)
    set = _soft(answer=False)(RedisCache.set)
    add = _soft(answer=False)(RedisCache.add)
    touch = _soft(answer=False)(RedisCache.touch)
    delete = _soft(answer=False)(RedisCache.delete)
    get_many = _soft(answer={})(RedisCache.get_many)
    set_many = _soft(answer=[])(RedisCache.set_many)
    delete_many = _soft(answer=False)(RedisCache.delete_many)
    has_key = _soft(answer=False)(RedisCache.has_key)
    clear = _soft(answer=False)(RedisCache.clear)

    _own: tuple[int, Any] | None = None

    @cached_property
    def _counter(self) -> Redis:
        """Made once: to make a client costs as much as to ask with it."""
        return self._cache.get_client(write=True)

    @_soft(answer=0)
    def count(self, key: str, *, seconds: int) -> int:
        """How often this was called with the key, for about so many seconds; 0: not known now."""
        kept = self.make_and_validate_key(key)
        said = (("INCR", kept), ("EXPIRE", kept, seconds))
        # Each call of the API counts: the client's own way takes four times as long as this one.
        connection = self._own_connection()
        try:
            connection.send_packed_command(connection.pack_commands(said), check_health=False)
            counted, _expires = [connection.read_response() for _each in said]
        except BaseException:
            connection.disconnect()  # with an answer that nobody has heard
            raise
        return int(counted)

    def _own_connection(self) -> Any:
        """This thread's, for a thread has a cache of its own, and this process's."""
        if self._own is None or self._own[0] != os.getpid():
            self._own = os.getpid(), self._counter.connection_pool.make_connection()
        connection: Any = self._own[1]
        try:
            has_gone = connection.is_connected and connection.can_read()
        except (RedisError, OSError):
            has_gone = True
        if has_gone:
            connection.disconnect()  # who asks with it connects it anew
        return connection

    def client(self) -> Redis:
        """Redis itself, for who counts there; raises when it is away."""
        return self._counter
