"""The class facade: `Fastpix` and `AsyncFastpix` are cores that have the API's operations as methods.

A function of `fastpix.api` returns a `Result`. The method of the same operation returns the value and raises the
error.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

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
from fastpix.uploads import resume, send, start, status, upload

__all__ = [
    "AsyncFastpix",
    "Dimensions",
    "DrmConfigurations",
    "Facade",
    "Fastpix",
    "Group",
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


ResourceT_co = TypeVar("ResourceT_co", bound=Resource[Any], covariant=True)


class LiveStreams(Resource[CoreT_co]):
    """Live streams, and the clips that were made from them."""

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
    """Playback ids of live streams."""

    create = live_playback_ids_create
    get = live_playback_ids_get
    delete = live_playback_ids_delete
    update_domain_restrictions = live_playback_ids_update_domain_restrictions
    update_user_agent_restrictions = live_playback_ids_update_user_agent_restrictions


class Simulcasts(Resource[CoreT_co]):
    """Simulcasts: other platforms to which a live stream is forwarded."""

    create = simulcasts_create
    get = simulcasts_get
    update = simulcasts_update
    delete = simulcasts_delete


class Media(Resource[CoreT_co]):
    """Media: video and audio on demand."""

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
    """Audio and subtitle tracks of media."""

    add = media_tracks_add
    update = media_tracks_update
    delete = media_tracks_delete
    generate_subtitles = media_tracks_generate_subtitles


class MediaAi(Resource[CoreT_co]):
    """AI outputs for media: summaries, chapters, named entities, moderation and transcripts."""

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
    """Direct uploads of media files: the operations of the API, and the functions of `fastpix.uploads`."""

    create = uploads_create
    list = uploads_list
    cancel = uploads_cancel
    upload = upload
    start = start
    send = send
    status = status
    resume = resume


class PlaybackIds(Resource[CoreT_co]):
    """Playback ids of media."""

    create = playback_ids_create
    list = playback_ids_list
    get = playback_ids_get
    delete = playback_ids_delete
    update_domain_restrictions = playback_ids_update_domain_restrictions
    update_user_agent_restrictions = playback_ids_update_user_agent_restrictions


class Playlists(Resource[CoreT_co]):
    """Playlists of media."""

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
    """Signing keys for the tokens of private playback."""

    create = signing_keys_create
    list = signing_keys_list
    get = signing_keys_get
    delete = signing_keys_delete


class Views(Resource[CoreT_co]):
    """Video views: single views, top content and numbers of concurrent viewers."""

    list = views_list
    get = views_get
    list_top_content = views_list_top_content
    get_concurrent_timeseries = views_get_concurrent_timeseries
    list_concurrent_by_dimension = views_list_concurrent_by_dimension


class Dimensions(Resource[CoreT_co]):
    """Dimensions by which views can be filtered and grouped."""

    list = dimensions_list
    list_filter_values = dimensions_list_filter_values


class Metrics(Resource[CoreT_co]):
    """Metrics of views."""

    list_breakdown_values = metrics_list_breakdown_values
    list_overall_values = metrics_list_overall_values
    get_timeseries_data = metrics_get_timeseries_data
    list_comparison_values = metrics_list_comparison_values


class PlaybackErrors(Resource[CoreT_co]):
    """Playback errors that viewers encountered."""

    list = playback_errors_list


class Group(Generic[ResourceT_co]):
    """A descriptor for a resource of a facade.

    Read from an instance, it returns the resource with the instance as its core. Read from a class, it returns the
    class of the resource.
    """

    def __init__(self, resource: Callable[[Any], ResourceT_co]) -> None:
        self._resource = resource

    @overload
    def __get__(self, facade: None, owner: type) -> type[ResourceT_co]: ...
    @overload
    def __get__(self, facade: object, owner: type) -> ResourceT_co: ...
    def __get__(self, facade: object, owner: type) -> Any:
        return self._resource if facade is None else self._resource(facade)  # the facade is itself the core


class Facade(Generic[CoreT_co]):
    """The resources that both facades have."""

    live_streams: Group[LiveStreams[CoreT_co]] = Group(LiveStreams)
    live_playback_ids: Group[LivePlaybackIds[CoreT_co]] = Group(LivePlaybackIds)
    simulcasts: Group[Simulcasts[CoreT_co]] = Group(Simulcasts)
    media: Group[Media[CoreT_co]] = Group(Media)
    media_tracks: Group[MediaTracks[CoreT_co]] = Group(MediaTracks)
    media_ai: Group[MediaAi[CoreT_co]] = Group(MediaAi)
    uploads: Group[Uploads[CoreT_co]] = Group(Uploads)
    playback_ids: Group[PlaybackIds[CoreT_co]] = Group(PlaybackIds)
    playlists: Group[Playlists[CoreT_co]] = Group(Playlists)
    drm_configurations: Group[DrmConfigurations[CoreT_co]] = Group(DrmConfigurations)
    signing_keys: Group[SigningKeys[CoreT_co]] = Group(SigningKeys)
    views: Group[Views[CoreT_co]] = Group(Views)
    dimensions: Group[Dimensions[CoreT_co]] = Group(Dimensions)
    metrics: Group[Metrics[CoreT_co]] = Group(Metrics)
    playback_errors: Group[PlaybackErrors[CoreT_co]] = Group(PlaybackErrors)


class Fastpix(FastpixCore, Facade[FastpixCore]):
    """The API as blocking methods, such as ``fastpix.live_streams.list()``.

    A method returns the value of a success, and raises a `FastpixError` for a failure. The constructor takes the same
    arguments as `FastpixCore`. A `Fastpix` is also a core, so you can pass it to the functions of `fastpix.api`.
    """


class AsyncFastpix(AsyncFastpixCore, Facade[AsyncFastpixCore]):
    """The API as async methods, such as ``await fastpix.live_streams.list()``.

    An awaited method returns the value of a success, and raises a `FastpixError` for a failure. The constructor
    takes the same arguments as `AsyncFastpixCore`. An `AsyncFastpix` is also a core, so you can pass it to the
    functions of `fastpix.api`.
    """
