"""Playback: URLs are texts, a signer comes in a result, and values that the API does not have are reported."""

from pathlib import Path
from typing import assert_type

from fastpix import Failure, Result, Success
from fastpix.errors import ConfigurationError
from fastpix.playback import Signer, playback_signer, player_html, stream_url, thumbnail_url


def token_for(playback_id: str, key: Path) -> str:
    made = playback_signer("id", key)
    assert_type(made, Result[Signer, ConfigurationError])
    match made:
        case Success(signer):
            assert_type(signer.sign(playback_id, audience="drm"), str)
            assert_type(signer.sign_all({playback_id}), dict[str, str])
            return signer.sign(playback_id)
        case Failure(error):
            assert_type(error, ConfigurationError)
            return error.message


assert_type(stream_url("id", resolution="720p"), str)
assert_type(player_html("id", stream_type="live-stream"), str)
thumbnail_url("id", "gif")  # error
stream_url("id", resolution="721p")  # error
player_html("id", stream_type="live")  # error
playback_signer("id", 7)  # error
