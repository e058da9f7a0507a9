"""What is counted in Redis goes on being counted when a connection has ended."""

from uuid import uuid4

from django.core.cache import cache


def test_each_call_counts():
    key = uuid4().hex

    assert [cache.count(key, seconds=5) for _time in range(3)] == [1, 2, 3]
    assert 0 < cache.client().ttl(cache.make_key(key)) <= 5


def test_a_connection_that_redis_has_ended_is_made_anew():
    key, connection = uuid4().hex, cache._own_connection()
    cache.count(key, seconds=5)
    connection.send_command("CLIENT", "ID")
    cache.client().client_kill_filter(_id=connection.read_response())

    assert cache.count(key, seconds=5) == 2
