from pathlib import Path

import httpx
import msgspec
import pytest

from fastpix import FastpixCore
from fastpix.api.live_streams import ListLiveClipsRequest, live_streams_list, live_streams_list_clips
from fastpix.emulator import Emulator, Seed, SeedStream
from fastpix.emulator.handlers import HANDLERS
from tests.pages import paging


def web_on(emulator: Emulator) -> httpx.Client:
    return httpx.Client(transport=emulator.transport(), base_url="http://local")


def core_on(emulator: Emulator) -> FastpixCore:
    client = httpx.Client(transport=emulator.transport())
    return FastpixCore(username=emulator.username, password=emulator.password, client=client)


def test_the_control_surface_tells_what_there_is(emulator: Emulator) -> None:
    about = web_on(emulator).get("/_emulator/").json()
    assert [operation for operation in about["operations"] if operation["id"] == "create-new-stream"] == [
        {
            "id": "create-new-stream",
            "method": "POST",
            "path": "/live/streams",
            "basis": msgspec.to_builtins(HANDLERS["create-new-stream"].basis),
        }
    ]
    assert about["workspaceId"]


def test_the_control_surface_seeds_and_resets(emulator: Emulator) -> None:
    web, core = web_on(emulator), core_on(emulator)
    seed = {"streams": [{"count": 2, "status": "active", "clips": 3, "metadata": {"a": "b"}}, {}]}
    seeded = web.post("/_emulator/seed", json=seed).json()
    assert len(seeded["streamIds"]) == 3
    streams = live_streams_list(core).unwrap().data
    assert [(stream.status, stream.metadata) for stream in streams] == [
        ("idle", None),
        ("active", {"a": "b"}),
        ("active", {"a": "b"}),
    ]
    clips = [live_streams_list_clips(core, ListLiveClipsRequest(stream.stream_id)).unwrap() for stream in streams]
    assert [len(page.data) for page in clips] == [0, 3, 3]
    before = web.get("/_emulator/").json()["workspaceId"]
    assert web.post("/_emulator/reset").status_code == 204
    assert web.get("/_emulator/").json()["workspaceId"] == before
    assert live_streams_list(core).unwrap().data == []
    assert paging(live_streams_list(core).unwrap()).total_records == 0
    assert live_streams_list_clips(core, ListLiveClipsRequest(seeded["streamIds"][0])).unwrap().data == []


def test_a_seed_says_all_of_what_is_added(emulator: Emulator) -> None:
    web, core = web_on(emulator), core_on(emulator)
    odd = {"status": "preparing", "trial": True, "accessPolicy": "private", "metadata": {"a": "b"}, "clips": 2}
    web.post("/_emulator/seed", content=b'{"streams":[{}]}')
    (stream_id,) = web.post("/_emulator/seed", json={"streams": [odd]}).json()["streamIds"]
    stream, plain = live_streams_list(core).unwrap().data
    clips = live_streams_list_clips(core, ListLiveClipsRequest(stream_id)).unwrap().data
    assert (stream.stream_id, stream.status, stream.trial, stream.metadata) == (
        stream_id,
        "preparing",
        True,
        {"a": "b"},
    )
    assert (plain.status, plain.trial, plain.metadata) == ("idle", False, None)
    assert [clip.duration for clip in clips] == [30] * 2
    assert [id.access_policy for id in stream.playback_ids or []] == ["private"]
    assert [id.access_policy for clip in clips for id in clip.playback_ids or []] == ["private"] * 2


@pytest.mark.parametrize(
    "seed",
    [
        b"{",
        b'{"streams":[{"count":0}]}',
        b'{"nonsense":1}',
        b'{"streams":[{"status":"odd"}]}',
        b'{"streams":[{"nonsense":1}]}',
    ],
)
def test_a_seed_that_is_none_is_refused_with_a_reason(emulator: Emulator, seed: bytes) -> None:
    answered = web_on(emulator).post("/_emulator/seed", content=seed)
    assert answered.status_code == 422
    assert answered.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/_emulator/nonsense", 404),
        ("GET", "/nonsense", 404),
        ("GET", "/a/b.m3u8", 404),
        ("GET", "/x.m3u8", 404),
        ("GET", "/segment-0.ts", 404),
    ],
)
def test_there_is_nothing_else(emulator: Emulator, method: str, path: str, status: int) -> None:
    assert web_on(emulator).request(method, path).status_code == status


def test_an_operation_that_is_not_emulated_says_so(emulator: Emulator) -> None:
    answered = web_on(emulator).get("/v1/playout/channels", auth=(emulator.username, emulator.password))
    assert answered.status_code == 501
    assert answered.json()["error"]["message"] == "not emulated"


def test_a_file_keeps_everything_credentials_too(tmp_path: Path) -> None:
    file = str(tmp_path / "fastpix.db")
    first = Emulator(file, username="me")
    first.seed(Seed([SeedStream(count=2)]))
    workspace_id = web_on(first).get("/_emulator/").json()["workspaceId"]
    first.close()
    second = Emulator(file)
    assert (second.username, second.password) == ("me", first.password)
    assert web_on(second).get("/_emulator/").json()["workspaceId"] == workspace_id
    assert paging(live_streams_list(core_on(second)).unwrap()).total_records == 2
    second.close()


def test_credentials_are_made_up_for_each() -> None:
    one, other = Emulator(), Emulator()
    assert one.username != other.username
    assert one.password != other.password
    for emulator in (one, other):
        emulator.close()


def test_a_seed_can_be_written_as_it_is_read() -> None:
    seed = Seed([SeedStream(count=3, access_policy="private")])
    assert msgspec.json.decode(msgspec.json.encode(seed), type=Seed) == seed
