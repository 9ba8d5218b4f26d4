"""The paths under ``/_emulator/``."""

from typing import Any

import httpx
import msgspec
import pytest

from fastpix import FastpixCore
from fastpix.api.live_streams import live_streams_list
from fastpix.api.media import media_list
from fastpix.emulator import Emulator, Seed, SeedMedia, SeedStream
from fastpix.emulator.api import HANDLERS
from fastpix.emulator.store.documents import FORMAT
from tests.emulator.acts import new_media, new_stream, read_media, read_stream
from tests.pages import paging


def test_it_tells_each_operation_and_what_it_is_based_on(emulator: Emulator, web: httpx.Client) -> None:
    about = web.get("/_emulator/").json()
    assert about["workspaceId"] == emulator.workspace_id
    assert about["now"] == emulator.clock.now().isoformat()
    assert {operation["id"] for operation in about["operations"]} == HANDLERS.keys()
    assert about["operations"] == sorted(about["operations"], key=lambda one: (one["path"], one["method"]))
    (complete,) = [operation for operation in about["operations"] if operation["id"] == "complete-live-stream"]
    assert (complete["method"], complete["path"]) == ("PUT", "/live/streams/{streamId}/finish")
    assert complete["basis"].keys() == {"recorded", "documented"}


def test_a_reset_deletes_everything_and_lets_the_clock_run(
    core: FastpixCore, emulator: Emulator, web: httpx.Client
) -> None:
    emulator.seed(Seed(streams=[SeedStream(clips=2)], media=[SeedMedia(status="Created")]))
    emulator.clock.advance(days=300)
    assert web.post("/_emulator/reset").status_code == 204
    assert {row.kind for row in emulator.export_state().documents} == {"ClockState", "WorkspaceId"}
    assert paging(live_streams_list(core).unwrap()).total_records == 0
    assert emulator.clock.now() != emulator.clock.now()
    new_media(core)


def test_the_whole_state_travels_in_one_file(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    stream = new_stream(core, metadata={"a": "b"})
    media_id = new_media(core)
    emulator.clock.advance(seconds=0.2)
    exported = web.get("/_emulator/state").content
    for secret in (emulator.password, emulator.username):
        assert secret not in exported.decode()

    other = Emulator()
    with httpx.Client(transport=other.transport(), auth=(other.username, other.password)) as client:
        assert client.put("http://local/_emulator/state", content=exported).status_code == 204
        assert client.get("http://local/_emulator/state").json() == msgspec.json.decode(exported)
    there = FastpixCore(username=other.username, password=other.password, transport=other.transport())
    assert read_stream(there, stream.stream_id) == stream
    assert other.workspace_id == emulator.workspace_id == read_media(there, media_id).workspace_id
    assert other.clock.now() == emulator.clock.now()
    assert read_media(there, media_id).status == "Processing"
    other.clock.advance(seconds=1)
    assert read_media(there, media_id).status == "Ready"
    assert read_media(core, media_id).status == "Processing"


def test_an_import_replaces_what_was_there(core: FastpixCore, emulator: Emulator) -> None:
    emulator.seed(Seed(media=[SeedMedia(count=2)]))
    state = emulator.export_state()
    emulator.seed(Seed(media=[SeedMedia()]))
    emulator.import_state(state)
    assert len(media_list(core).unwrap().data) == 2
    assert emulator.export_state() == state


def row(kind: str, **document: object) -> dict[str, object]:
    return {"kind": kind, "id": "a", "parent": "", "position": 0, "document": document}


NOT_VALID: list[tuple[str, str, object]] = [
    ("PUT", "state", {"format": 0, "documents": []}),
    ("PUT", "state", {"documents": []}),
    ("PUT", "state", {"format": FORMAT, "documents": [{"kind": "MediaRecord"}]}),
    ("PUT", "state", {"format": FORMAT, "documents": [row("Nonsense")]}),
    ("PUT", "state", {"format": FORMAT, "documents": [row("Credentials")]}),
    ("PUT", "state", {"format": FORMAT, "documents": [row("MediaRecord")]}),
    ("PUT", "state", {"format": FORMAT, "documents": [row("Due", step="nonsense", subject="a")]}),
    ("PUT", "state", {"format": FORMAT, "documents": [row("ClockState", held_at=1e308)]}),
    ("PUT", "state", {"format": FORMAT, "documents": [row("ClockState", held_at=-1e12)]}),
    ("PUT", "state", {"format": FORMAT, "documents": [row("ClockState", ahead=1e308)]}),
    ("PUT", "state", {"format": FORMAT, "documents": [row("ClockState", ahead=-1e308)]}),
    ("POST", "encoder", {"streamId": "a"}),
    ("POST", "clock", []),
    ("POST", "seed", {"media": [{"count": 0}]}),
    ("POST", "seed", {"views": [{"fields": {"watchTime": "long"}}]}),
]


@pytest.mark.parametrize(("method", "path", "body"), NOT_VALID)
def test_a_body_that_is_not_valid_is_refused_with_a_reason_and_changes_nothing(
    emulator: Emulator, web: httpx.Client, method: str, path: str, body: Any
) -> None:
    emulator.seed(Seed(media=[SeedMedia()]))
    before = emulator.export_state()
    answered = web.request(method, f"/_emulator/{path}", json=body)
    assert answered.status_code == 422
    assert answered.json()["error"]["message"]
    assert emulator.export_state() == before


def test_an_encoder_can_be_connected_and_disconnected_over_http(
    core: FastpixCore, emulator: Emulator, web: httpx.Client
) -> None:
    stream = new_stream(core)

    def encoder(is_connected: bool, stream_id: str = stream.stream_id) -> int:
        return web.post("/_emulator/encoder", json={"streamId": stream_id, "isConnected": is_connected}).status_code

    assert encoder(True) == 204
    emulator.clock.advance(seconds=1)
    assert read_stream(core, stream).status == "active"
    assert encoder(True) == 400
    assert encoder(False) == 204
    emulator.clock.advance(minutes=2)
    assert read_stream(core, stream).status == "idle"
    assert encoder(False) == 400
    assert encoder(True, "0" * 32) == 404


def test_what_does_not_exist_tells_what_does(web: httpx.Client) -> None:
    refused = web.delete("/_emulator/state")
    assert refused.status_code == 404
    assert "PUT /_emulator/state, POST /_emulator/clock" in refused.json()["error"]["message"]


def test_what_was_sent_can_be_read_over_http(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    new_stream(core)
    emulator.fail(live_streams_list, ["lost"])
    with pytest.raises(httpx.TransportError):
        web.get("/v1/live/streams?limit=5&limit=6")
    web.post("/v1/live/streams", content=b"\xff")
    web.get("/v1/nothing")
    told = web.get("/_emulator/sent").json()
    assert [(one["function"], one["operationId"], one["method"], one["status"]) for one in told] == [
        ("live_streams_create", "create-new-stream", "POST", 201),
        ("live_streams_list", "get-all-streams", "GET", None),
        ("live_streams_create", "create-new-stream", "POST", 400),
        (None, None, "GET", 501),
    ]
    assert (told[0]["path"], told[0]["body"]["playbackSettings"]) == ("/v1/live/streams", {})
    assert told[1]["query"] == {"limit": ["5", "6"]}
    assert (told[1]["body"], told[2]["body"]) == (None, "\ufffd")
    web.post("/_emulator/reset")
    assert web.get("/_emulator/sent").json() == []
