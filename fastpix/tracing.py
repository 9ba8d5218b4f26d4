"""OpenTelemetry spans for calls and attempts. Install with ``pip install 'fastpix[otel]'``.

    core = FastpixCore(hooks=Hooks(around_call=spans()))

Each call has a span with the name of the function. Each attempt has a child span, named for example
``GET /live/streams/{streamId}``, with the attributes of OpenTelemetry's semantic conventions for HTTP clients.
The span of the call is the current span while other hooks run and while the logger ``fastpix`` logs.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, TracerProvider
from opentelemetry.util.types import AttributeValue

import fastpix
from fastpix._call.call import Outcome, Send, Steps
from fastpix._call.endpoint import Endpoint
from fastpix._call.messages import HeldBackError, Request, Response
from fastpix.errors import FastpixError
from fastpix.reply import Failure

__all__ = ["Spans", "spans"]

T = TypeVar("T")

SCHEMA = "https://opentelemetry.io/schemas/1.38.0"
CANCELLED = "cancelled"


class Spans:
    """An ``around_call`` hook that traces calls. `spans` makes it."""

    def __init__(self, tracer_provider: TracerProvider | None) -> None:
        self._provider = tracer_provider

    def __call__(self, endpoint: Endpoint[Any], steps: Steps[T]) -> Steps[T]:
        return _traced(self._tracer(), endpoint, steps)

    def _tracer(self) -> Tracer:
        return trace.get_tracer("fastpix", fastpix.__version__, self._provider, SCHEMA)


def spans(tracer_provider: TracerProvider | None = None) -> Spans:
    """Return a hook for ``Hooks(around_call=...)`` that makes a span for each call and each attempt.

    The span of a call has the attribute ``fastpix.operation_id``. If the call fails, the span also has
    ``error.type``, ``fastpix.attempts``, ``fastpix.may_have_been_applied`` and, if the response had a request id,
    ``fastpix.request_id``. The attribute ``url.full`` of an attempt does not contain the query. No header is added
    to any request.

    Args:
        tracer_provider: The provider of the spans. Default: the global provider. If you give a provider, the core
            can be pickled only if the provider can be pickled.
    """
    return Spans(tracer_provider)


def _traced(tracer: Tracer, endpoint: Endpoint[Any], steps: Steps[T]) -> Steps[T]:
    call = tracer.start_span(endpoint.name, attributes={"fastpix.operation_id": endpoint.id})
    outcome: Outcome = None
    sent = 0
    with _ended(call):
        while True:
            with trace.use_span(call):
                try:
                    step = steps.send(outcome)
                except StopIteration as end:
                    result: T = end.value
                    break
            if not isinstance(step, Send):
                outcome = yield step
                continue
            attempt = _attempt(tracer, call, endpoint, step.request, sent)
            sent += 1
            with _ended(attempt):
                outcome = yield step
                _tell_outcome(attempt, outcome)
        _tell_result(call, result)
        return result


def _attempt(tracer: Tracer, call: Span, endpoint: Endpoint[Any], request: Request, number: int) -> Span:
    scheme, host, port = request.origin
    facts: dict[str, AttributeValue] = {
        "http.request.method": request.method,
        "url.full": request.url.partition("?")[0],
        "url.template": endpoint.path,
        "server.address": host.decode(),
        "server.port": port or (443 if scheme == b"https" else 80),
    }
    if number:
        facts["http.request.resend_count"] = number
    name = f"{endpoint.method} {endpoint.path}"
    return tracer.start_span(name, trace.set_span_in_context(call), SpanKind.CLIENT, facts)


def _tell_outcome(attempt: Span, outcome: Outcome) -> None:
    if isinstance(outcome, Response):
        attempt.set_attribute("http.response.status_code", outcome.status)
        if outcome.status >= 400:
            _fail(attempt, str(outcome.status))
    elif not isinstance(outcome, HeldBackError):
        _fail(attempt, f"{type(outcome).__module__}.{type(outcome).__qualname__}")


def _tell_result(call: Span, result: object) -> None:
    if isinstance(result, Failure):
        error = cast("FastpixError", result.failure())
        _fail(call, type(error).__name__)
        call.set_attribute("fastpix.attempts", error.attempts)
        call.set_attribute("fastpix.may_have_been_applied", error.may_have_been_applied)
        if error.request_id is not None:
            call.set_attribute("fastpix.request_id", error.request_id)


def _fail(span: Span, kind: str) -> None:
    span.set_attribute("error.type", kind)
    span.set_status(StatusCode.ERROR)


@contextmanager
def _ended(span: Span) -> Generator[None]:
    """End the span with the block, even if the call is cancelled or interrupted."""
    try:
        yield
    except BaseException:
        _fail(span, CANCELLED)
        raise
    finally:
        span.end()
