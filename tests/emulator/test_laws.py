"""Rules that hold for every operation of the local FastPix, with generated requests."""

import json
import re
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastpix import FastpixCore, RequestOptions, Success
from fastpix.emulator import (
    Delays,
    Emulator,
    Seed,
    SeedDrmConfiguration,
    SeedMedia,
    SeedPlaylist,
    SeedStream,
    SeedUpload,
    SeedView,
)
from fastpix.emulator.api import HANDLERS
from fastpix.errors import ApiError
from fastpix.operation import Operation
from tests.emulator.test_recordings import OBSERVED
from tests.generate import IDS, requests_of
from tests.lengths import length
from tests.operations import OPERATIONS

SEED = Seed(
    streams=[SeedStream(clips=1), SeedStream(status="active"), SeedStream(status="disabled")],
    media=[SeedMedia(), SeedMedia(status="Created")],
    uploads=[SeedUpload()],
    playlists=[SeedPlaylist("a", "a", [0])],
    drm_configurations=[SeedDrmConfiguration()],
    views=[SeedView(), SeedView(fields={"errorCode": "a"}), SeedView(ended_ago=-60)],
)
UNCHECKED = RequestOptions(validate=False)


def known_ids(emulator: Emulator) -> list[str]:
    """Return all that looks like an id in the state of a local FastPix."""
    text = " ".join(f"{row.id} {bytes(row.document).decode()}" for row in emulator.export_state().documents)
    return sorted(set(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}", text)))


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())
@settings(max_examples=length(short=5, whole=10, long=200), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_request_is_answered_in_a_known_form_and_a_refused_one_changes_nothing(
    operation: Operation[..., Any], data: st.DataObject
) -> None:
    emulator = Emulator(delays=Delays.all(1))
    emulator.clock.hold()
    emulator.seed(SEED)
    core = FastpixCore(
        username=emulator.username, password=emulator.password, transport=emulator.transport(), strict=True
    )
    ids = st.sampled_from(known_ids(emulator)) | IDS
    for _ in range(3):
        request = data.draw(requests_of(operation.endpoint, ids))
        before = emulator.export_state()
        reply = operation(core, request, UNCHECKED)
        if not isinstance(reply, Success):
            error = reply.failure()
            assert isinstance(error, ApiError), error
            assert error.status in (400, 404, 409, 422)
            assert emulator.export_state() == before
        emulator.clock.advance(seconds=data.draw(st.sampled_from([0, 1, 5])))


def test_each_operation_has_a_handler() -> None:
    assert HANDLERS.keys() == {operation.endpoint.id for operation in OPERATIONS.values()}


@pytest.mark.parametrize("id", HANDLERS)
def test_each_operation_tells_what_it_is_based_on(id: str) -> None:
    basis = HANDLERS[id].basis
    assert basis.recorded or basis.documented
    assert basis.recorded or id not in OBSERVED


@pytest.mark.parametrize("id", [id for id, handler in HANDLERS.items() if handler.endpoint.in_body])
@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_a_body_with_an_unknown_field_is_refused_by_its_name(id: str, data: st.DataObject) -> None:
    endpoint, emulator = HANDLERS[id].endpoint, Emulator()

    def with_nonsense(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.read() or b"{}") | {"nonsense": 1}
        headers = {"authorization": request.headers["authorization"]}
        return emulator.handle(httpx.Request(request.method, request.url, headers=headers, json=body))

    operation = next(operation for operation in OPERATIONS.values() if operation.endpoint is endpoint)
    transport = httpx.MockTransport(with_nonsense)
    core = FastpixCore(username=emulator.username, password=emulator.password, transport=transport)
    error = operation(core, data.draw(requests_of(endpoint)), UNCHECKED).failure()
    assert isinstance(error, ApiError)
    assert error.status == 422
    assert [field.field for field in error.fields] == ["nonsense"]
