"""Playlists by hand and by a rule."""

from typing import Any

import pytest

from fastpix.emulator import Emulator, Seed, SeedMedia, SeedPlaylist


@pytest.fixture
def media_ids(emulator: Emulator) -> list[str]:
    """The ids of three media that are ready."""
    return emulator.seed(Seed(media=[SeedMedia(count=3)])).media_ids


@pytest.fixture
def playlist_id(emulator: Emulator) -> str:
    """The id of an empty playlist by hand."""
    [id] = emulator.seed(Seed(playlists=[SeedPlaylist("by hand", "hand")])).playlist_ids
    return id


def ids_of(playlist: Any) -> list[str]:
    return [media.id for media in playlist.media_list]


def test_create_a_playlist(sdk: Any) -> None:
    created = sdk.playlist.create_a_playlist(name="n", reference_id="r", type_="manual", description="d").data
    assert (created.name, created.reference_id, created.type, created.description) == ("n", "r", "manual", "d")
    assert (created.media_count, created.media_list) == (0, [])


def test_create_a_playlist_by_a_rule(sdk: Any, media_ids: list[str], emulator: Emulator) -> None:
    today = emulator.clock.now().date().isoformat()
    created = sdk.playlist.create_a_playlist(
        name="n",
        reference_id="r",
        type_="smart",
        description="d",
        play_order="createdDate ASC",
        limit=2,
        metadata={
            "created_date": {"start_date": today, "end_date": today},
            "updated_date": {"start_date": today, "end_date": today},
        },
    ).data
    assert (created.type, created.play_order, created.media_count) == ("smart", "createdDate ASC", 2)
    assert ids_of(created) == media_ids[:2]
    assert str(created.metadata.created_date.start_date) == today


def test_get_all_playlists(sdk: Any, playlist_id: str) -> None:
    found = sdk.playlist.get_all_playlists(limit=1, offset=1)
    assert [(playlist.id, playlist.name, playlist.media_count) for playlist in found.data] == [
        (playlist_id, "by hand", 0)
    ]
    assert found.pagination.total_records == 1


def test_get_playlist_by_id(sdk: Any, playlist_id: str) -> None:
    found = sdk.playlist.get_playlist_by_id(playlist_id=playlist_id).data
    assert (found.id, found.reference_id, found.type) == (playlist_id, "hand", "manual")


def test_update_a_playlist(sdk: Any, playlist_id: str) -> None:
    changed = sdk.playlist.update_a_playlist(playlist_id=playlist_id, name="new", description="d").data
    assert (changed.name, changed.description) == ("new", "d")


def test_delete_a_playlist(sdk: Any, playlist_id: str) -> None:
    assert sdk.playlist.delete_a_playlist(playlist_id=playlist_id).success
    assert sdk.playlist.get_all_playlists().data == []


def test_add_media_to_playlist(sdk: Any, playlist_id: str, media_ids: list[str]) -> None:
    changed = sdk.playlist.add_media_to_playlist(playlist_id=playlist_id, media_ids=media_ids).data
    assert ids_of(changed) == media_ids
    assert [media.duration for media in changed.media_list] == [10, 10, 10]


def test_change_media_order_in_playlist(sdk: Any, playlist_id: str, media_ids: list[str]) -> None:
    sdk.playlist.add_media_to_playlist(playlist_id=playlist_id, media_ids=media_ids)
    reverse = media_ids[::-1]
    assert (
        ids_of(sdk.playlist.change_media_order_in_playlist(playlist_id=playlist_id, media_ids=reverse).data) == reverse
    )


def test_delete_media_from_playlist(sdk: Any, playlist_id: str, media_ids: list[str]) -> None:
    sdk.playlist.add_media_to_playlist(playlist_id=playlist_id, media_ids=media_ids)
    changed = sdk.playlist.delete_media_from_playlist(playlist_id=playlist_id, media_ids=media_ids[:1]).data
    assert ids_of(changed) == media_ids[1:]
