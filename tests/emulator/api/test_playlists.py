from datetime import date, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from fastpix import FastpixCore, Success
from fastpix.api.common import Ack
from fastpix.api.media import DeleteMediaRequest, UpdateMediaRequest, media_delete, media_update
from fastpix.api.playlists import (
    AddPlaylistMediaRequest,
    CreateManualPlaylistRequest,
    CreateSmartPlaylistRequest,
    DateRangeSettings,
    DeletePlaylistMediaRequest,
    DeletePlaylistRequest,
    GetPlaylistRequest,
    ListPlaylistsRequest,
    Playlist,
    PlaylistFilterSettings,
    PlayOrder,
    ReorderPlaylistMediaRequest,
    UpdatePlaylistRequest,
    playlists_add_media,
    playlists_create,
    playlists_delete,
    playlists_delete_media,
    playlists_get,
    playlists_list,
    playlists_reorder_media,
    playlists_update,
)
from fastpix.emulator import Emulator, Seed, SeedMedia, SeedPlaylist
from tests.emulator.acts import NOWHERE, bad_fields, new_media, ready_media, refusal
from tests.pages import paging

ALL = PlaylistFilterSettings()
OF_MEDIA: list[tuple[Any, Any]] = [
    (playlists_add_media, AddPlaylistMediaRequest),
    (playlists_reorder_media, ReorderPlaylistMediaRequest),
    (playlists_delete_media, DeletePlaylistMediaRequest),
]
OF_PLAYLISTS: list[tuple[Any, Any, list[Any]]] = [
    (playlists_get, GetPlaylistRequest, []),
    (playlists_delete, DeletePlaylistRequest, []),
    (playlists_update, UpdatePlaylistRequest, ["A", "B"]),
    *((operation, request_type, [[]]) for operation, request_type in OF_MEDIA),
]


def create(core: FastpixCore, reference_id: str = "a", **settings: Any) -> Playlist:
    """Create a playlist by hand."""
    return playlists_create(core, CreateManualPlaylistRequest("A list", reference_id, **settings)).unwrap().data


def create_smart(
    core: FastpixCore,
    chosen: PlaylistFilterSettings = ALL,
    order: PlayOrder = "createdDate ASC",
    reference_id: str = "smart",
    **settings: Any,
) -> Playlist:
    request = CreateSmartPlaylistRequest("By rule", reference_id, order, chosen, **settings)
    return playlists_create(core, request).unwrap().data


def read(core: FastpixCore, playlist: Playlist) -> Playlist:
    return playlists_get(core, GetPlaylistRequest(playlist.id)).unwrap().data


def media_in(playlist: Playlist) -> list[str]:
    media = [one.id for one in playlist.media_list or ()]
    assert playlist.media_count == len(media)
    return media


def seeded(emulator: Emulator, count: int = 3) -> list[str]:
    return emulator.seed(Seed(media=[SeedMedia(count=count)])).media_ids


def add(core: FastpixCore, playlist: Playlist, media_ids: list[str]) -> Playlist:
    return playlists_add_media(core, AddPlaylistMediaRequest(playlist.id, media_ids)).unwrap().data


def noon(emulator: Emulator, days: int = 1) -> str:
    """Move the clock to noon in some days, so that no day begins while a test runs, and return the day."""
    now = emulator.clock.now()
    then = now.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=days)
    emulator.clock.advance(seconds=(then - now).total_seconds())
    return then.date().isoformat()


def hold_at(emulator: Emulator, time: datetime) -> None:
    """Let the clock stand at exactly this time. `Clock.advance` may miss it by a microsecond."""
    state = emulator.export_state()
    clock = msgspec.Raw(msgspec.json.encode({"held_at": time.timestamp()}))
    rows = [
        msgspec.structs.replace(row, document=clock) if row.kind == "ClockState" else row for row in state.documents
    ]
    emulator.import_state(msgspec.structs.replace(state, documents=rows))


def day_after(day: str, days: int = 1) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def test_a_playlist_by_hand_is_empty_at_first(core: FastpixCore, emulator: Emulator) -> None:
    playlist = create(core, "mine", description="About")
    described = dict(playlist)
    assert described.keys() == {
        *("id", "name", "referenceId", "type", "description", "mediaList", "workspaceId"),
        *("createdAt", "updatedAt", "mediaCount"),
    }
    assert (playlist.name, playlist.reference_id, playlist.type) == ("A list", "mine", "manual")
    assert (playlist.description, playlist.workspace_id) == ("About", emulator.workspace_id)
    assert (media_in(playlist), described["createdAt"]) == ([], described["updatedAt"])
    assert read(core, playlist) == playlist


def test_what_was_not_given_is_absent_rather_than_null(core: FastpixCore) -> None:
    assert not dict(create(core)).keys() & {"description", "playOrder", "metadata", "limit"}


def test_media_are_added_at_the_end_in_the_order_given(core: FastpixCore, emulator: Emulator) -> None:
    playlist = create(core)
    first, second, third = seeded(emulator)
    assert media_in(add(core, playlist, [second])) == [second]
    assert media_in(add(core, playlist, [third, first])) == [second, third, first]
    assert media_in(read(core, playlist)) == [second, third, first]
    assert media_in(create(core, "other")) == []


def test_a_media_that_is_added_again_is_in_the_playlist_twice(core: FastpixCore, emulator: Emulator) -> None:
    playlist = create(core)
    first, second = seeded(emulator, 2)
    assert media_in(add(core, playlist, [first])) == [first]
    assert media_in(add(core, playlist, [second, first])) == [first, second, first]


def test_a_media_in_a_playlist_is_described(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator, title="A talk", creator_id="me")
    (media,) = add(core, create(core), [media_id]).media_list or []
    assert dict(media).keys() == {
        *("id", "title", "creatorId", "createdAt", "duration", "sourceResolution", "status", "thumbnail")
    }
    assert (media.id, media.title, media.creator_id) == (media_id, "A talk", "me")
    assert (media.duration_seconds, media.source_resolution, media.status) == (10, "1080p", "Ready")


def test_media_are_put_in_another_order(core: FastpixCore, emulator: Emulator) -> None:
    playlist = create(core)
    first, second, third = seeded(emulator)
    add(core, playlist, [first, second, third])
    request = ReorderPlaylistMediaRequest(playlist.id, [third, first, second])
    assert media_in(playlists_reorder_media(core, request).unwrap().data) == [third, first, second]
    assert media_in(read(core, playlist)) == [third, first, second]


def test_an_order_has_all_media_of_the_playlist_once(core: FastpixCore, emulator: Emulator) -> None:
    playlist = create(core)
    first, second, other = seeded(emulator)
    add(core, playlist, [first, second])
    for media_ids in ([first], [first, first], [first, second, second], [first, other], [first, second, other], []):
        refused = playlists_reorder_media(core, ReorderPlaylistMediaRequest(playlist.id, media_ids))
        assert refusal(refused) == (400, "media order is not valid")
    assert media_in(read(core, playlist)) == [first, second]


def test_media_are_removed_and_not_deleted(core: FastpixCore, emulator: Emulator) -> None:
    playlist = create(core)
    first, second, other = seeded(emulator)
    add(core, playlist, [first, second])
    request = DeletePlaylistMediaRequest(playlist.id, [first, other])
    assert media_in(playlists_delete_media(core, request).unwrap().data) == [second]
    assert media_in(read(core, playlist)) == [second]
    assert media_in(add(core, playlist, [first])) == [second, first]


def test_a_change_of_a_playlist_has_a_time(core: FastpixCore, emulator: Emulator) -> None:
    playlist = create(core)
    emulator.clock.advance(minutes=1)
    changed = add(core, playlist, seeded(emulator))
    assert playlist.created_at is not None
    assert changed.updated_at is not None
    assert changed.created_at == playlist.created_at
    assert (changed.updated_at - playlist.created_at).total_seconds() == pytest.approx(60)


def test_a_deleted_media_leaves_its_playlists(core: FastpixCore, emulator: Emulator) -> None:
    playlist, smart = create(core, limit=3), create_smart(core)
    first, second, third = seeded(emulator)
    add(core, playlist, [first, second, third])
    media_delete(core, DeleteMediaRequest(second)).unwrap()
    assert media_in(read(core, playlist)) == [first, third]
    assert media_in(read(core, smart)) == [first, third]
    assert {one.media_count for one in playlists_list(core).unwrap().data} == {2}
    order = ReorderPlaylistMediaRequest(playlist.id, [third, first])
    assert media_in(playlists_reorder_media(core, order).unwrap().data) == [third, first]
    new = ready_media(core, emulator)
    assert media_in(add(core, playlist, [new])) == [third, first, new]


def test_a_playlist_takes_only_media_that_are_ready(core: FastpixCore, emulator: Emulator) -> None:
    playlist = create(core)
    (ready,), new = seeded(emulator, 1), new_media(core)
    refused = playlists_add_media(core, AddPlaylistMediaRequest(playlist.id, [ready, new]))
    assert refusal(refused) == (400, "media is not ready")
    assert media_in(read(core, playlist)) == []
    emulator.clock.advance(seconds=1)
    assert media_in(add(core, playlist, [ready, new])) == [ready, new]


def test_a_playlist_takes_as_many_media_as_its_limit(core: FastpixCore, emulator: Emulator) -> None:
    playlist = create(core, limit=2)
    first, second, third = seeded(emulator)
    add(core, playlist, [first])
    refused = playlists_add_media(core, AddPlaylistMediaRequest(playlist.id, [second, third]))
    assert refusal(refused) == (400, "playlist limit reached")
    assert media_in(add(core, playlist, [second])) == [first, second]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_is_positive(core: FastpixCore, limit: int) -> None:
    assert bad_fields(playlists_create(core, CreateManualPlaylistRequest("A", "a", limit=limit))) == ["limit"]
    smart = CreateSmartPlaylistRequest("A", "a", "createdDate ASC", ALL, limit=limit)
    assert bad_fields(playlists_create(core, smart)) == ["limit"]
    assert create(core, "a").reference_id == "a"


def test_a_reference_id_is_unique(core: FastpixCore) -> None:
    playlist = create(core, "mine")
    for request in (
        CreateManualPlaylistRequest("B", "mine"),
        CreateSmartPlaylistRequest("B", "mine", "createdDate ASC", ALL),
    ):
        assert refusal(playlists_create(core, request)) == (409, "playlist create failed")
    assert [one.id for one in playlists_list(core).unwrap().data] == [playlist.id]
    playlists_delete(core, DeletePlaylistRequest(playlist.id)).unwrap()
    assert create(core, "mine").id != playlist.id


def test_an_update_changes_name_and_description(core: FastpixCore, emulator: Emulator) -> None:
    media_ids = seeded(emulator)
    playlist = add(core, create(core), media_ids)
    emulator.clock.advance(minutes=1)
    changed = playlists_update(core, UpdatePlaylistRequest(playlist.id, "Other", "About")).unwrap().data
    assert (changed.name, changed.description, changed.reference_id) == ("Other", "About", "a")
    assert (media_in(changed), read(core, playlist)) == (media_ids, changed)
    smart = create_smart(core)
    changed = playlists_update(core, UpdatePlaylistRequest(smart.id, "Other", "About")).unwrap().data
    assert (changed.play_order, changed.metadata, changed.media_list) == (
        smart.play_order,
        smart.metadata,
        smart.media_list,
    )


def test_an_update_needs_both_fields(core: FastpixCore, web: httpx.Client) -> None:
    path = f"/v1/on-demand/playlists/{create(core).id}"
    for given, missing in (("name", "description"), ("description", "name")):
        refused = web.put(path, json={given: "x"})
        assert refused.status_code == 422
        assert [bad["field"] for bad in refused.json()["error"]["fields"]] == [missing]


def test_a_deleted_playlist_is_gone_and_its_media_stay(core: FastpixCore, emulator: Emulator) -> None:
    media_id = ready_media(core, emulator)
    playlist = add(core, create(core), [media_id])
    assert playlists_delete(core, DeletePlaylistRequest(playlist.id)) == Success(Ack(success=True))
    assert refusal(playlists_get(core, GetPlaylistRequest(playlist.id))) == (404, "playlist not found")
    assert playlists_list(core).unwrap().data == []
    assert media_in(create_smart(core)) == [media_id]


def test_playlists_are_listed_without_their_media(core: FastpixCore, emulator: Emulator) -> None:
    playlists = [create(core, str(number), description="About") for number in range(4)]
    add(core, playlists[2], seeded(emulator))
    playlists.append(create_smart(core))
    page = playlists_list(core, ListPlaylistsRequest(limit=3)).unwrap()
    assert (paging(page), [one.id for one in page.data]) == ((5, 1, 2), [one.id for one in playlists[:1:-1]])
    assert [one.media_count for one in page.data] == [3, 0, 3]
    assert dict(page.data[1]).keys() == {"id", "name", "type", "referenceId", "createdAt", "mediaCount"}
    page = playlists_list(core, ListPlaylistsRequest(limit=3, offset=2)).unwrap()
    assert [one.id for one in page.data] == [playlists[1].id, playlists[0].id]


def test_an_empty_list_has_no_pages(core: FastpixCore) -> None:
    assert paging(playlists_list(core).unwrap()) == (0, 1, 0)


@pytest.mark.parametrize(("order", "step"), [("createdDate ASC", 1), ("createdDate DESC", -1)])
def test_a_playlist_by_rule_has_its_order(core: FastpixCore, emulator: Emulator, order: Any, step: int) -> None:
    media_ids: list[str] = []
    for _ in range(3):
        media_ids += seeded(emulator, 2)
        emulator.clock.advance(minutes=1)
    playlist = create_smart(core, order=order)
    assert (playlist.type, playlist.play_order) == ("smart", order)
    assert media_in(playlist) == media_ids[::step]
    assert media_in(create_smart(core, order=order, reference_id="few", limit=2)) == media_ids[::step][:2]


def test_a_playlist_by_rule_follows_the_media(core: FastpixCore, emulator: Emulator) -> None:
    playlist = create_smart(core)
    media_id = new_media(core)
    assert media_in(read(core, playlist)) == []
    emulator.clock.advance(seconds=1)
    assert media_in(read(core, playlist)) == [media_id]
    assert playlists_list(core).unwrap().data[0].media_count == 1


def test_a_range_of_days_of_creation_has_its_first_and_its_last_day(core: FastpixCore, emulator: Emulator) -> None:
    days, media_ids = [noon(emulator)], seeded(emulator, 1)
    for _ in range(3):
        days.append(noon(emulator))
        media_ids += seeded(emulator, 1)

    def chosen(**dates: str) -> list[int]:
        ranged = PlaylistFilterSettings(created_date=DateRangeSettings(**dates))
        playlist = create_smart(core, ranged, reference_id=str(dates))
        return [media_ids.index(media_id) for media_id in media_in(playlist)]

    assert chosen(start_date=days[1], end_date=days[2]) == [1, 2]
    assert chosen(start_date=days[2]) == [2, 3]
    assert chosen(end_date=days[0]) == [0]
    assert chosen(start_date=days[3], end_date=days[3]) == [3]
    assert chosen(start_date=day_after(days[3])) == []
    assert chosen(start_date=days[2], end_date=days[1]) == []
    assert chosen() == [0, 1, 2, 3]
    assert chosen(start_date="0001-01-01", end_date="9999-12-31") == [0, 1, 2, 3]


def test_a_range_of_days_of_change_follows_the_changes(core: FastpixCore, emulator: Emulator) -> None:
    day = noon(emulator)
    media_id, other = seeded(emulator, 2)
    settings = DateRangeSettings(day_after(day), day_after(day))
    playlist = create_smart(core, PlaylistFilterSettings(updated_date=settings))
    assert media_in(playlist) == []
    noon(emulator)
    media_update(core, UpdateMediaRequest(other, title="B")).unwrap()
    assert media_in(read(core, playlist)) == [other]
    both = PlaylistFilterSettings(created_date=DateRangeSettings(day, day), updated_date=settings)
    assert media_in(create_smart(core, both, reference_id="both")) == [other]
    noon(emulator)
    media_update(core, UpdateMediaRequest(other, title="C")).unwrap()
    assert media_in(read(core, playlist)) == []
    assert media_id != other


def test_the_rule_of_a_playlist_is_read_back(core: FastpixCore) -> None:
    wanted = PlaylistFilterSettings(
        created_date=DateRangeSettings("2026-03-01", "2026-03-31"),
        updated_date=DateRangeSettings(end_date="2026-04-30"),
    )
    playlist = create_smart(core, wanted)
    assert dict(playlist)["metadata"] == {
        "createdDate": {"startDate": "2026-03-01", "endDate": "2026-03-31"},
        "updatedDate": {"endDate": "2026-04-30"},
    }
    assert read(core, playlist) == playlist
    assert dict(create_smart(core, reference_id="all"))["metadata"] == {}


@pytest.mark.parametrize("text", ["2026-02-30", "tomorrow", "", "2026-3-1", "2026-03-01T00:00:00Z"])
@pytest.mark.parametrize("range_name", ["created_date", "updated_date"])
@pytest.mark.parametrize("end", ["start_date", "end_date"])
def test_a_date_is_a_date(core: FastpixCore, text: str, range_name: str, end: str) -> None:
    wanted = PlaylistFilterSettings(**{range_name: DateRangeSettings(**{end: text})})
    refused = playlists_create(core, CreateSmartPlaylistRequest("A", "a", "createdDate ASC", wanted))
    assert bad_fields(refused) == [f"metadata.{range_name[:7]}Date.{end[:-5]}Date"]


@pytest.mark.parametrize(("operation", "request_type"), OF_MEDIA)
def test_a_playlist_by_rule_is_not_changed_by_hand(
    core: FastpixCore, emulator: Emulator, operation: Any, request_type: Any
) -> None:
    media_ids = seeded(emulator)
    playlist = create_smart(core)
    assert refusal(operation(core, request_type(playlist.id, media_ids))) == (400, "playlist is not manual")
    assert media_in(read(core, playlist)) == media_ids


@pytest.mark.parametrize(("operation", "request_type"), OF_MEDIA)
def test_ids_of_media_are_uuids(core: FastpixCore, operation: Any, request_type: Any) -> None:
    playlist = create(core)
    assert bad_fields(operation(core, request_type(playlist.id, [NOWHERE, "x"]))) == ["mediaIds[1]"]


def test_a_media_that_does_not_exist_is_not_added(core: FastpixCore, emulator: Emulator) -> None:
    playlist, media_ids = create(core), seeded(emulator, 1)
    refused = playlists_add_media(core, AddPlaylistMediaRequest(playlist.id, [*media_ids, NOWHERE]))
    assert refusal(refused) == (404, "media workspace relation not found")
    assert media_in(read(core, playlist)) == []


@pytest.mark.parametrize(("operation", "request_type", "settings"), OF_PLAYLISTS)
def test_what_does_not_exist_is_not_found(
    core: FastpixCore, operation: Any, request_type: Any, settings: list[Any]
) -> None:
    assert refusal(operation(core, request_type(NOWHERE, *settings))) == (404, "playlist not found")
    assert bad_fields(operation(core, request_type("x", *settings))) == ["playlistId"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"type": "manual", "name": "A", "referenceId": "a", "playOrder": "createdDate ASC"}, ["playOrder"]),
        ({"type": "smart", "name": "A", "referenceId": "a", "metadata": {}}, ["playOrder"]),
        ({"type": "smart", "name": "A", "referenceId": "a", "playOrder": "createdDate ASC"}, ["metadata"]),
        (
            {"type": "smart", "name": "A", "referenceId": "a", "playOrder": "title ASC", "metadata": {}},
            ["playOrder"],
        ),
        ({"type": "manual", "name": "A"}, ["referenceId"]),
    ],
)
def test_a_body_with_unknown_or_wrong_fields_is_refused_by_name(
    core: FastpixCore, web: httpx.Client, body: Any, fields: list[str]
) -> None:
    refused = web.post("/v1/on-demand/playlists", json=body)
    assert refused.status_code == 422
    assert [bad["field"] for bad in refused.json()["error"]["fields"]] == fields
    assert playlists_list(core).unwrap().data == []


def test_seeded_playlists_are_by_hand(core: FastpixCore, emulator: Emulator) -> None:
    seed = Seed(media=[SeedMedia(count=2)], playlists=[SeedPlaylist("A", "a", [1, 0]), SeedPlaylist("B", "b")])
    ids = emulator.seed(seed)
    first, second = (playlists_get(core, GetPlaylistRequest(one)).unwrap().data for one in ids.playlist_ids)
    assert (media_in(first), media_in(second)) == (ids.media_ids[::-1], [])
    assert refusal(playlists_create(core, CreateManualPlaylistRequest("C", "a")))[0] == 409


def test_midnight_belongs_to_the_day_that_begins(core: FastpixCore, emulator: Emulator) -> None:
    day = noon(emulator)
    hold_at(emulator, datetime.fromisoformat(f"{day_after(day)}T00:00:00Z"))
    seeded(emulator)
    assert media_in(create_smart(core, PlaylistFilterSettings(created_date=DateRangeSettings(day, day)))) == []


def test_a_range_can_end_before_1970(core: FastpixCore, emulator: Emulator) -> None:
    seeded(emulator)
    long_ago = PlaylistFilterSettings(created_date=DateRangeSettings(end_date="1969-12-31"))
    assert media_in(create_smart(core, long_ago)) == []


@pytest.mark.parametrize("text", ["20260301", "2026-W10", "2026-W10-1"])
def test_a_date_has_the_form_of_the_documentation(core: FastpixCore, text: str) -> None:
    wanted = PlaylistFilterSettings(created_date=DateRangeSettings(text))
    refused = playlists_create(core, CreateSmartPlaylistRequest("A", "a", "createdDate ASC", wanted))
    assert bad_fields(refused) == ["metadata.createdDate.startDate"]
