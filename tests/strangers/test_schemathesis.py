"""Requests that schemathesis makes from the API's description, valid ones and broken ones. None of them is a 500."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from fastpix import FastpixCore, pytest_plugin
from fastpix.api.live_streams import GetLiveStreamRequest, live_streams_get
from fastpix.api.media import GetMediaRequest, media_get
from fastpix.api.simulcasts import CreateSimulcastRequest, simulcasts_create
from fastpix.emulator import (
    Seed,
    SeedDrmConfiguration,
    SeedMedia,
    SeedPlaylist,
    SeedSigningKey,
    SeedStream,
    SeedTrack,
    SeedUpload,
    SeedView,
    Server,
    State,
)
from tests.strangers.specification import SPECIFICATION

T = TypeVar("T")
fastpix_server = pytest_plugin.fastpix_server
described = schemathesis.openapi.from_path(str(SPECIFICATION))
many = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class Known(NamedTuple):
    """A state of the local FastPix, and the ids of what it has by the names of the parameters in paths."""

    state: State
    in_paths: dict[str, str | None]
    in_live_paths: dict[str, str | None]


def first(items: Sequence[T] | None) -> T:
    assert items
    return items[0]


@pytest.fixture(scope="session")
def known(fastpix_server: Server) -> Known:
    emulator = fastpix_server.emulator
    seeded = emulator.seed(
        Seed(
            streams=[SeedStream(count=2, clips=2)],
            media=[SeedMedia(count=2, tracks=[SeedTrack("subtitle", "de-DE", "German")])],
            uploads=[SeedUpload()],
            playlists=[SeedPlaylist(name="A", reference_id="a")],
            signing_keys=[SeedSigningKey()],
            drm_configurations=[SeedDrmConfiguration()],
            views=[SeedView()],
        )
    )
    core = FastpixCore(username=emulator.username, password=emulator.password, transport=emulator.transport())
    media = media_get(core, GetMediaRequest(seeded.media_ids[0])).unwrap().data
    stream = live_streams_get(core, GetLiveStreamRequest(seeded.stream_ids[0])).unwrap().data
    simulcast = simulcasts_create(core, CreateSimulcastRequest(stream.stream_id, "rtmp://example.com/live", "key"))
    in_paths: dict[str, str | None] = {
        "mediaId": media.id,
        "playbackId": first(media.playback_ids).id,
        "trackId": first(media.tracks).id,
        "playlistId": seeded.playlist_ids[0],
        "signingKeyId": seeded.signing_key_ids[0],
        "drmConfigurationId": seeded.drm_configuration_ids[0],
        "uploadId": seeded.upload_ids[0],
        "viewId": seeded.view_ids[0],
        "livestreamId": stream.stream_id,
        "metricId": "quality_of_experience_score",
        "dimensionsId": "browser_name",
    }
    in_live_paths: dict[str, str | None] = {
        "streamId": stream.stream_id,
        "playbackId": first(stream.playback_ids).id,
        "simulcastId": simulcast.unwrap().data.simulcast_id,
    }
    return Known(emulator.export_state(), in_paths, in_live_paths)


def sent(case: schemathesis.Case, server: Server) -> int:
    """Send a request, and return the status of the response."""
    auth = (server.emulator.username, server.emulator.password)
    return case.call(base_url=server.url.rstrip("/"), auth=auth).status_code


@described.parametrize()
@many
def test_no_request_is_an_error_of_the_server(case: schemathesis.Case, fastpix_server: Server) -> None:
    assert sent(case, fastpix_server) < 500


@described.parametrize()
@many
def test_nor_is_one_for_what_exists(case: schemathesis.Case, fastpix_server: Server, known: Known) -> None:
    fastpix_server.emulator.import_state(known.state)
    ids = known.in_live_paths if case.path.startswith("/live/") else known.in_paths
    case.path_parameters = {name: ids.get(name, value) for name, value in case.path_parameters.items()}
    case.query = {name: ids.get(name, value) for name, value in case.query.items()}
    assert sent(case, fastpix_server) < 500
