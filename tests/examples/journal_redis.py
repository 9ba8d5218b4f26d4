from functools import cache

from redis import Redis

from fastpix.journal import Begun, Done, Go, InDoubt

BEGIN = """
    local attempt, begun, value = unpack(redis.call('HMGET', KEYS[1], 'attempt', 'begun', 'value'))
    local time = redis.call('TIME')
    local now = time[1] + time[2] / 1000000
    if value then return {'done', 0, value} end
    if begun then return {'in doubt', tonumber(attempt), tostring(now - begun)} end
    redis.call('HSET', KEYS[1], 'begun', string.format('%.6f', now))
    return {'go', redis.call('HINCRBY', KEYS[1], 'attempt', 1), ''}
"""
FINISH = """
    local attempt, value = unpack(redis.call('HMGET', KEYS[1], 'attempt', 'value'))
    if attempt ~= ARGV[1] or value then return end
    redis.call('HDEL', KEYS[1], 'begun')
    if ARGV[2] then redis.call('HSET', KEYS[1], 'value', ARGV[2]) end
"""


@cache  # one client for each process, in all threads
def client(host: str, port: int) -> Redis:
    return Redis(host, port, socket_timeout=10)


class RedisJournal:
    """A journal in Redis, which runs a script as one step."""

    def __init__(self, host: str, port: int = 6379) -> None:
        self.place = host, port

    def begin(self, key: str) -> Begun:
        state, attempt, value = client(*self.place).register_script(BEGIN)([f"journal:{key}"])
        if state == b"done":
            return Done(value)
        return Go(attempt) if state == b"go" else InDoubt(attempt, float(value))

    def finish(self, key: str, attempt: int, value: bytes | None) -> None:
        given = [str(attempt).encode()] if value is None else [str(attempt).encode(), value]
        client(*self.place).register_script(FINISH)([f"journal:{key}"], given)
