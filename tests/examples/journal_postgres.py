import psycopg

from fastpix.journal import Begun, Done, Go, InDoubt

TABLE = """
    CREATE TABLE IF NOT EXISTS journal (
        key text PRIMARY KEY, attempt integer NOT NULL, begun timestamptz, value bytea
    )
"""
BEGIN = """
    INSERT INTO journal (key, attempt, begun) VALUES (%(key)s, 1, clock_timestamp())
    ON CONFLICT (key) DO UPDATE SET attempt = journal.attempt + 1, begun = excluded.begun
    WHERE journal.begun IS NULL AND journal.value IS NULL
    RETURNING attempt
"""
FIND = """
    SELECT attempt, value, extract(epoch FROM clock_timestamp() - begun)::float
    FROM journal WHERE key = %(key)s AND (begun IS NOT NULL OR value IS NOT NULL)
"""
FINISH = """
    UPDATE journal SET begun = NULL, value = %(value)s
    WHERE key = %(key)s AND attempt = %(attempt)s AND value IS NULL
"""


class PostgresJournal:
    """A journal in PostgreSQL. It connects for each step: with many workers, use a pool."""

    def __init__(self, address: str) -> None:
        self.address = address  # such as "host=db dbname=jobs"

    def begin(self, key: str) -> Begun:
        with psycopg.connect(self.address, autocommit=True, connect_timeout=10) as database:
            while True:
                if begun := database.execute(BEGIN, {"key": key}).fetchone():
                    return Go(begun[0])
                if found := database.execute(FIND, {"key": key}).fetchone():
                    attempt, value, age = found
                    return InDoubt(attempt, max(0.0, age)) if value is None else Done(value)

    def finish(self, key: str, attempt: int, value: bytes | None) -> None:
        with psycopg.connect(self.address, autocommit=True, connect_timeout=10) as database:
            database.execute(FINISH, {"key": key, "attempt": attempt, "value": value})
