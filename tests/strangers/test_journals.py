"""The recipes for journals in Redis and PostgreSQL, on real servers."""

import pickle

import psycopg
import pytest

from fastpix import FastpixCore, many
from fastpix.api.live_streams import (
    CreateLiveStreamRequest,
    InputMediaSettings,
    PlaybackSettings,
    live_streams_create,
    live_streams_list,
)
from fastpix.emulator import Emulator
from fastpix.journal import Journal, once
from tests.examples.journal_postgres import TABLE, PostgresJournal
from tests.examples.journal_redis import RedisJournal
from tests.journal.laws import check_that_it_does_what_a_dict_does, check_that_one_of_many_gets_an_item
from tests.pages import paging


@pytest.fixture(params=["redis", "postgres"])
def journal(request: pytest.FixtureRequest) -> Journal:
    if request.param == "redis":
        return RedisJournal("127.0.0.1", request.getfixturevalue("redis"))
    address: str = request.getfixturevalue("postgres")
    with psycopg.connect(address) as database:
        database.execute(TABLE)
    return PostgresJournal(address)


def test_it_does_what_a_dict_does(journal: Journal) -> None:
    check_that_it_does_what_a_dict_does(journal)


def test_one_of_many_gets_an_item(journal: Journal) -> None:
    check_that_one_of_many_gets_an_item(lambda: pickle.loads(pickle.dumps(journal)))


def test_each_item_is_done_once(journal: Journal, core: FastpixCore, emulator: Emulator) -> None:
    create = once(live_streams_create, journal=journal, key="row", among=live_streams_list)
    rows = [InputMediaSettings(metadata={"row": str(number % 20)}) for number in range(60)]
    emulator.fail(live_streams_create, [400, "lost", 201, "cut"])
    requests = [CreateLiveStreamRequest(PlaybackSettings(), row) for row in rows]
    _first = [*many(create)(core, requests)]
    results = [result for _, result in many(create)(core, requests)]
    assert len({result.unwrap().data.stream_id for result in results}) == 20
    assert paging(live_streams_list(core).unwrap()).total_records == 20
