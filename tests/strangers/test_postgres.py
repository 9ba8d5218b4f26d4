"""The recipe for webhooks, each once and the newest wins, on a real PostgreSQL."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self, cast

import psycopg
import pytest

from fastpix.webhooks import MediaEvent
from tests.examples.webhooks_store import TABLES, store
from tests.webhooks.bodies import read_event

MEDIA, EVENTS, WORKERS = 20, 12, 8


class Postgres:
    """Connections as the recipe uses them: a block is a transaction, and ``?`` is a placeholder."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._transaction: AbstractContextManager[Any] | None = None

    def __enter__(self) -> Self:
        self._transaction = self._connection.transaction()
        self._transaction.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._transaction is not None
        self._transaction.__exit__(kind, error, at)

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> psycopg.Cursor[Any]:
        return self._connection.execute(statement.replace("?", "%s").encode(), values)


def event(media: int, number: int) -> MediaEvent:
    read = read_event(
        type="video.media.updated",
        id=f"{media}-{number}",
        data={"id": f"media-{media}", "status": f"status {number}"},
        createdAt=f"2026-05-11T20:42:16.{number:09}Z",
    )
    assert isinstance(read, MediaEvent)
    return read


def test_each_event_counts_once_and_the_newest_state_wins_whoever_is_first(postgres: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(table.encode())
    events = [event(media, number) for media in range(MEDIA) for number in range(EVENTS)]

    def work(seed: int) -> list[str]:
        mine = random.Random(seed).sample(events, len(events))
        with psycopg.connect(postgres, autocommit=True) as connection:
            database = cast("Any", Postgres(connection))
            return [each.id for each in mine if store(database, each)]

    with ThreadPoolExecutor(WORKERS) as pool:
        new = [id for found in pool.map(work, range(WORKERS)) for id in found]
    assert sorted(new) == sorted(each.id for each in events)
    with psycopg.connect(postgres) as connection:
        rows = connection.execute("SELECT id, status, event FROM media").fetchall()
    last = EVENTS - 1
    assert sorted(rows) == sorted((f"media-{media}", f"status {last}", f"{media}-{last}") for media in range(MEDIA))


def test_a_failure_keeps_neither(postgres: str) -> None:
    class Broken(Postgres):
        def execute(self, statement: str, values: tuple[object, ...] = ()) -> psycopg.Cursor[Any]:
            if "INTO media" in statement:
                raise ConnectionError
            return super().execute(statement, values)

    with psycopg.connect(postgres, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(table.encode())
        late = event(99, 1)
        with pytest.raises(ConnectionError):
            store(cast("Any", Broken(connection)), late)
        assert store(cast("Any", Postgres(connection)), late)
        assert not store(cast("Any", Postgres(connection)), late)
