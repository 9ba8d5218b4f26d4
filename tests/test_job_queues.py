"""Celery and RQ: a function, its core and its request go to a worker as a pickle. The result comes back as one."""

from typing import Any

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker
from fakeredis import FakeStrictRedis
from rq import Queue, SimpleWorker

from fastpix import Failure, Fastpix, FastpixCore, Reply, RequestOptions, Retries, Success
from fastpix.api.common import Ack
from fastpix.api.live_streams import EnableLiveStreamRequest, live_streams_enable
from fastpix.errors import NotFoundError
from tests.servers import Scripted, answer

ENABLE = EnableLiveStreamRequest("abc")
ONCE = RequestOptions(retries=Retries(attempts=1))


def core_at(server: Scripted) -> FastpixCore:
    return FastpixCore(username="a", password="b", server_url=server.url)


def check(first: Any, second: Any) -> None:
    assert first == Success(Ack(True))
    error = second.failure()
    assert isinstance(second, Failure)
    assert isinstance(error, NotFoundError)
    assert str(error) == "live_streams_enable: 404: no such stream (request id r1)"


@pytest.fixture
def server(scripted: Scripted) -> Scripted:
    refusal = b'{"success":false,"error":{"code":404,"message":"no such stream"}}'
    scripted.script(answer(), answer(refusal, 404, ("x-request-id: r1",)))
    return scripted


def test_rq_runs_an_operation(server: Scripted) -> None:
    connection = FakeStrictRedis()
    queue, core = Queue(connection=connection), core_at(server)
    jobs = [queue.enqueue(live_streams_enable, core, ENABLE, options) for options in (None, ONCE)]
    SimpleWorker([queue], connection=connection).work(burst=True)
    check(*[job.return_value() for job in jobs])


def test_rq_runs_a_method_of_the_facade(server: Scripted) -> None:
    connection = FakeStrictRedis()
    queue = Queue(connection=connection)
    client = Fastpix(username="a", password="b", server_url=server.url)
    job = queue.enqueue(client.live_streams.enable, ENABLE)
    SimpleWorker([queue], connection=connection).work(burst=True)
    assert job.return_value() == Ack(True)


def test_celery_runs_an_operation(server: Scripted) -> None:
    app = Celery("tests", broker="memory://", backend="cache+memory://")
    app.conf.update(task_serializer="pickle", result_serializer="pickle", accept_content=["pickle"])

    @app.task(name="enable")
    def enable(core: FastpixCore, request: EnableLiveStreamRequest) -> Reply[Ack]:
        return live_streams_enable(core, request)

    with start_worker(app, perform_ping_check=False):
        check(*[enable.delay(core_at(server), ENABLE).get(timeout=30) for _ in range(2)])
