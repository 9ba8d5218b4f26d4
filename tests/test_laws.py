"""Rules that hold for every operation, with generated requests and responses."""

import inspect
import re
from typing import Any, Literal, get_args, get_origin

import anyio
import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastpix import AsyncFastpixCore, FastpixCore, Success
from fastpix._call.messages import Response
from fastpix.client import AsyncFastpix, Fastpix
from fastpix.emulator.http.wire import read_request
from fastpix.emulator.service import ROUTER
from fastpix.operation import AsyncMethod, Method, Operation
from tests.facts import facts_of, structs_in
from tests.generate import requests_of, values_of
from tests.lengths import length
from tests.operations import OPERATIONS, RESOURCES
from tests.reference import field_docs

every_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())
few_examples = settings(
    max_examples=length(short=5, whole=15, long=30), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


class Recorder:
    """A handler that records requests, and responds with a given body."""

    def __init__(self, body: bytes = b"") -> None:
        self.sent: list[httpx.Request] = []
        self._body = body

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return httpx.Response(200, content=self._body)

    @property
    def bytes_sent(self) -> list[tuple[str, bytes, list[tuple[bytes, bytes]], bytes]]:
        return [
            (request.method, request.url.raw_path, _without_key(request.headers), request.read())
            for request in self.sent
        ]


def _without_key(headers: httpx.Headers) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers.raw if name.lower() != b"idempotency-key"]


def core_on(recorder: Recorder) -> FastpixCore:
    client = httpx.Client(transport=httpx.MockTransport(recorder))
    return FastpixCore(username="name", password="word", client=client)


def async_core_on(recorder: Recorder) -> AsyncFastpixCore:
    client = httpx.AsyncClient(transport=httpx.MockTransport(recorder))
    return AsyncFastpixCore(username="name", password="word", client=client)


@every_operation
@few_examples
@given(data=st.data())
def test_a_request_is_read_back_as_it_was_written(operation: Operation[..., Any], data: st.DataObject) -> None:
    recorder = Recorder()
    request = data.draw(requests_of(operation.endpoint))
    operation(core_on(recorder), request)
    (sent,) = recorder.sent
    path = sent.url.raw_path.decode().partition("?")[0].removeprefix("/v1")
    found = ROUTER.match(sent.method, path)
    assert found is not None
    endpoint, in_path = found
    assert endpoint is operation.endpoint
    assert read_request(endpoint, in_path, sent) == request


@every_operation
@few_examples
@given(data=st.data())
def test_sync_and_async_send_the_same_bytes(operation: Operation[..., Any], data: st.DataObject) -> None:
    request = data.draw(requests_of(operation.endpoint))
    blocking, awaited = Recorder(), Recorder()
    operation(core_on(blocking), request)
    anyio.run(operation, async_core_on(awaited), request)
    assert blocking.bytes_sent == awaited.bytes_sent


@every_operation
@few_examples
@given(data=st.data())
def test_an_answer_is_read_as_the_value_it_was_made_from(operation: Operation[..., Any], data: st.DataObject) -> None:
    ok = operation.endpoint.response_type
    value = data.draw(values_of(ok).filter(lambda value: value.success is not False))
    core = core_on(Recorder(msgspec.json.encode(value)))
    assert operation(core, data.draw(requests_of(operation.endpoint))) == Success(value)


@pytest.mark.parametrize("facade", [Fastpix, AsyncFastpix])
def test_the_facade_has_each_operation_exactly_once(facade: type[Fastpix] | type[AsyncFastpix]) -> None:
    client = facade(username="name", password="word")
    bound = [
        (f"{resource}_{name}", method.operation)
        for resource in (resource.__name__.rpartition(".")[2] for resource in RESOURCES)
        for name, method in inspect.getmembers(getattr(client, resource, None), _is_method)
    ]
    assert sorted(name for name, _ in bound) == sorted(OPERATIONS)
    assert all(OPERATIONS[name] is operation for name, operation in bound)


def _is_method(value: object) -> bool:
    return isinstance(value, Method | AsyncMethod)


@every_operation
def test_an_operation_is_named_after_its_module_and_documented(operation: Operation[..., Any]) -> None:
    assert operation.__module__ in {resource.__name__ for resource in RESOURCES}
    assert operation.__name__.startswith(operation.__module__.rpartition(".")[2])
    doc = inspect.getdoc(operation) or ""
    assert f"\n\nAPI operation: ``{operation.endpoint.id}``.\n\n" in doc
    assert re.match(r"[A-Z].*\.\n", doc), "the first line must be a sentence"


@every_operation
def test_the_bounds_of_each_number_are_documented(operation: Operation[..., Any]) -> None:
    kinds = {*operation.endpoint.request_types}
    for kind in kinds.union(*map(structs_in, kinds)):
        for field in msgspec.structs.fields(kind):
            bounds = facts_of(field.type).bounds
            for bound in (bounds[name] for name in ("minimum", "maximum") if name in bounds):
                assert re.search(rf"\b{bound}\b", field_docs(kind)[field.name]), (kind, field.name, bound)


def test_no_two_operations_are_the_same_endpoint() -> None:
    endpoints = [operation.endpoint for operation in OPERATIONS.values()]
    assert len({endpoint.id for endpoint in endpoints}) == len(endpoints)
    assert len({(endpoint.method, endpoint.path) for endpoint in endpoints}) == len(endpoints)


@every_operation
def test_each_path_field_is_a_required_text_of_the_request(operation: Operation[..., Any]) -> None:
    for kind in operation.endpoint.request_types:
        fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
        for name, _ in operation.endpoint.path_parts:
            assert not name or (fields[name].required and is_text(fields[name].type))


def is_text(hint: object) -> bool:
    return hint is str or (get_origin(hint) is Literal and all(isinstance(value, str) for value in get_args(hint)))


def test_a_response_hides_its_body() -> None:
    assert repr(Response(200, [], b"secret")) == "Response(status=200, bytes=6)"


def test_no_struct_of_a_request_can_stand_in_the_place_of_another_one() -> None:
    requests = {kind for operation in OPERATIONS.values() for kind in operation.endpoint.request_types}
    inner = {struct for request in requests for struct in structs_in(request)}
    assert len(inner) > 15
    assert not [(a, b) for a in requests | inner for b in inner if a is not b and issubclass(a, b)]
