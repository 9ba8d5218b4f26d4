"""An uploaded file plays: manifests, segments that fit together, subtitles, downloads, and the views of all that."""

import re
from io import BytesIO
from itertools import pairwise
from typing import Any, cast

import av
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastpix import FastpixCore
from fastpix.api.media import Media, UpdateMp4SupportRequest, media_update_mp4_support
from fastpix.api.media_tracks import AddMediaTrackRequest, NewTrack, media_tracks_add
from fastpix.api.metrics import ListOverallRequest, metrics_list_overall_values
from fastpix.api.views import GetViewRequest, ListViewsRequest, ViewSummary, views_get, views_list
from fastpix.emulator import Content, Emulator, Seed, SeedMedia
from fastpix.emulator.model.media import MediaFile, MediaRecord
from fastpix.emulator.playback.renditions import part_of, renditions, segment_count
from fastpix.emulator.server import serving
from fastpix.playback import audio_url, mp4_url, stream_url, subtitles_url
from tests.emulator.acts import playback_id_of, read_media, ready_media, uploaded
from tests.emulator.storage.movies import movie, sound

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


def lines_of(answered: httpx.Response) -> list[str]:
    assert answered.status_code == 200, answered.text
    assert answered.headers["content-type"] == "application/vnd.apple.mpegurl"
    first, *rest = answered.text.splitlines()
    assert first == "#EXTM3U"
    return rest


def urls_of(answered: httpx.Response) -> list[str]:
    """Return the URLs in a playlist, as a player resolves them."""
    return [str(answered.url.join(line)) for line in lines_of(answered) if not line.startswith("#")]


def segments_of(web: httpx.Client, playback_id: str, **query: str) -> list[str]:
    """Return the URLs of the segments of the first rendition."""
    (playlist, *_) = urls_of(web.get(f"/{playback_id}.m3u8", params=query))
    return urls_of(web.get(playlist))


def times(content: bytes, kind: str, format: str | None = None) -> list[float]:
    with av.open(BytesIO(content), "r", format=format) as container:
        stream: Any = getattr(container.streams, kind)[0]
        return [float(frame.pts * frame.time_base) for frame in cast("Any", container).decode(stream)]


def test_the_segments_of_a_file_are_the_whole_file(web: httpx.Client, media: Media) -> None:
    urls = segments_of(web, playback_id_of(media))
    parts = [web.get(url).content for url in urls]
    assert len(parts) == 3
    for part in parts:
        with av.open(BytesIO(part), "r", format="mpegts") as container:
            assert next(container.decode(video=0)).key_frame
    whole = b"".join(parts)
    pictures, sounds = times(whole, "video", "mpegts"), times(whole, "audio", "mpegts")
    assert pictures == pytest.approx([number / 10 for number in range(90)], abs=0.002)
    assert {round(after - before, 4) for before, after in pairwise(sounds)} == {0.0213}
    assert sounds[-1] == pytest.approx(8, abs=0.05)


def test_a_playlist_tells_the_length_of_each_segment(web: httpx.Client, media: Media) -> None:
    (playlist,) = urls_of(web.get(f"/{playback_id_of(media)}.m3u8"))
    lines = lines_of(web.get(playlist))
    lengths = [float(line.split(":")[1].strip(",")) for line in lines if line.startswith("#EXTINF")]
    assert lengths == [4, 4, 1]
    assert lines[-1] == "#EXT-X-ENDLIST"
    assert "#EXT-X-TARGETDURATION:4" in lines


def test_a_picture_can_be_far_from_the_next_one(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    slow = movie("matroska", rate=1, colors=[(200, 0, 0)] * 9, gap=7)
    media = uploaded(core, emulator, slow)
    whole = b"".join(web.get(url).content for url in segments_of(web, playback_id_of(media)))
    assert [round(time) for time in times(whole, "video", "mpegts")][:3] == [0, 4, 7]


@pytest.mark.parametrize("format", ["webm", "mpegts", "mov", "matroska"])
def test_other_formats_play(core: FastpixCore, emulator: Emulator, web: httpx.Client, format: str) -> None:
    codec = "libvpx" if format == "webm" else "libx264"
    media = uploaded(core, emulator, movie(format, codec, audio=[""]))
    (url,) = segments_of(web, playback_id_of(media))
    content = web.get(url).content
    assert times(content, "video") == pytest.approx([number / 10 for number in range(10)], abs=0.11)
    assert times(content, "audio")


def test_a_turned_video_plays_as_it_is_displayed(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    media = uploaded(core, emulator, movie(rotation=90, size=(64, 48)))
    (url,) = segments_of(web, playback_id_of(media))
    with av.open(BytesIO(web.get(url).content), "r") as container:
        frame = next(container.decode(video=0))
    assert (frame.width, frame.height) == (48, 64)


def test_sound_alone_plays(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    media = uploaded(core, emulator, sound("mp3", "eng"))
    (url,) = segments_of(web, playback_id_of(media))
    assert "/audio/0.ts" in url
    content = web.get(url).content
    assert times(content, "audio")
    with av.open(BytesIO(content), "r") as container:
        assert not container.streams.video


def test_a_part_of_a_file_plays(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    colors = [(200, 0, 0)] * 20 + [(0, 0, 200)] * 20
    media = uploaded(core, emulator, movie(colors=colors), start_time=2, end_time=3)
    (url,) = segments_of(web, playback_id_of(media))
    content = web.get(url).content
    assert times(content, "video") == pytest.approx([number / 10 for number in range(10)], abs=0.002)
    with av.open(BytesIO(content), "r") as container:
        plane = next(container.decode(video=0)).reformat(format="rgb24").planes[0]
    assert bytes(plane)[2] > 150


@given(start=st.integers(0, 300), length=st.integers(1, 400))
def test_segments_are_not_empty_and_are_the_whole_media(start: int, length: int) -> None:
    duration = (start + length) / 10 - start / 10
    record = MediaRecord(Media("id"), Content(duration=duration), file=MediaFile("mp4", start / 10, []))
    parts = [part_of(record, index) for index in range(segment_count(record))]
    assert all(first < last for _, first, last in parts)
    assert parts[0][1] == 0
    assert [last for _, _, last in parts[:-1]] == [first for _, first, _ in parts[1:]]
    assert float(parts[-1][2]) == pytest.approx(duration)


LADDER = {(1920, 1080): ["480p", "720p", "1080p"], (640, 360): ["360p"], (1080, 1920): ["480p", "720p", "1080p"]}


@pytest.mark.parametrize(
    ("size", "names"), [*LADDER.items(), ((1280, 600), ["480p", "600p"]), ((3840, 2160), LADDER[1920, 1080])]
)
def test_renditions_go_up_to_the_source_and_the_maximum(
    emulator: Emulator, size: tuple[int, int], names: list[str]
) -> None:
    (media_id,) = emulator.seed(Seed(media=[SeedMedia(content=Content(width=size[0], height=size[1]))])).media_ids
    with emulator._store.transaction(write=False) as documents:  # pyright: ignore[reportPrivateUsage]
        record = documents.get(MediaRecord, media_id)
    assert record is not None
    found = renditions(record)
    assert [one.name for one in found] == names
    for one in found:
        assert one.size is not None
        assert min(one.size) == int(one.name[:-1])
        assert not any(side % 2 for side in one.size)
        assert one.size[0] / one.size[1] == pytest.approx(size[0] / size[1], rel=0.01)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["480p", "720p"]),
        ({"rendition_order": "desc"}, ["720p", "480p"]),
        ({"max_resolution": "480p"}, ["480p"]),
        ({"min_resolution": "720p"}, ["720p"]),
        ({"resolution": "720p"}, ["720p"]),
        ({"resolution": "1080p"}, ["720p"]),
        ({"min_resolution": "1080p"}, ["720p"]),
    ],
)
def test_a_manifest_has_the_renditions_that_are_asked_for(
    high: Media, web: httpx.Client, query: dict[str, Any], names: list[str]
) -> None:
    answered = web.get(stream_url(playback_id_of(high), **query))
    found = [re.search(r"/(\d+p)\.m3u8", url) for url in urls_of(answered)]
    assert [one and one[1] for one in found] == names
    if len(names) == 1:
        height = names[0].removesuffix("p")
        assert f"x{height}" in answered.text


@pytest.fixture(scope="module")
def high(core: FastpixCore, emulator: Emulator) -> Media:
    return uploaded(core, emulator, movie(size=(1280, 720), colors=[(9, 9, 9)]))


def test_parameters_that_are_none_are_named(web: httpx.Client, media: Media) -> None:
    query = {"minResolution": "1", "maxResolution": "x", "resolution": "", "renditionOrder": "up"}
    answered = web.get(f"/{playback_id_of(media)}.m3u8", params=query)
    assert answered.status_code == 422
    named = [bad["field"] for bad in answered.json()["error"]["fields"]]
    assert named == ["minResolution", "maxResolution", "resolution", "order"]


def test_a_server_has_the_origin_of_its_urls(emulator: Emulator, media: Media) -> None:
    with serving(emulator) as server:
        assert f"{server.origin}/v1/" == server.url
        assert httpx.get(stream_url(playback_id_of(media), origin=server.origin)).status_code == 200


def test_what_does_not_exist_is_not_found(web: httpx.Client, media: Media) -> None:
    (playlist,) = urls_of(web.get(f"/{playback_id_of(media)}.m3u8"))
    (first, *_) = urls_of(web.get(playlist))
    for url in (playlist.replace("/64p.", "/1080p."), first.replace("/0.ts", "/3.ts"), first.replace("64p/", "480p/")):
        assert web.get(url).status_code == 404
    assert web.head(first).status_code == 200
    assert web.post(first).status_code == 404


def test_a_media_without_a_file_has_segments_that_do_not_exist(
    core: FastpixCore, emulator: Emulator, web: httpx.Client
) -> None:
    media = read_media(core, ready_media(core, emulator))
    manifest = web.get(f"/{playback_id_of(media)}.m3u8")
    assert "#EXTINF:10.0," in lines_of(manifest)
    (segment,) = urls_of(manifest)
    missing = web.get(segment)
    assert (missing.status_code, "--pull" in missing.json()["error"]["description"]) == (404, True)
    refused = web.get(f"/{playback_id_of(media)}/capped-4k.mp4")
    assert (refused.status_code, "Upload one" in refused.json()["error"]["description"]) == (404, True)


def test_a_damaged_file_has_no_segments(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    media = uploaded(core, emulator, movie())
    (url,) = segments_of(web, playback_id_of(media))
    path = emulator.file_of(media.id)
    assert path is not None
    path.write_bytes(bytes(100))
    assert web.get(url).status_code == 404


def test_downloads_are_whole_files(web: httpx.Client, media: Media) -> None:
    playback_id = playback_id_of(media)
    for url, type, kinds, seconds in (
        (mp4_url(playback_id), "video/mp4", ["video", "audio"], 9),
        (audio_url(playback_id), "audio/mp4", ["audio"], 8),
    ):
        answered = web.get(url)
        assert (answered.status_code, answered.headers["content-type"]) == (200, type)
        with av.open(BytesIO(answered.content), "r") as container:
            assert [stream.type for stream in container.streams] == kinds
            assert (container.duration or 0) / 1_000_000 == pytest.approx(seconds, abs=0.1)


def test_only_files_that_are_ready_can_be_downloaded(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    media = uploaded(core, emulator, movie())
    url = mp4_url(playback_id_of(media))
    assert web.get(url).status_code == 404
    media_update_mp4_support(core, UpdateMp4SupportRequest(media.id, "capped_4k")).unwrap()
    assert web.get(url).status_code == 404
    emulator.clock.advance(seconds=1)
    assert web.get(url).status_code == 200
    assert web.get(audio_url(playback_id_of(media))).status_code == 404


def test_subtitles_are_in_the_manifest(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    media = uploaded(core, emulator, movie(colors=[(9, 9, 9)] * 50))
    playback_id = playback_id_of(media)
    track = NewTrack("https://example.com/de.vtt", "subtitle", "de-DE", "German")
    added = media_tracks_add(core, AddMediaTrackRequest(media.id, track)).unwrap().data
    assert web.get(subtitles_url(playback_id, str(added.id))).status_code == 404
    emulator.clock.advance(seconds=1)
    master = web.get(f"/{playback_id}.m3u8")
    found = re.search(r'TYPE=SUBTITLES,.*NAME="German",LANGUAGE="de-DE",.*URI="(.*)"', master.text)
    assert found
    (url,) = urls_of(web.get(str(master.url.join(found[1]))))
    answered = web.get(url)
    assert answered.headers["content-type"] == "text/vtt; charset=utf-8"
    assert answered.text.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:04.000\nGerman, line 1\n")
    assert answered.text == web.get(subtitles_url(playback_id, str(added.id))).text
    assert "00:00:04.000 --> 00:00:05.000" in answered.text
    (without_pass,) = urls_of(web.get(f"/{playback_id}/text/{added.id}.m3u8"))
    assert web.get(without_pass).text == answered.text


def views(core: FastpixCore, media: Media) -> list[ViewSummary]:
    found = views_list(core, ListViewsRequest(limit=50, sort_order="desc")).unwrap().data
    return [view for view in found if views_get(core, GetViewRequest(view.view_id)).unwrap().data.media_id == media.id]


def test_what_a_player_fetches_becomes_a_view(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    media = uploaded(core, emulator, movie(colors=[(9, 9, 9)] * 60), title="A talk")
    urls = segments_of(web, playback_id_of(media))
    assert views(core, media) == []
    for url in urls:
        assert web.get(url, headers={"user-agent": AGENT, "referer": "https://example.com/talk"}).status_code == 200
        emulator.clock.advance(seconds=1)
    assert views(core, media) == []  # four of six seconds are still to be seen
    emulator.clock.advance(seconds=4)
    (summary,) = views(core, media)
    assert (summary.video_title, summary.view_watch_time) == ("A talk", 6000)
    view = views_get(core, GetViewRequest(summary.view_id)).unwrap().data
    assert (view.browser_name, view.os_name, view.user_agent) == ("Chrome", "Linux", AGENT)
    assert (view.fp_playback_id, view.view_page_url) == (playback_id_of(media), "https://example.com/talk")
    assert view.view_start is not None
    assert view.view_end is not None
    assert (view.view_end - view.view_start).total_seconds() == 6


def test_each_manifest_begins_a_view_and_metrics_count_them(
    core: FastpixCore, emulator: Emulator, web: httpx.Client
) -> None:
    media = uploaded(core, emulator, movie())
    request = ListOverallRequest("views")
    before = metrics_list_overall_values(core, request).unwrap().data.total_views or 0
    for _ in range(3):
        (url,) = segments_of(web, playback_id_of(media))
        web.get(url)
    emulator.clock.advance(seconds=5)
    assert len(views(core, media)) == 3
    assert metrics_list_overall_values(core, request).unwrap().data.total_views == before + 3
