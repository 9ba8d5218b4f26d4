"""The paths of a local FastPix: of the API, of its control surface, of uploads and of players."""

from fastpix.emulator.thumbnails import is_thumbnail

__all__ = ["API_PATH", "CONTROL_PATH", "is_control", "is_playback", "is_slow", "is_upload"]

API_PATH = "/v1"
CONTROL_PATH = "/_emulator/"
UPLOADS_PATH = "/_uploads/"


def is_control(path: str) -> bool:
    """Return whether a path is below ``/_emulator/``."""
    return f"{path.removeprefix(API_PATH)}/".startswith(CONTROL_PATH)


def is_slow(path: str) -> bool:
    """Return whether a request for a path takes a while: it draws a picture, or asks a new webhook whether it answers."""
    return is_thumbnail(path) or path.removeprefix(API_PATH) == f"{CONTROL_PATH}webhooks"


def is_playback(path: str) -> bool:
    """Return whether a path is one that players use. The pages of all sites may use it."""
    return (path.endswith(".m3u8") and path.count("/") == 1) or is_thumbnail(path)


def is_upload(path: str) -> bool:
    """Return whether a path is that of the URL of an upload. The pages of all sites may use it."""
    return path.startswith(UPLOADS_PATH)
