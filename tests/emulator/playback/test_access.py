"""Who may play: tokens, passes, and the restrictions of domains and user agents."""

import sys
from base64 import b64decode
from collections.abc import Callable
from typing import Any, NamedTuple

import httpx
import jwt
import pytest

from fastpix import FastpixCore
from fastpix.api.common import (
    AccessRestrictions,
    AccessRestrictionSettings,
    MediaPlaybackId,
    Restriction,
    RestrictionSettings,
)
from fastpix.api.drm_configurations import drm_configurations_list
from fastpix.api.playback_ids import CreatePlaybackIdRequest, playback_ids_create
from fastpix.api.signing_keys import (
    CreateSigningKeyRequest,
    DeleteSigningKeyRequest,
    signing_keys_create,
    signing_keys_delete,
)
from fastpix.emulator import Emulator, RefusedError, Seed, SeedDrmConfiguration
from fastpix.emulator.model.playback_ids import PlaybackTarget
from fastpix.emulator.playback.access import check_access
from fastpix.playback import Signer, playback_signer
from tests.emulator.acts import playback_id_of, read_media, ready_media, signer
from tests.playback.keys import pem


class House(NamedTuple):
    """A media with a playback id of each policy, and a signer for them."""

    public: str
    private: str
    drm: str
    signer: Signer


@pytest.fixture(scope="module")
def house(core: FastpixCore, emulator: Emulator) -> House:
    media_id = ready_media(core, emulator)
    emulator.seed(Seed(drm_configurations=[SeedDrmConfiguration()]))
    (drm, *_) = drm_configurations_list(core).unwrap().data
    requests = [
        CreatePlaybackIdRequest(media_id, "private"),
        CreatePlaybackIdRequest(media_id, "drm", drm_configuration_id=drm.id),
    ]
    private, protected = (playback_ids_create(core, request).unwrap().data.id for request in requests)
    public = playback_id_of(read_media(core, media_id))
    return House(public, str(private), str(protected), signer(core, emulator))


def told(response: httpx.Response) -> tuple[int, str]:
    error = response.json()["error"]
    assert error["code"] == response.status_code
    return response.status_code, error["description"]


def manifest(web: httpx.Client, playback_id: str, token: str | None = None) -> httpx.Response:
    return web.get(f"/{playback_id}.m3u8", params={} if token is None else {"token": token})


def test_a_private_playback_id_plays_with_its_token(web: httpx.Client, house: House) -> None:
    assert manifest(web, house.private, house.signer.sign(house.private)).status_code == 200
    assert manifest(web, house.public).status_code == 200


WRONG: dict[str, tuple[Callable[[House], str | None], str]] = {
    "none": (lambda _: None, "This playback id needs a token."),
    "an empty one": (lambda _: "", "This playback id needs a token."),
    "no token": (lambda _: "any", "The token is not valid: Not enough segments."),
    "one of another playback id": (
        lambda house: house.signer.sign(house.public),
        "The audience of the token must be media:{private}.",
    ),
    "one for DRM": (
        lambda house: house.signer.sign(house.private, audience="drm"),
        "The audience of the token must be media:{private}.",
    ),
    "an expired one": (lambda house: house.signer.sign(house.private, lifetime=0), "The token has expired."),
    "a changed one": (lambda house: f"{house.signer.sign(house.private)[:-9]}AAAAAAAAA", "The token is not valid: Sig"),
    "one of another private key": (
        lambda house: playback_signer(house.signer.key_id, pem()).unwrap().sign(house.private),
        "The token is not valid: Signature verification failed.",
    ),
    "one of an unknown key": (
        lambda house: playback_signer("unknown", pem()).unwrap().sign(house.private),
        "The workspace has no signing key with the id of the token, 'unknown'.",
    ),
    "one without a key": (
        lambda house: jwt.encode({"aud": f"media:{house.private}", "exp": 10**10}, pem(), "RS256"),
        "The workspace has no signing key with the id of the token, None.",
    ),
    "one of another algorithm": (
        lambda house: jwt.encode({"aud": "a"}, "0" * 40, "HS256", {"kid": house.signer.key_id}),
        "The token is not valid: The specified alg value is not allowed.",
    ),
}


@pytest.mark.parametrize(("token", "message"), WRONG.values(), ids=WRONG)
def test_another_token_is_refused(
    web: httpx.Client, house: House, token: Callable[[House], str | None], message: str
) -> None:
    status, description = told(manifest(web, house.private, token(house)))
    assert status == 401
    assert description.startswith(message.format(private=house.private))


@pytest.mark.parametrize("claims", [{}, {"exp": "soon"}, {"exp": [1]}])
def test_a_token_must_say_when_it_expires(
    core: FastpixCore, web: httpx.Client, house: House, claims: dict[str, Any]
) -> None:
    key = signing_keys_create(core, CreateSigningKeyRequest()).unwrap().data
    key_pem = b64decode(str(key.private_key))
    token = jwt.encode({"aud": f"media:{house.private}", **claims}, key_pem, "RS256", {"kid": key.id})
    assert told(manifest(web, house.private, token))[0] == 401


def test_a_token_expires_by_the_clock(web: httpx.Client, house: House, emulator: Emulator) -> None:
    token = house.signer.sign(house.private, lifetime=60)
    emulator.clock.advance(seconds=59)
    assert manifest(web, house.private, token).status_code == 200
    emulator.clock.advance(seconds=1)
    assert told(manifest(web, house.private, token)) == (401, "The token has expired.")


def test_the_tokens_of_a_deleted_key_are_refused(
    core: FastpixCore, web: httpx.Client, house: House, emulator: Emulator
) -> None:
    made = signer(core, emulator)
    token = made.sign(house.private)
    assert manifest(web, house.private, token).status_code == 200
    signing_keys_delete(core, DeleteSigningKeyRequest(made.key_id)).unwrap()
    assert told(manifest(web, house.private, token))[1].startswith("The workspace has no signing key")


def test_a_public_playback_id_takes_no_token_for_its_manifest(web: httpx.Client, house: House) -> None:
    token = house.signer.sign(house.public)
    assert told(manifest(web, house.public, token)) == (400, "A public playback id takes no token.")


def test_drm_needs_its_own_audience_and_pictures_take_either(web: httpx.Client, house: House) -> None:
    media, drm = house.signer.sign(house.drm), house.signer.sign(house.drm, audience="drm")
    assert [manifest(web, house.drm, token).status_code for token in (media, drm)] == [401, 200]
    for token, status in ((media, 404), (drm, 404), ("", 401)):  # there is no picture, since there is no file
        assert web.get(f"/{house.drm}/thumbnail.jpg", params={"token": token}).status_code == status


def test_a_missing_package_is_named(web: httpx.Client, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jwt", None)
    status, description = told(manifest(web, house.private, "a.b.c"))
    assert (status, description) == (501, "Tokens need the package PyJWT. Run: pip install 'fastpix[emulator]'")


@pytest.mark.parametrize("grant", ["", "?pass=", "?pass=a.b", "?pass=é"])
def test_segments_need_a_pass(web: httpx.Client, house: House, grant: str) -> None:
    for path in ("480p.m3u8", "480p/0.ts"):
        answered = web.get(f"/{house.public}/{path}{grant}")
        assert told(answered) == (401, "Segments need the pass that the manifest has.")


def restricted(part: str, policy: Any, *names: str) -> MediaPlaybackId:
    lists = {"allow": [*names], "deny": []} if policy == "deny" else {"allow": [], "deny": [*names]}
    limits = {part: Restriction(default_policy=policy, **lists)}
    return MediaPlaybackId(id="an id", access_policy="public", access_restrictions=AccessRestrictions(**limits))


def is_admitted(playback_id: MediaPlaybackId, **headers: str) -> bool:
    refused: list[int] = []
    try:
        check_access(playback_id, {name.replace("_", "-"): value for name, value in headers.items()})
    except RefusedError as problem:
        refused.append(problem.status)
    assert refused in ([], [403])
    return not refused


@pytest.mark.parametrize(
    ("page", "is_named"),
    [
        ("https://example.com/watch?v=1", True),
        ("http://EXAMPLE.com:8080", True),
        ("https://www.example.com/", True),
        ("https://notexample.com/", False),
        ("https://example.com.evil.org/", False),
        ("https://evil.org/?example.com", False),
        ("null", False),
        ("http://[bad", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("header", ["referer", "origin"])
def test_domains_are_allowed_and_denied(page: str, header: str, is_named: bool) -> None:
    assert is_admitted(restricted("domains", "deny", "Example.com"), **{header: page}) == is_named
    assert is_admitted(restricted("domains", "allow", "Example.com"), **{header: page}) != is_named


@pytest.mark.parametrize(("agent", "is_named"), [("Mozilla/5.0 CURL/8", True), ("Mozilla/5.0", False), ("", False)])
def test_user_agents_are_allowed_and_denied(agent: str, is_named: bool) -> None:
    assert is_admitted(restricted("user_agents", "deny", "curl"), user_agent=agent) == is_named
    assert is_admitted(restricted("user_agents", "allow", "curl"), user_agent=agent) != is_named


def test_a_playback_id_that_only_an_edited_state_has_plays_nothing(
    emulator: Emulator, web: httpx.Client, house: House
) -> None:
    other = "00000000-0000-4000-8000-000000000000"
    with emulator._store.transaction(write=True) as documents:  # pyright: ignore[reportPrivateUsage]
        target = documents.get(PlaybackTarget, house.public)
        assert target is not None
        documents.put(other, target)
    assert web.get(f"/{other}.m3u8").status_code == 404


def test_restrictions_are_enforced_for_players(core: FastpixCore, emulator: Emulator, web: httpx.Client) -> None:
    limits = AccessRestrictionSettings(domains=RestrictionSettings(default_policy="deny", allow=["example.com"]))
    media = read_media(core, ready_media(core, emulator, access_restrictions=limits))
    path = f"/{playback_id_of(media)}.m3u8"
    assert web.get(path, headers={"referer": "https://example.com/"}).status_code == 200
    assert told(web.get(path)) == (403, "The domain '' may not play this playback id.")
