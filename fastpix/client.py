"""The class facade: `Fastpix` and `AsyncFastpix` are cores with the functions as methods, one line each.

A function returns a `Result`; a method here returns the value and raises the error.
"""

from typing import Generic, cast

from fastpix.api.dimensions import dimensions_list, dimensions_list_filter_values
from fastpix.api.drm_configurations import drm_configurations_get, drm_configurations_list
from fastpix.api.live_playback_ids import (
    live_playback_ids_create,
    live_playback_ids_delete,
    live_playback_ids_get,
    live_playback_ids_update_domain_restrictions,
    live_playback_ids_update_user_agent_restrictions,
)
from fastpix.api.live_streams import (
    live_streams_complete,
    live_streams_create,
    live_streams_delete,
    live_streams_disable,
    live_streams_enable,
    live_streams_get,
    live_streams_get_viewer_count,
    live_streams_list,
    live_streams_list_clips,
    live_streams_update,
)
from fastpix.api.media import (
    media_create,
    media_delete,
    media_get,
    media_get_input_info,
    media_list,
    media_list_clips,
    media_update,
    media_update_mp4_support,
    media_update_source_access,
)
from fastpix.api.media_ai import (
    media_ai_create_advanced_summary,
    media_ai_create_attributed_transcript,
    media_ai_get_advanced_summary,
    media_ai_get_attributed_transcript,
    media_ai_get_summary,
    media_ai_update_chapters,
    media_ai_update_moderation,
    media_ai_update_named_entities,
    media_ai_update_summary,
)
from fastpix.api.media_tracks import (
    media_tracks_add,
    media_tracks_delete,
    media_tracks_generate_subtitles,
    media_tracks_update,
)
from fastpix.api.metrics import (
    metrics_get_timeseries_data,
    metrics_list_breakdown_values,
    metrics_list_comparison_values,
    metrics_list_overall_values,
)
from fastpix.api.playback_errors import playback_errors_list
from fastpix.api.playback_ids import (
    playback_ids_create,
    playback_ids_delete,
    playback_ids_get,
    playback_ids_list,
    playback_ids_update_domain_restrictions,
    playback_ids_update_user_agent_restrictions,
)
from fastpix.api.playlists import (
    playlists_add_media,
    playlists_create,
    playlists_delete,
    playlists_delete_media,
    playlists_get,
    playlists_list,
    playlists_reorder_media,
    playlists_update,
)
from fastpix.api.signing_keys import signing_keys_create, signing_keys_delete, signing_keys_get, signing_keys_list
from fastpix.api.simulcasts import simulcasts_create, simulcasts_delete, simulcasts_get, simulcasts_update
from fastpix.api.uploads import uploads_cancel, uploads_create, uploads_list
from fastpix.api.views import (
    views_get,
    views_get_concurrent_timeseries,
    views_list,
    views_list_concurrent_by_dimension,
    views_list_top_content,
)
from fastpix.core import AsyncFastpixCore, FastpixCore
from fastpix.operation import CoreT_co, Resource

__all__ = [
    "AsyncFastpix",
    "Dimensions",
    "DrmConfigurations",
    "Facade",
    "Fastpix",
    "LivePlaybackIds",
    "LiveStreams",
    "Media",
    "MediaAi",
    "MediaTracks",
    "Metrics",
    "PlaybackErrors",
    "PlaybackIds",
    "Playlists",
    "SigningKeys",
    "Simulcasts",
    "Uploads",
    "Views",
]


class LiveStreams(Resource[CoreT_co]):
    """Live streams and the clips cut from them."""

    list_clips = live_streams_list_clips
    create = live_streams_create
    list = live_streams_list
    get = live_streams_get
    update = live_streams_update
    delete = live_streams_delete
    enable = live_streams_enable
    disable = live_streams_disable
    complete = live_streams_complete
    get_viewer_count = live_streams_get_viewer_count


class LivePlaybackIds(Resource[CoreT_co]):
    """Playback ids of a live stream."""

    create = live_playback_ids_create
    get = live_playback_ids_get
    delete = live_playback_ids_delete
    update_domain_restrictions = live_playback_ids_update_domain_restrictions
    update_user_agent_restrictions = live_playback_ids_update_user_agent_restrictions


class Simulcasts(Resource[CoreT_co]):
    """Other platforms that a live stream is sent on to."""

    create = simulcasts_create
    get = simulcasts_get
    update = simulcasts_update
    delete = simulcasts_delete


class Media(Resource[CoreT_co]):
    """Media (video on demand)."""

    create = media_create
    list = media_list
    get = media_get
    update = media_update
    delete = media_delete
    list_clips = media_list_clips
    get_input_info = media_get_input_info
    update_source_access = media_update_source_access
    update_mp4_support = media_update_mp4_support


class MediaTracks(Resource[CoreT_co]):
    """Audio and subtitle tracks of a media."""

    add = media_tracks_add
    update = media_tracks_update
    delete = media_tracks_delete
    generate_subtitles = media_tracks_generate_subtitles


class MediaAi(Resource[CoreT_co]):
    """What the service finds in a media by itself."""

    update_summary = media_ai_update_summary
    get_summary = media_ai_get_summary
    update_chapters = media_ai_update_chapters
    update_named_entities = media_ai_update_named_entities
    update_moderation = media_ai_update_moderation
    create_advanced_summary = media_ai_create_advanced_summary
    get_advanced_summary = media_ai_get_advanced_summary
    create_attributed_transcript = media_ai_create_attributed_transcript
    get_attributed_transcript = media_ai_get_attributed_transcript


class Uploads(Resource[CoreT_co]):
    """Direct uploads."""

    create = uploads_create
    list = uploads_list
    cancel = uploads_cancel


class PlaybackIds(Resource[CoreT_co]):
    """Playback ids of a media."""

    create = playback_ids_create
    list = playback_ids_list
    get = playback_ids_get
    delete = playback_ids_delete
    update_domain_restrictions = playback_ids_update_domain_restrictions
    update_user_agent_restrictions = playback_ids_update_user_agent_restrictions


class Playlists(Resource[CoreT_co]):
    """Playlists."""

    create = playlists_create
    list = playlists_list
    get = playlists_get
    update = playlists_update
    delete = playlists_delete
    add_media = playlists_add_media
    reorder_media = playlists_reorder_media
    delete_media = playlists_delete_media


class DrmConfigurations(Resource[CoreT_co]):
    """DRM configurations."""

    list = drm_configurations_list
    get = drm_configurations_get


class SigningKeys(Resource[CoreT_co]):
    """Keys for the tokens of private playback."""

    create = signing_keys_create
    list = signing_keys_list
    get = signing_keys_get
    delete = signing_keys_delete


class Views(Resource[CoreT_co]):
    """Who watched what and how it went."""

    list = views_list
    get = views_get
    list_top_content = views_list_top_content
    get_concurrent_timeseries = views_get_concurrent_timeseries
    list_concurrent_by_dimension = views_list_concurrent_by_dimension


class Dimensions(Resource[CoreT_co]):
    """What views can be filtered and grouped by."""

    list = dimensions_list
    list_filter_values = dimensions_list_filter_values


class Metrics(Resource[CoreT_co]):
    """Metrics of views."""

    list_breakdown_values = metrics_list_breakdown_values
    list_overall_values = metrics_list_overall_values
    get_timeseries_data = metrics_get_timeseries_data
    list_comparison_values = metrics_list_comparison_values


class PlaybackErrors(Resource[CoreT_co]):
    """Errors that viewers met in playback."""

    list = playback_errors_list


class Facade(Generic[CoreT_co]):
    """What both facades have: the resources."""

    @property
    def _core(self) -> CoreT_co:
        return cast("CoreT_co", self)  # a facade is itself the core of its resources

    @property
    def live_streams(self) -> LiveStreams[CoreT_co]:
        return LiveStreams(self._core)

    @property
    def live_playback_ids(self) -> LivePlaybackIds[CoreT_co]:
        return LivePlaybackIds(self._core)

    @property
    def simulcasts(self) -> Simulcasts[CoreT_co]:
        return Simulcasts(self._core)

    @property
    def media(self) -> Media[CoreT_co]:
        return Media(self._core)

    @property
    def media_tracks(self) -> MediaTracks[CoreT_co]:
        return MediaTracks(self._core)

    @property
    def media_ai(self) -> MediaAi[CoreT_co]:
        return MediaAi(self._core)

    @property
    def uploads(self) -> Uploads[CoreT_co]:
        return Uploads(self._core)

    @property
    def playback_ids(self) -> PlaybackIds[CoreT_co]:
        return PlaybackIds(self._core)

    @property
    def playlists(self) -> Playlists[CoreT_co]:
        return Playlists(self._core)

    @property
    def drm_configurations(self) -> DrmConfigurations[CoreT_co]:
        return DrmConfigurations(self._core)

    @property
    def signing_keys(self) -> SigningKeys[CoreT_co]:
        return SigningKeys(self._core)

    @property
    def views(self) -> Views[CoreT_co]:
        return Views(self._core)

    @property
    def dimensions(self) -> Dimensions[CoreT_co]:
        return Dimensions(self._core)

    @property
    def metrics(self) -> Metrics[CoreT_co]:
        return Metrics(self._core)

    @property
    def playback_errors(self) -> PlaybackErrors[CoreT_co]:
        return PlaybackErrors(self._core)


class Fastpix(FastpixCore, Facade[FastpixCore]):
    """The API as methods that block, return values and raise `FastpixError`; arguments as `FastpixCore`."""


class AsyncFastpix(AsyncFastpixCore, Facade[AsyncFastpixCore]):
    """The API as methods that are awaited; arguments as `AsyncFastpixCore`."""
