"""Spans with the real OpenTelemetry SDK, and the calls that instrumentation of httpx sees."""

import pickle
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import httpcore
import httpx
import pytest
from opentelemetry import trace
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from fastpix import AsyncFastpixCore, Attempt, FastpixCore, FastpixError, Hooks, RequestOptions, Retries, Success
from fastpix._call.call import Send, Steps
from fastpix._call.messages import HeldBackError, Limits, Origin, Request, Response
from fastpix.api.live_streams import (
    EnableLiveStreamRequest,
    GetAllStreamsRequest,
    GetLiveStreamRequest,
    live_streams_enable,
    live_streams_get,
    live_streams_list,
)
from fastpix.emulator import Emulator
from fastpix.errors import UnexpectedClientError
from fastpix.tracing import spans
from fastpix.uploads import upload
from tests.servers import PAGE, Scripted, answer, hang, hang_up

ENABLE = EnableLiveStreamRequest("abc")
QUICK = RequestOptions(retries=Retries(base=0.001))


@pytest.fixture
def exported() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def provider(exported: InMemorySpanExporter) -> TracerProvider:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exported))
    return provider


def facts(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def of(server: Scripted, hooks: Hooks, **more: Any) -> FastpixCore:
    return FastpixCore(username="a", password="b", server_url=server.url, hooks=hooks, **more)


def test_a_call_is_a_span_and_so_is_each_attempt(
    exported: InMemorySpanExporter, provider: TracerProvider, scripted: Scripted
) -> None:
    scripted.script(answer(b"", 503), hang_up, answer())
    with of(scripted, Hooks(around_call=spans(provider))) as core:
        assert isinstance(live_streams_enable(core, ENABLE, QUICK), Success)
    *attempts, call = exported.get_finished_spans()
    assert (call.name, call.kind, facts(call)) == (
        "live_streams_enable",
        SpanKind.INTERNAL,
        {"fastpix.operation_id": "enable-live-stream"},
    )
    always = {
        "http.request.method": "PUT",
        "url.full": f"{scripted.url}live/streams/abc/live-enable",
        "url.template": "/live/streams/{streamId}/live-enable",
        "server.address": "127.0.0.1",
        "server.port": scripted.port,
    }
    assert [facts(attempt) for attempt in attempts] == [
        {**always, "http.response.status_code": 503, "error.type": "503"},
        {
            **always,
            "http.request.resend_count": 1,
            "error.type": f"{httpcore.RemoteProtocolError.__module__}.RemoteProtocolError",
        },
        {**always, "http.request.resend_count": 2, "http.response.status_code": 200},
    ]
    for attempt in attempts:
        assert (attempt.name, attempt.kind) == ("PUT /live/streams/{streamId}/live-enable", SpanKind.CLIENT)
        assert attempt.parent == call.context
    assert [span.status.is_ok for span in (*attempts, call)] == [False, False, True, True]


@pytest.mark.parametrize(("status", "error"), [(400, "BadRequestError"), (404, "NotFoundError")])
def test_a_call_that_fails_says_why(
    exported: InMemorySpanExporter, provider: TracerProvider, scripted: Scripted, status: int, error: str
) -> None:
    scripted.script(answer(b"", status, ("x-request-id: r1",)))
    with of(scripted, Hooks(around_call=spans(provider))) as core:
        live_streams_get(core, GetLiveStreamRequest("abc"))
        live_streams_get(core, GetLiveStreamRequest(".."))  # rejected before it is sent
    attempt, call, refused = exported.get_finished_spans()
    assert facts(attempt)["error.type"] == str(status)
    told = {"fastpix.operation_id": "get-live-stream-by-id", "fastpix.may_have_been_applied": False}
    assert facts(call) == told | {"error.type": error, "fastpix.attempts": 1, "fastpix.request_id": "r1"}
    assert facts(refused) == told | {"error.type": "RequestValidationError", "fastpix.attempts": 0}


def test_a_request_that_was_held_back_is_no_failed_attempt(
    exported: InMemorySpanExporter, provider: TracerProvider
) -> None:
    origin = Origin(b"https", b"fastpix.test", None)
    send = Send(Request("GET", origin, b"/", []), Limits(deadline=0, connect=0, max_bytes=0))

    def steps() -> Steps[str]:
        yield send
        yield send
        return "done"

    traced = spans(provider)(live_streams_list.endpoint, steps())
    assert traced.send(None) is send
    assert traced.send(HeldBackError()) is send
    with pytest.raises(StopIteration, match="done"):
        traced.send(Response(200, [], b""))
    assert [facts(span).get("error.type") for span in exported.get_finished_spans()] == [None, None, None]


def test_a_query_is_not_in_a_span(exported: InMemorySpanExporter, provider: TracerProvider, scripted: Scripted) -> None:
    scripted.script(answer(PAGE))
    with of(scripted, Hooks(around_call=spans(provider))) as core:
        live_streams_list(core, GetAllStreamsRequest(limit=3)).unwrap()
    assert b"limit=3" in scripted.requests[0]
    assert facts(exported.get_finished_spans()[0])["url.full"] == f"{scripted.url}live/streams"


def test_spans_add_no_header_to_a_request(provider: TracerProvider, scripted: Scripted) -> None:
    scripted.script(answer(PAGE))
    for hooks in (Hooks(), Hooks(around_call=spans(provider))):
        with of(scripted, hooks) as core:
            live_streams_list(core).unwrap()
    plain, traced = scripted.requests
    assert traced == plain


@pytest.mark.parametrize(("scheme", "port"), [("http", 80), ("https", 443)])
def test_a_span_has_the_port_that_its_url_leaves_out(
    exported: InMemorySpanExporter, provider: TracerProvider, scheme: str, port: int
) -> None:
    core = FastpixCore(
        username="a",
        password="b",
        server_url=f"{scheme}://fastpix.test/v1/",
        allow_http=True,
        transport=httpx.MockTransport(lambda _: httpx.Response(200, content=PAGE)),
        hooks=Hooks(around_call=spans(provider)),
    )
    live_streams_list(core).unwrap()
    assert facts(exported.get_finished_spans()[0])["server.port"] == port


def test_a_span_is_under_that_of_its_caller_and_over_those_of_hooks(
    exported: InMemorySpanExporter, provider: TracerProvider, scripted: Scripted
) -> None:
    seen: list[Any] = []

    def failed(attempt: Attempt, error: FastpixError) -> None:
        seen.append(trace.get_current_span())

    scripted.script(answer(b"", 404))
    core, tracer = of(scripted, Hooks(on_error=failed, around_call=spans(provider))), provider.get_tracer("test")
    with core, tracer.start_as_current_span("caller") as caller:
        live_streams_get(core, GetLiveStreamRequest("abc"))
        assert trace.get_current_span() is caller
    _, call, _ = exported.get_finished_spans()
    assert call.parent == caller.get_span_context()
    assert seen[0].get_span_context() == call.context


@pytest.mark.anyio
async def test_the_spans_of_a_call_that_is_cancelled_end(
    exported: InMemorySpanExporter, provider: TracerProvider, scripted: Scripted
) -> None:
    scripted.script(hang)
    hooks = Hooks(around_call=spans(provider))
    async with AsyncFastpixCore(username="a", password="b", server_url=scripted.url, hooks=hooks) as core:
        with anyio.move_on_after(0.1):
            await live_streams_enable(core, ENABLE)
        attempt, call = exported.get_finished_spans()
        assert facts(attempt)["error.type"] == facts(call)["error.type"] == "cancelled"
        scripted.script(answer())
        await live_streams_enable(core, ENABLE)
    assert len(exported.get_finished_spans()) == 4


def at_once(endpoint: object, steps: object) -> Any:
    raise KeyError("canary")


def after_an_answer(endpoint: object, steps: Any) -> Any:
    yield next(steps)
    raise KeyError("canary")


def nothing(endpoint: object, steps: object) -> None:
    """Return ``None`` where a generator is expected."""


@pytest.mark.parametrize("hook", [at_once, after_an_answer, nothing])
def test_a_hook_around_a_call_that_raises_gives_a_failure(hook: Any, scripted: Scripted) -> None:
    with of(scripted, Hooks(around_call=hook)) as core:
        error = live_streams_enable(core, ENABLE).failure()
        assert isinstance(error, UnexpectedClientError)
        assert isinstance(error.__cause__, KeyError | TypeError)
        assert str(error).startswith("live_streams_enable: an around_call hook raised ")
        assert error.may_have_been_applied
        assert not live_streams_list(core).failure().may_have_been_applied


def test_a_core_with_spans_of_the_global_provider_can_be_pickled(scripted: Scripted) -> None:
    core = pickle.loads(pickle.dumps(of(scripted, Hooks(around_call=spans()))))
    with core:
        assert isinstance(live_streams_enable(core, ENABLE), Success)


@pytest.fixture
def through_httpx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTPIX_TRANSPORT", "httpx")


@contextmanager
def instrumenting(provider: TracerProvider) -> Generator[None]:
    instrumentor = HTTPXClientInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    yield
    instrumentor.uninstrument()


@pytest.fixture
def instrumented(provider: TracerProvider) -> Iterator[None]:
    with instrumenting(provider):
        yield


@pytest.mark.usefixtures("instrumented", "through_httpx")
@pytest.mark.anyio
async def test_the_instrumentation_of_httpx_sees_cores_that_send_through_it(
    exported: InMemorySpanExporter, scripted: Scripted
) -> None:
    settings: Any = {"username": "a", "password": "b", "server_url": scripted.url}
    async with AsyncFastpixCore(**settings) as async_core:
        (await live_streams_enable(async_core, ENABLE)).unwrap()
    with FastpixCore(**settings) as core:
        (await anyio.to_thread.run_sync(live_streams_enable, core, ENABLE)).unwrap()
    assert [span.name for span in exported.get_finished_spans()] == ["PUT", "PUT"]


@pytest.mark.usefixtures("instrumented")
def test_it_sees_a_core_with_a_transport_of_httpx(exported: InMemorySpanExporter, scripted: Scripted) -> None:
    with httpx.HTTPTransport() as transport, of(scripted, Hooks(), transport=transport) as core:
        live_streams_enable(core, ENABLE).unwrap()
    assert [span.name for span in exported.get_finished_spans()] == ["PUT"]


@pytest.mark.anyio
async def test_so_it_does_an_async_core(
    exported: InMemorySpanExporter, provider: TracerProvider, scripted: Scripted
) -> None:
    async with (
        httpx.AsyncHTTPTransport() as transport,
        AsyncFastpixCore(username="a", password="b", server_url=scripted.url, transport=transport) as core,
    ):
        with instrumenting(provider):
            (await live_streams_enable(core, ENABLE)).unwrap()
    assert [span.name for span in exported.get_finished_spans()] == ["PUT"]


@pytest.mark.usefixtures("instrumented")
def test_it_does_not_see_the_local_fastpix(exported: InMemorySpanExporter, emulator: Emulator) -> None:
    core = FastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport())
    live_streams_list(core).unwrap()
    assert exported.get_finished_spans() == ()


SENTRY = """
import asyncio
import sys
import httpx
import sentry_sdk
from fastpix import AsyncFastpixCore, FastpixCore
from fastpix.api.live_streams import EnableLiveStreamRequest, live_streams_enable

_, url, way = sys.argv
settings = {"username": "a", "password": "b", "server_url": url}
enable = EnableLiveStreamRequest("abc")


def call():
    with httpx.Client() as client, FastpixCore(**settings, **({"client": client} if way == "client" else {})) as core:
        live_streams_enable(core, enable).unwrap()


async def async_call():
    async with httpx.AsyncClient() as client:
        async with AsyncFastpixCore(**settings, **({"client": client} if way == "client" else {})) as core:
            (await live_streams_enable(core, enable)).unwrap()


events = []
keep = lambda event, _: events.append(event)
sentry_sdk.init("http://key@127.0.0.1:1/1", traces_sample_rate=1.0, before_send_transaction=keep)
for job in (call, lambda: asyncio.run(async_call())):
    with sentry_sdk.start_transaction(name="job"):
        job()
assert [[span["op"] for span in event["spans"]] for event in events] == [["http.client"]] * 2, events
"""


@pytest.mark.usefixtures("through_httpx")
def test_sentry_sees_cores_that_send_through_httpx(scripted: Scripted) -> None:
    subprocess.run([sys.executable, "-c", SENTRY, scripted.url, "environment"], check=True, timeout=60)


def test_sentry_sees_cores_with_a_client_of_httpx(scripted: Scripted) -> None:
    subprocess.run([sys.executable, "-c", SENTRY, scripted.url, "client"], check=True, timeout=60)


def test_an_upload_has_a_span_for_its_sending_without_the_secret_url(
    emulator: Emulator, provider: TracerProvider, exported: InMemorySpanExporter
) -> None:
    core = FastpixCore(
        username=emulator.username,
        password=emulator.password,
        transport=emulator.transport(),
        hooks=Hooks(around_call=spans(provider)),
    )
    emulator.fail("upload", [503])
    upload(core, b"a", options=QUICK).unwrap()
    names = [span.name for span in exported.get_finished_spans()]
    parts = ["PUT /{uploadId}"] * 3  # the part, the question, the part again
    assert names == ["POST /on-demand/upload", "uploads_create", *parts, "upload"]
    assert "upload_id=" not in "".join(str(facts(span)) for span in exported.get_finished_spans())
