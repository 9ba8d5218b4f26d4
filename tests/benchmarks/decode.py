"""The costs of reading responses: from bytes to typed values."""

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import msgspec

from fastpix._call.messages import Response
from fastpix._call.response import read
from fastpix.api.live_streams import live_streams_list
from fastpix.api.media import media_list
from tests.benchmarks.answers import bad_text, media, odd_field, odd_fields, odd_inner_field, streams
from tests.benchmarks.measure import Row, child, cpu, paired, report
from tests.benchmarks.official import official

COUNT = 1_000
PAGE = 50
PEAK = """
import gc, re, sys
from pathlib import Path
{}
def memory(what):
    return int(re.search(what + r":\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024
page = sys.stdin.buffer.read()
gc.collect()
Path("/proc/self/clear_refs").write_text("5")  # resets the recorded peak
before = memory("VmRSS")
value = {}
print(memory("VmHWM") - before)
"""
OURS = "from fastpix.api.media import media_list", "media_list.endpoint.decode(page)"
THEIRS = (
    "from fastpix_python import models, utils; model = models.ListMediaResponse",
    "utils.unmarshal_json(page.decode(), model)",
)


class Plain(msgspec.Struct, rename="camel", gc=False):
    """The base of plain structs for these pages. Where possible, a field is required and has one type."""


class PlainPlaybackId(Plain):
    id: str
    access_policy: str


class PlainSrt(Plain):
    srt_playback_stream_id: str
    srt_playback_secret: str


class PlainStream(Plain):
    stream_id: str
    stream_key: str
    srt_secret: str
    trial: bool
    status: str
    max_resolution: str
    max_duration: int
    created_at: str
    reconnect_window: int
    enable_recording: bool
    enable_dvr_mode: bool
    media_policy: str
    metadata: dict[str, str]
    low_latency: bool
    closed_captions: bool
    playback_ids: list[PlainPlaybackId]
    srt_playback_response: PlainSrt


class PlainRestriction(Plain):
    default_policy: str
    allow: list[str]
    deny: list[str]


class PlainRestrictions(Plain):
    domains: PlainRestriction
    user_agents: PlainRestriction


class PlainMediaPlaybackId(Plain):
    id: str
    access_policy: str
    access_restrictions: PlainRestrictions


class PlainTrack(Plain):
    id: str
    type: str
    status: str
    width: int | None = None
    height: int | None = None
    frame_rate: str | None = None
    language_code: str | None = None
    language_name: str | None = None


class PlainPagination(Plain):
    total_records: int
    current_offset: int
    offset_count: int


class PlainMedia(Plain):
    id: str
    thumbnail: str
    workspace_id: str
    title: str
    creator_id: str
    metadata: dict[str, str]
    max_resolution: str
    source_resolution: str
    status: str
    source_access: bool
    playback_ids: list[PlainMediaPlaybackId]
    tracks: list[PlainTrack]
    is_audio_only: bool
    subtitle_available: bool
    duration: int
    aspect_ratio: str
    created_at: str
    updated_at: str


class PlainStreams(Plain):
    success: bool
    data: list[PlainStream]
    pagination: PlainPagination


class PlainMediaPage(Plain):
    success: bool
    data: list[PlainMedia]
    pagination: PlainPagination


def rows() -> Iterator[Row]:
    models = official.models
    yield from _decoding("streams", streams(COUNT), live_streams_list, models.GetStreamsResponse, PlainStreams)
    yield from _decoding("media", media(COUNT), media_list, models.ListMediaResponse, PlainMediaPage)
    yield _deviating(odd_field(PAGE), f"read {PAGE} media with an odd field in each, to as documented (CPU)", 6)
    yield _deviating(odd_inner_field(PAGE), f"read {PAGE} media with an odd field in a track of each (CPU)", 6)
    yield _deviating(bad_text(PAGE), f"read {PAGE} media with half a character in each (CPU)", 15)
    yield _deviating(odd_fields(PAGE), f"read {PAGE} media odd in every field, to as documented (CPU)", 15)
    peaks = paired(_peak(*OURS), _peak(*THEIRS), 5)
    yield peaks.row(f"memory to decode {COUNT:,} media, to official", 0.5, "MB", 1e-6)


def _decoding(name: str, page: bytes, operation: Any, model: Any, plain: type[Plain]) -> Iterator[Row]:
    decode = cpu(lambda: operation.endpoint.decode(page), 5)
    loads = paired(decode, cpu(lambda: json.loads(page), 5))
    yield loads.row(f"decode {COUNT:,} {name}, to json.loads (CPU)", 0.4, "ms", 1e3)
    unmarshal = import_module("fastpix_python.utils").unmarshal_json
    theirs = cpu(lambda: unmarshal(page.decode(), model), 1)
    plainly = msgspec.json.Decoder(plain)
    floor = paired(cpu(lambda: plainly.decode(page), 5), theirs, 11).ratio
    figure = f"decode {COUNT:,} {name}, to official models (CPU)"
    yield paired(decode, theirs, 11).row(figure, 0.08, "ms", 1e3, floor=floor)


def _deviating(page: bytes, figure: str, goal: float) -> Row:
    return paired(cpu(_reading(page), 5), cpu(_reading(media(PAGE)), 20)).row(figure, goal, "ms", 1e3)


def _reading(page: bytes) -> Callable[[], object]:
    answer = Response(200, [], page)
    return lambda: read(media_list.endpoint, answer, now=lambda: 0.0).unwrap()


def _peak(prepare: str, decode: str) -> Callable[[], float]:
    return lambda: float(child(PEAK.format(prepare, decode), given=media(COUNT)).printed)


if __name__ == "__main__":
    report(rows())
