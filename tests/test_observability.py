"""The README's OpenTelemetry hooks, with the real SDK, and the log."""

import logging
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import set_tracer_provider

from fastpix import FastpixCore, Hooks, RequestOptions, Retries, Success
from fastpix.api.live_streams import EnableLiveStreamRequest as Enable
from fastpix.api.live_streams import GetLiveStreamRequest, live_streams_enable, live_streams_get
from tests.servers import Scripted, answer, hang_up
from tests.test_readme import EXAMPLES

(EXAMPLE,) = (example for example in EXAMPLES if "opentelemetry" in example)
QUICK = RequestOptions(retries=Retries(base=0.001))


@pytest.fixture(scope="module")
def exported() -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    set_tracer_provider(provider)
    return exporter


def facts(span: ReadableSpan) -> tuple[Any, ...]:
    attributes = span.attributes or {}
    status = attributes.get("http.response.status_code")
    return span.name, attributes["http.request.method"], attributes["attempt"], status, [e.name for e in span.events]


def test_each_attempt_is_a_span(exported: InMemorySpanExporter, scripted: Scripted) -> None:
    names: dict[str, Any] = {}
    exec(compile(EXAMPLE, "README", "exec"), names)
    hooks: Hooks = names["core"].configuration.hooks
    core = FastpixCore(username="a", password="b", server_url=scripted.url, hooks=hooks)
    scripted.script(answer(b"", 503), hang_up, answer())
    assert isinstance(live_streams_enable(core, Enable("id"), QUICK), Success)
    live_streams_get(core, GetLiveStreamRequest(".."))
    assert [facts(span) for span in exported.get_finished_spans()] == [
        ("enable-live-stream", "PUT", 1, 503, []),
        ("enable-live-stream", "PUT", 2, None, ["exception"]),
        ("enable-live-stream", "PUT", 3, 200, []),
    ]


def test_the_log_has_a_line_for_each_attempt(scripted: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    scripted.script(answer(b"", 503), answer(b"", 404))
    core = FastpixCore(username="a", password="b", server_url=scripted.url)
    with caplog.at_level(logging.DEBUG, logger="fastpix"):
        live_streams_get(core, GetLiveStreamRequest("id"), QUICK)
    first, second = [record.getMessage() for record in caplog.records if record.name == "fastpix"]
    template = "live_streams_get GET /live/streams/{streamId}"
    assert first.startswith(f"{template} -> 503 attempt=1 wait=0.")
    assert second.startswith(f"{template} -> 404 attempt=2 wait=None elapsed=0.")
