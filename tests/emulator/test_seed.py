from datetime import timedelta

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from fastpix import FastpixCore
from fastpix.api.drm_configurations import drm_configurations_list
from fastpix.api.live_streams import ListLiveClipsRequest, live_streams_list, live_streams_list_clips
from fastpix.api.media import Media, MediaSummary, media_list
from fastpix.api.playlists import GetPlaylistRequest, playlists_get
from fastpix.api.signing_keys import signing_keys_list
from fastpix.api.uploads import uploads_list
from fastpix.api.views import views_list
from fastpix.emulator import (
    Content,
    Emulator,
    Seed,
    SeedDrmConfiguration,
    Seeded,
    SeedFile,
    SeedMedia,
    SeedPlaylist,
    SeedSigningKey,
    SeedStream,
    SeedTrack,
    SeedUpload,
    SeedView,
)
from tests.emulator.acts import new_media, read_media

EVERYTHING = Seed(
    streams=[SeedStream(count=2, clips=2, metadata={"a": "b"}, access_policy="private")],
    files=[SeedFile("https://example.com/long.mp4", Content(duration=3600))],
    media=[SeedMedia(title="A", mp4_support="capped_4k"), SeedMedia(count=2, creator_id="me")],
    uploads=[SeedUpload(cors_origin="https://example.com", access_policy="private")],
    playlists=[SeedPlaylist("All", "all", [2, 0])],
    signing_keys=[SeedSigningKey()],
    drm_configurations=[SeedDrmConfiguration(count=2)],
    views=[SeedView(count=3), SeedView(fields={"videoTitle": "A"})],
)


@pytest.mark.parametrize("as_json", [True, False])
def test_any_resource_can_be_seeded_from_python_and_from_json(
    core: FastpixCore, emulator: Emulator, web: httpx.Client, as_json: bool
) -> None:
    if as_json:
        answered = web.post("/_emulator/seed", content=msgspec.json.encode(EVERYTHING))
        seeded = msgspec.json.decode(answered.content, type=Seeded)
    else:
        seeded = emulator.seed(EVERYTHING)
    assert [stream.stream_id for stream in live_streams_list(core).unwrap().data] == seeded.stream_ids[::-1]
    clips = live_streams_list_clips(core, ListLiveClipsRequest(seeded.stream_ids[0])).unwrap().data
    assert [(clip.status, clip.duration) for clip in clips] == [("Ready", 30)] * 2
    listed = [media.id for media in media_list(core).unwrap().data]
    assert [media_id for media_id in listed if media_id in seeded.media_ids] == seeded.media_ids[::-1]
    assert [getattr(file, "status", "") for file in read_media(core, seeded.media_ids[0]).mp4_support or ()] == [
        "ready"
    ]
    (upload,) = uploads_list(core).unwrap().data
    assert ([upload.upload_id], upload.cors_origin) == (seeded.upload_ids, "https://example.com")
    playlist = playlists_get(core, GetPlaylistRequest(seeded.playlist_ids[0])).unwrap().data
    assert [media.id for media in playlist.media_list or ()] == [seeded.media_ids[2], seeded.media_ids[0]]
    assert [key.id for key in signing_keys_list(core).unwrap().data] == seeded.signing_key_ids
    configurations = drm_configurations_list(core).unwrap().data
    assert [configuration.id for configuration in configurations] == seeded.drm_configuration_ids[::-1]
    assert len(seeded.view_ids) == len(views_list(core).unwrap().data) == 4
    media_id = new_media(core, "https://example.com/long.mp4")
    emulator.clock.advance(seconds=1)
    assert read_media(core, media_id).duration == 3600


def test_a_media_can_be_seeded_with_tracks_and_ai_outputs_and_a_stream_with_simulcasts(
    core: FastpixCore, emulator: Emulator
) -> None:
    german = SeedTrack("subtitle", "de-DE", "German", title="Untertitel")
    media = SeedMedia(tracks=[german], ai=["summary", "chapters"])
    seeded = emulator.seed(Seed(media=[media, replace(media, status="Created")], streams=[SeedStream(simulcasts=2)]))
    ready, created = (read_media(core, media_id) for media_id in seeded.media_ids)
    assert [track.title for track in ready.tracks or ()] == [None, None, "Untertitel"]
    assert [getattr(ready, name).status for name in ("summary", "chapters")] == ["available"] * 2
    assert (created.tracks, created.summary) == ([], MediaSummary(status="preparing"))
    emulator.clock.advance(seconds=1)
    assert media_ready_with(read_media(core, created.id)) == media_ready_with(ready)
    (stream,) = live_streams_list(core).unwrap().data
    urls = [simulcast.url for simulcast in stream.simulcast_responses or ()]
    assert urls == ["rtmps://example.com/0", "rtmps://example.com/1"]


def media_ready_with(media: Media) -> tuple[object, ...]:
    return media.status, [track.language_name for track in media.tracks or ()], media.chapters


def test_media_can_be_older_than_the_seed(core: FastpixCore, emulator: Emulator) -> None:
    old, new = emulator.seed(Seed(media=[SeedMedia(created_ago=86_400), SeedMedia()])).media_ids
    emulator.seed(Seed(media=[SeedMedia(created_ago=3600)]))
    listed = media_list(core).unwrap().data
    assert [listed[0].id, listed[2].id] == [new, old]
    assert [emulator.clock.now() - (media.created_at or emulator.clock.now()) for media in listed] == [
        timedelta(),
        timedelta(hours=1),
        timedelta(days=1),
    ]


def test_a_seed_is_written_as_it_is_read() -> None:
    assert msgspec.json.decode(msgspec.json.encode(EVERYTHING), type=Seed) == EVERYTHING


@pytest.mark.parametrize(
    "wrong",
    [
        Seed(streams=[SeedStream(count=0)]),
        Seed(media=[SeedMedia(content=Content(duration=0))]),
        Seed(media=[SeedMedia(title="a" * 256)]),
        Seed(views=[SeedView(fields={"browserName": 5})]),
    ],
)
def test_a_seed_out_of_bounds_is_refused_from_python_as_well(emulator: Emulator, wrong: Seed) -> None:
    before = emulator.export_state()
    with pytest.raises(msgspec.ValidationError, match=r"Expected .* at `\$"):
        emulator.seed(wrong)
    assert emulator.export_state() == before


def test_a_playlist_takes_the_media_of_its_seed(emulator: Emulator) -> None:
    with pytest.raises(msgspec.ValidationError, match="the playlist 'A' wants the media 1, but the seed has 1 media"):
        emulator.seed(Seed(media=[SeedMedia()], playlists=[SeedPlaylist("A", "a", [0, 1])]))


TOO_LARGE: list[tuple[Seed, str]] = [
    (Seed(streams=[SeedStream(count=10, clips=10_000)]), "at most 100000 objects, clips too, not 100010"),
    (Seed(media=[SeedMedia(count=60_000), SeedMedia(count=40_001)]), "not 100001"),
    (Seed(signing_keys=[SeedSigningKey(count=20), SeedSigningKey()]), "at most 20 signing keys, not 21"),
    (Seed(views=[SeedView(fields={"averageBitrate": 1e308})]), "averageBitrate of a view must be a number up to 1e"),
    (Seed(views=[SeedView(fields={"watchTime": -(10**400)})]), "watchTime"),
    (Seed(views=[SeedView(fields={"watchTime": float("nan")})]), "watchTime"),
]


@pytest.mark.parametrize(("seed", "problem"), TOO_LARGE, ids=range(len(TOO_LARGE)))
def test_a_seed_that_is_too_large_is_refused(emulator: Emulator, seed: Seed, problem: str) -> None:
    before = emulator.export_state()
    with pytest.raises(msgspec.ValidationError, match=problem):
        emulator.seed(seed)
    assert emulator.export_state() == before
